/*
 * A block device that can also be read as a buffer. Strict as both of its ports together: writes are whole pages, as
 * on rp2, and what fails raises, as on esp32.
 */
#include "extmod/vfs.h"
#include "py/mperrno.h"
#include "py/runtime.h"

#include "chips/sim/compat/compat.h"
#include "chips/sim/compat/device.h"

static mp_int_t device_buffer(mp_obj_t self, mp_buffer_info_t *info, mp_uint_t flags)
{
    (void)self;
    if (flags != MP_BUFFER_READ) {
        return 1;
    }
    info->buf = compat_map();
    info->len = compat_size();
    info->typecode = 'B';
    return 0;
}

static void device_result(int err)
{
    if (err) {
        mp_raise_OSError(-err);
    }
}

/* (self, block, buffer[, offset in the block]) */
static int64_t device_off(size_t n_args, const mp_obj_t *args)
{
    int64_t off = (int64_t)mp_obj_get_int(args[1]) * compat_erase_size();
    return n_args > 3 ? off + mp_obj_get_int(args[3]) : off;
}

static mp_obj_t device_readblocks(size_t n_args, const mp_obj_t *args)
{
    mp_buffer_info_t to;
    mp_get_buffer_raise(args[2], &to, MP_BUFFER_WRITE);
    compat_read(device_off(n_args, args), to.buf, to.len);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(device_readblocks_obj, 3, 4, device_readblocks);

/* Without an offset what is written is erased before. */
static mp_obj_t device_writeblocks(size_t n_args, const mp_obj_t *args)
{
    mp_buffer_info_t from;
    mp_get_buffer_raise(args[2], &from, MP_BUFFER_READ);
    int64_t off = device_off(n_args, args);
    if (n_args == 3) {
        device_result(compat_erase(off, compat_shape()->erases_disk ? compat_erase_size() : from.len));
    }
    device_result(compat_program(off, from.buf, from.len));
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(device_writeblocks_obj, 3, 4, device_writeblocks);

/* samd adds the block to where its filesystem begins, whichever object it is asked for. */
static int device_erase(mp_int_t block)
{
    uint32_t size = compat_erase_size();
    return compat_shape()->erases_disk ? compat_erase_disk(block) : compat_erase((int64_t)block * size, size);
}

static mp_obj_t device_ioctl(mp_obj_t self, mp_obj_t op, mp_obj_t arg)
{
    (void)self;
    switch (mp_obj_get_int(op)) {
    case MP_BLOCKDEV_IOCTL_INIT:
    case MP_BLOCKDEV_IOCTL_DEINIT:
    case MP_BLOCKDEV_IOCTL_SYNC:
        return MP_OBJ_NEW_SMALL_INT(0);
    case MP_BLOCKDEV_IOCTL_BLOCK_COUNT:
        return MP_OBJ_NEW_SMALL_INT(compat_size() / compat_erase_size());
    case MP_BLOCKDEV_IOCTL_BLOCK_SIZE:
        return MP_OBJ_NEW_SMALL_INT(compat_erase_size());
    case MP_BLOCKDEV_IOCTL_BLOCK_ERASE:
        device_result(device_erase(mp_obj_get_int(arg)));
        return MP_OBJ_NEW_SMALL_INT(0);
    default:
        return mp_const_none;
    }
}
static MP_DEFINE_CONST_FUN_OBJ_3(device_ioctl_obj, device_ioctl);

/* Only samd's object has this one. */
static mp_obj_t device_flash_version(void)
{
    return MP_OBJ_NEW_SMALL_INT(1);
}
static MP_DEFINE_CONST_FUN_OBJ_0(device_flash_version_obj, device_flash_version);

static void device_attr(mp_obj_t self, qstr name, mp_obj_t *dest)
{
    (void)self;
    if (dest[0] != MP_OBJ_NULL) {
        return;
    }
    if (name == MP_QSTR_flash_version && compat_shape()->erases_disk) {
        dest[0] = MP_OBJ_FROM_PTR(&device_flash_version_obj);
    } else {
        dest[1] = MP_OBJ_SENTINEL; /* the table below has it, or nothing */
    }
}

static const mp_rom_map_elem_t device_locals_table[] = {
    {MP_ROM_QSTR(MP_QSTR_readblocks), MP_ROM_PTR(&device_readblocks_obj)},
    {MP_ROM_QSTR(MP_QSTR_writeblocks), MP_ROM_PTR(&device_writeblocks_obj)},
    {MP_ROM_QSTR(MP_QSTR_ioctl), MP_ROM_PTR(&device_ioctl_obj)},
};
static MP_DEFINE_CONST_DICT(device_locals, device_locals_table);

static MP_DEFINE_CONST_OBJ_TYPE(device_type, MP_QSTR_Flash, MP_TYPE_FLAG_NONE, buffer, device_buffer, attr,
                                device_attr, locals_dict, &device_locals);

const mp_obj_base_t compat_device = {&device_type};
