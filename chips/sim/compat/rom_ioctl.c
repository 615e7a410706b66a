/*
 * vfs.rom_ioctl() and the mount at start as stock MicroPython has them: no checks but its own, nothing is unmounted,
 * and an image is there as soon as its first bytes are.
 */
#include "extmod/vfs.h"
#include "py/mperrno.h"
#include "py/objmodule.h"
#include "py/runtime.h"
#include "py/stream.h"

#include "chips/sim/compat/compat.h"
#include "chips/sim/compat/device.h"
#include "micropython/rom_ioctl.h"
#include "micropython/rom_start.h"
#include "micropython/vfs_rom.h"

/* What the linker calls in place of mprom's functions, and how those are then reached. */
void __wrap_mprom_rom_ioctl_attr(mp_obj_t self, qstr name, mp_obj_t *dest);
void __real_mprom_rom_ioctl_attr(mp_obj_t self, qstr name, mp_obj_t *dest);
void __wrap_mprom_rom_start_mount(bool hard_reset);
void __real_mprom_rom_start_mount(bool hard_reset);
mp_obj_t __wrap_mp_module_get_builtin(qstr name, bool extensible);
mp_obj_t __real_mp_module_get_builtin(qstr name, bool extensible);
uintptr_t __wrap_mp_hal_stdio_poll(uintptr_t poll_flags);
uintptr_t __real_mp_hal_stdio_poll(uintptr_t poll_flags);

static mp_obj_t view_result(int result)
{
    return MP_OBJ_NEW_SMALL_INT(result);
}

/* Erases block after block: esp8266 and renesas-ra from one that begins at the start, and up to where it ends. */
static int view_erase(int64_t off, int64_t end)
{
    uint32_t size = compat_erase_size();
    if (compat_shape()->has_sectors) {
        return compat_erase_sectors(off, end);
    }
    return compat_erase(off, (size_t)(end - off + size - 1) / size * size);
}

/* Where no offset is known, what comes third is the length. */
static mp_obj_t view_prepare(size_t n_args, const mp_obj_t *args)
{
    const struct compat_shape *shape = compat_shape();
    bool has_off = n_args > 3 && shape->block_size > 0;
    int64_t off = has_off ? mp_obj_get_int(args[2]) : 0;
    int64_t end = off + mp_obj_get_int(args[has_off ? 3 : 2]);
    if (end > compat_size() && !shape->is_unchecked) {
        return view_result(-MP_EINVAL);
    }
    int err = shape->is_mram || end <= off ? 0 : view_erase(off, end);
    return view_result(err ? err : (int)shape->unit);
}

static mp_obj_t view_write(const mp_obj_t *args)
{
    int64_t off = mp_obj_get_int(args[2]);
    mp_buffer_info_t from;
    mp_get_buffer_raise(args[3], &from, MP_BUFFER_READ);
    bool is_outside = off > compat_size() || from.len > (size_t)(compat_size() - off);
    if (is_outside && !compat_shape()->is_unchecked) {
        return view_result(-MP_EINVAL);
    }
    return view_result(compat_program(off, from.buf, from.len));
}

/* Ports with memoryviews. None has a step that completes. */
static mp_obj_t view_ioctl(mp_int_t op, size_t n_args, const mp_obj_t *args)
{
    if ((n_args < 2 || mp_obj_get_int(args[1]) != 0) && !compat_shape()->has_any_id) {
        return view_result(-MP_EINVAL);
    }
    if (op == MPROM_ROM_IOCTL_SEGMENT) {
        return mp_obj_new_memoryview('B', compat_size(), compat_map());
    }
    if (op == MPROM_ROM_IOCTL_PREPARE && n_args >= 3) {
        return view_prepare(n_args, args);
    }
    if (op == MPROM_ROM_IOCTL_WRITE && n_args >= 4) {
        return view_write(args);
    }
    if (op == MPROM_ROM_IOCTL_BLOCK && compat_shape()->block_size > 0) {
        return view_result((int)compat_shape()->block_size);
    }
    return view_result(-MP_EINVAL);
}

static mp_obj_t compat_rom_ioctl(size_t n_args, const mp_obj_t *args)
{
    mp_int_t op = mp_obj_get_int(args[0]);
    if (op == MPROM_ROM_IOCTL_COUNT) {
        return view_result(1);
    }
    if (!compat_shape()->is_device) {
        return view_ioctl(op, n_args, args);
    }
    /* Whichever segment was asked for. */
    return op == MPROM_ROM_IOCTL_SEGMENT ? MP_OBJ_FROM_PTR(&compat_device) : view_result(-MP_EINVAL);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(compat_rom_ioctl_obj, 1, 4, compat_rom_ioctl);

void __wrap_mprom_rom_ioctl_attr(mp_obj_t self, qstr name, mp_obj_t *dest)
{
    if (!compat_shape()) {
        __real_mprom_rom_ioctl_attr(self, name, dest);
    } else if (name == MP_QSTR_rom_ioctl && dest[0] == MP_OBJ_NULL) {
        dest[0] = MP_OBJ_FROM_PTR(&compat_rom_ioctl_obj);
    }
}

static void compat_mount(void)
{
    mp_obj_t asked[] = {MP_OBJ_NEW_SMALL_INT(MPROM_ROM_IOCTL_SEGMENT), MP_OBJ_NEW_SMALL_INT(0)};
    mp_obj_t memory = compat_rom_ioctl(MP_ARRAY_SIZE(asked), asked);
    mp_obj_t args[] = {mp_call_function_1(MP_OBJ_FROM_PTR(&mp_type_vfs_rom), memory),
                       MP_OBJ_NEW_QSTR(MP_QSTR__slash_rom)};
    mp_map_t no_keywords = mp_const_empty_map;
    mp_vfs_mount(MP_ARRAY_SIZE(args), args, &no_keywords);
    mp_obj_list_append(mp_sys_path, MP_OBJ_NEW_QSTR(MP_QSTR__slash_rom));
    mp_obj_list_append(mp_sys_path, MP_OBJ_NEW_QSTR(MP_QSTR__slash_rom_slash_lib));
}

/* Whatever cannot be mounted is passed over in silence. */
void __wrap_mprom_rom_start_mount(bool hard_reset)
{
    nlr_buf_t nlr;
    if (!compat_shape()) {
        __real_mprom_rom_start_mount(hard_reset);
    } else if (nlr_push(&nlr) == 0) {
        compat_mount();
        nlr_pop();
    }
}

mp_obj_t __wrap_mp_module_get_builtin(qstr name, bool extensible)
{
    bool is_hidden = name == MP_QSTR_romfs && compat_shape();
    return is_hidden ? MP_OBJ_NULL : __real_mp_module_get_builtin(name, extensible);
}

uintptr_t __wrap_mp_hal_stdio_poll(uintptr_t poll_flags)
{
    uintptr_t ready = __real_mp_hal_stdio_poll(poll_flags);
    return compat_hides_input() ? ready & ~(uintptr_t)MP_STREAM_POLL_RD : ready;
}
