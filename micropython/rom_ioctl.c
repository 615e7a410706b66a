#include "extmod/vfs.h"
#include "py/runtime.h"

#include "micropython/rom_binding.h"
#include "micropython/rom_ioctl.h"
#include "mprom/small.h"

static mp_obj_t rom_ioctl_result(int result)
{
    if (result < 0) {
        mprom_rom_binding_raise(result);
    }
    return MP_OBJ_NEW_SMALL_INT(result);
}

static mp_obj_t rom_ioctl_segment(uint32_t id)
{
    if (id >= mprom_rom_binding()->segment_count) {
        return MP_OBJ_NEW_SMALL_INT(-MPROM_ENOENT);
    }
    int err = mprom_rom_make_readable(mprom_rom_binding(), id);
    if (err < 0) {
        mprom_rom_binding_raise(err);
    }
    mp_obj_t view = mprom_rom_binding_view(id);
    return view != MP_OBJ_NULL ? view : MP_OBJ_NEW_SMALL_INT(-MPROM_EOPNOTSUPP);
}

static mp_obj_t rom_ioctl_block(uint32_t id)
{
    if (id >= mprom_rom_binding()->segment_count) {
        return MP_OBJ_NEW_SMALL_INT(-MPROM_ENOENT);
    }
    return mp_obj_new_int_from_uint(mprom_rom_segment_block_size(mprom_rom_binding(), id));
}

/* The form without an offset starts at 0. */
static mp_obj_t rom_ioctl_prepare(size_t n_args, const mp_obj_t *args)
{
    uint32_t id = mprom_rom_binding_number(args[1]);
    uint32_t off = n_args == 4 ? mprom_rom_binding_number(args[2]) : 0;
    uint32_t size = mprom_rom_binding_number(args[n_args - 1]);
    return rom_ioctl_result(mprom_rom_prepare(mprom_rom_binding(), id, off, size));
}

static mp_obj_t rom_ioctl_write(const mp_obj_t *args)
{
    uint32_t id = mprom_rom_binding_number(args[1]);
    uint32_t off = mprom_rom_binding_number(args[2]);
    mp_buffer_info_t buf;
    mp_get_buffer_raise(args[3], &buf, MP_BUFFER_READ);
    if (mprom_rom_binding_overlaps(id, buf.buf, buf.len)) {
        mprom_rom_binding_raise_at(-MPROM_EINVAL, id, off, "the bytes to write lie in the segment that is written");
    }
    return rom_ioctl_result(mprom_rom_write(mprom_rom_binding(), id, off, buf.buf, buf.len));
}

/* How many arguments each operation takes, with the operation itself. */
static void rom_ioctl_check_count(uint32_t op, size_t n_args)
{
    static const struct {
        uint8_t min;
        uint8_t max;
    } counts[] = {
        [MPROM_ROM_IOCTL_COUNT] = {1, 1}, [MPROM_ROM_IOCTL_SEGMENT] = {2, 2},  [MPROM_ROM_IOCTL_PREPARE] = {3, 4},
        [MPROM_ROM_IOCTL_WRITE] = {4, 4}, [MPROM_ROM_IOCTL_COMPLETE] = {2, 2}, [MPROM_ROM_IOCTL_BLOCK] = {2, 2},
    };
    if (op > 0 && op < MP_ARRAY_SIZE(counts)) {
        mp_arg_check_num(n_args, 0, counts[op].min, counts[op].max, false);
    } else if (op == MPROM_ROM_IOCTL_MPROM) {
        mp_arg_check_num(n_args, 0, 1, 1, false);
    }
}

mp_obj_t mprom_rom_ioctl(size_t n_args, const mp_obj_t *args)
{
    uint32_t op = mprom_rom_binding_number(args[0]);
    rom_ioctl_check_count(op, n_args);
    switch (op) {
    case MPROM_ROM_IOCTL_COUNT:
        return mp_obj_new_int_from_uint(mprom_rom_binding()->segment_count);
    case MPROM_ROM_IOCTL_SEGMENT:
        return rom_ioctl_segment(mprom_rom_binding_number(args[1]));
    case MPROM_ROM_IOCTL_PREPARE:
        return rom_ioctl_prepare(n_args, args);
    case MPROM_ROM_IOCTL_WRITE:
        return rom_ioctl_write(args);
    case MPROM_ROM_IOCTL_COMPLETE:
        return rom_ioctl_result(mprom_rom_complete(mprom_rom_binding(), mprom_rom_binding_number(args[1])));
    case MPROM_ROM_IOCTL_BLOCK:
        return rom_ioctl_block(mprom_rom_binding_number(args[1]));
    case MPROM_ROM_IOCTL_MPROM:
        return MP_OBJ_NEW_SMALL_INT(MPROM_SMALL ? MPROM_ROM_IOCTL_WITHOUT_MODULE : MPROM_ROM_IOCTL_WITH_MODULE);
    default:
        return MP_OBJ_NEW_SMALL_INT(-MPROM_EINVAL);
    }
}
/* A port whose table of vfs has rom_ioctl gets it through mp_vfs_rom_ioctl(). */
#if !MICROPY_VFS_ROM_IOCTL
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(rom_ioctl_obj, 1, 4, mprom_rom_ioctl);

void mprom_rom_ioctl_attr(mp_obj_t self, qstr name, mp_obj_t *dest)
{
    (void)self;
    if (name == MP_QSTR_rom_ioctl && dest[0] == MP_OBJ_NULL) {
        dest[0] = MP_OBJ_FROM_PTR(&rom_ioctl_obj);
    }
}
MP_REGISTER_MODULE_DELEGATION(mp_module_vfs, mprom_rom_ioctl_attr);
#endif
