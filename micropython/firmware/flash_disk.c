#include "extmod/vfs.h"
#include "extmod/vfs_lfs.h"
#include "py/mperrno.h"
#include "py/runtime.h"

#include "micropython/firmware/flash_disk.h"

struct flash_disk {
    mp_obj_base_t base;
    const struct mprom_flash *flash;
    uint32_t off;
    uint32_t block_size;
    uint32_t block_count;
};

static const mp_obj_type_t flash_disk_type;

mp_obj_t flash_disk_new(const struct mprom_flash *flash, uint32_t off, uint32_t size)
{
    uint32_t block_off;
    uint32_t block_size;
    int err = mprom_flash_block_at(flash, off, &block_off, &block_size);
    if (err || block_off != off) {
        mp_raise_OSError(MP_EINVAL);
    }
    struct flash_disk *self = mp_obj_malloc(struct flash_disk, &flash_disk_type);
    self->flash = flash;
    self->off = off;
    self->block_size = block_size;
    self->block_count = size / block_size;
    return MP_OBJ_FROM_PTR(self);
}

/* Where `size` bytes at byte `inner` of block `block` lie in the flash. Raises OSError if they leave the disk. */
static uint32_t flash_disk_locate(const struct flash_disk *self, mp_obj_t block_in, mp_int_t inner, size_t size)
{
    mp_int_t block = mp_obj_get_int(block_in);
    if (block < 0 || (mp_uint_t)block >= self->block_count || inner < 0) {
        mp_raise_OSError(MP_EINVAL);
    }
    uint32_t disk_size = self->block_size * self->block_count;
    uint32_t start = (uint32_t)block * self->block_size;
    if ((mp_uint_t)inner > disk_size - start || size > disk_size - start - (uint32_t)inner) {
        mp_raise_OSError(MP_EINVAL);
    }
    return self->off + start + (uint32_t)inner;
}

static mp_obj_t flash_disk_result(int err)
{
    if (err) {
        mp_raise_OSError(-err);
    }
    return mp_const_none;
}

/* readblocks(block, buf[, inner]) */
static mp_obj_t flash_disk_readblocks(size_t n_args, const mp_obj_t *args)
{
    const struct flash_disk *self = MP_OBJ_TO_PTR(args[0]);
    mp_buffer_info_t buf;
    mp_get_buffer_raise(args[2], &buf, MP_BUFFER_WRITE);
    mp_int_t inner = n_args > 3 ? mp_obj_get_int(args[3]) : 0;
    uint32_t off = flash_disk_locate(self, args[1], inner, buf.len);
    return flash_disk_result(mprom_flash_read(self->flash, off, buf.buf, (uint32_t)buf.len));
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(flash_disk_readblocks_obj, 3, 4, flash_disk_readblocks);

/* writeblocks(block, buf[, inner]): the form without inner erases first, as block devices without erase do. */
static mp_obj_t flash_disk_writeblocks(size_t n_args, const mp_obj_t *args)
{
    const struct flash_disk *self = MP_OBJ_TO_PTR(args[0]);
    mp_buffer_info_t buf;
    mp_get_buffer_raise(args[2], &buf, MP_BUFFER_READ);
    mp_int_t inner = n_args > 3 ? mp_obj_get_int(args[3]) : 0;
    uint32_t off = flash_disk_locate(self, args[1], inner, buf.len);
    if (n_args == 3) {
        flash_disk_result(mprom_flash_erase(self->flash, off, (uint32_t)buf.len));
    }
    return flash_disk_result(mprom_flash_program(self->flash, off, buf.buf, (uint32_t)buf.len));
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(flash_disk_writeblocks_obj, 3, 4, flash_disk_writeblocks);

static mp_obj_t flash_disk_ioctl(mp_obj_t self_in, mp_obj_t op_in, mp_obj_t arg_in)
{
    const struct flash_disk *self = MP_OBJ_TO_PTR(self_in);
    switch (mp_obj_get_int(op_in)) {
    case MP_BLOCKDEV_IOCTL_INIT:
    case MP_BLOCKDEV_IOCTL_DEINIT:
        return MP_OBJ_NEW_SMALL_INT(0);
    case MP_BLOCKDEV_IOCTL_SYNC:
        flash_disk_result(mprom_flash_sync(self->flash));
        return MP_OBJ_NEW_SMALL_INT(0);
    case MP_BLOCKDEV_IOCTL_BLOCK_COUNT:
        return mp_obj_new_int_from_uint(self->block_count);
    case MP_BLOCKDEV_IOCTL_BLOCK_SIZE:
        return mp_obj_new_int_from_uint(self->block_size);
    case MP_BLOCKDEV_IOCTL_BLOCK_ERASE: {
        uint32_t off = flash_disk_locate(self, arg_in, 0, self->block_size);
        flash_disk_result(mprom_flash_erase(self->flash, off, self->block_size));
        return MP_OBJ_NEW_SMALL_INT(0);
    }
    default:
        return mp_const_none;
    }
}
static MP_DEFINE_CONST_FUN_OBJ_3(flash_disk_ioctl_obj, flash_disk_ioctl);

static const mp_rom_map_elem_t flash_disk_locals_table[] = {
    {MP_ROM_QSTR(MP_QSTR_readblocks), MP_ROM_PTR(&flash_disk_readblocks_obj)},
    {MP_ROM_QSTR(MP_QSTR_writeblocks), MP_ROM_PTR(&flash_disk_writeblocks_obj)},
    {MP_ROM_QSTR(MP_QSTR_ioctl), MP_ROM_PTR(&flash_disk_ioctl_obj)},
};
static MP_DEFINE_CONST_DICT(flash_disk_locals, flash_disk_locals_table);

static MP_DEFINE_CONST_OBJ_TYPE(flash_disk_type, MP_QSTR_FlashDisk, MP_TYPE_FLAG_NONE, locals_dict,
                                &flash_disk_locals);

static void flash_disk_format(mp_obj_t disk)
{
    mp_obj_t mkfs = mp_load_attr(MP_OBJ_FROM_PTR(&mp_type_vfs_lfs2), MP_QSTR_mkfs);
    mp_call_function_1(mkfs, disk);
}

int flash_disk_mount(const struct mprom_flash *flash, uint32_t off, uint32_t size)
{
    nlr_buf_t nlr;
    if (nlr_push(&nlr) != 0) {
        return -MP_EIO;
    }
    mp_obj_t disk = flash_disk_new(flash, off, size);
    mp_obj_t root = MP_OBJ_NEW_QSTR(MP_QSTR__slash_);
    int err = mp_vfs_mount_and_chdir_protected(disk, root);
    if (err && mprom_flash_is_blank(flash, off, size) == 1) {
        flash_disk_format(disk);
        err = mp_vfs_mount_and_chdir_protected(disk, root);
    }
    nlr_pop();
    return err;
}
