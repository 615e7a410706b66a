/*
 * Stand-ins for the flash objects that MicroPython's ports answer rom_ioctl(2, 0) with, on a PC. They have the quirks that
 * the ports' sources have, named below; what a port forbids ends the program. flash.h has what else the environment says.
 *
 *   FAKE_KIND   rp2, mimxrt, esp32, nrf: whose object
 *   FAKE_NONE   set: the board has no partition
 */
#include <stdlib.h>
#include <string.h>

#include "extmod/vfs.h"
#include "py/runtime.h"

#include "tests/micropython/fakes/flash.h"

enum {
    BLOCK = 4096,
    BLOCKS = 32
};

struct fake_kind {
    const char *name;
    uint32_t unit; /* bytes that a program must be whole units of */
    uint32_t program_size;
    uint32_t program_count;
    bool raises;       /* an error is an exception; else it is lost */
    bool erase_counts; /* but that of an erase is the answer 1 */
    bool numbers;      /* a success answers 0; else None */
};

static const struct fake_kind kinds[] = {
    {.name = "rp2", .unit = 256, .program_size = 1},
    {.name = "mimxrt", .unit = 256, .program_size = 1, .raises = true, .erase_counts = true, .numbers = true},
    {.name = "esp32", .unit = 1, .program_size = 1, .raises = true, .numbers = true},
    {.name = "nrf", .unit = 4, .program_size = 4, .program_count = 1, .raises = true},
};

static const struct fake_kind *kind;
static struct mprom_flash_region region = {.erase_size = BLOCK, .count = BLOCKS};
static struct mprom_flash_geometry geometry = {
    .size = BLOCK * BLOCKS, .regions = &region, .region_count = 1, .page_size = 256, .erased_value = 0xFF};

mp_obj_t fake_rom_ioctl(size_t n_args, const mp_obj_t *args);

static void open_flash(void)
{
    const char *name = getenv("FAKE_KIND");
    for (size_t i = 0; i < MP_ARRAY_SIZE(kinds); i++) {
        if (name && strcmp(name, kinds[i].name) == 0) {
            kind = &kinds[i];
        }
    }
    if (kind == NULL) {
        fake_violation("FAKE_KIND is wrong");
    }
    geometry.program_size = kind->program_size;
    geometry.program_count = kind->program_count;
    fake_flash_open(&geometry, kind->program_size == 1);
}

/* The driver's result becomes what the object answers. */
static mp_obj_t answer(int err)
{
    if (err && kind->raises) {
        mp_raise_OSError(-err);
    }
    return kind->numbers ? MP_OBJ_NEW_SMALL_INT(0) : mp_const_none;
}

static mp_obj_t device_writeblocks(size_t n_args, const mp_obj_t *args)
{
    mp_buffer_info_t bytes;
    mp_get_buffer_raise(args[2], &bytes, MP_BUFFER_READ);
    uint32_t off = (uint32_t)mp_obj_get_int(args[1]) * BLOCK;
    if (n_args != 4) {
        fake_violation("writeblocks() without an offset erases; nobody asked for that");
    }
    off += (uint32_t)mp_obj_get_int(args[3]);
    if (off % kind->unit != 0 || bytes.len % kind->unit != 0) {
        fake_violation("a program that is not made of whole units: the port programs what lies behind the buffer");
    }
    return answer(fake_flash_program(off, bytes.buf, (uint32_t)bytes.len, true));
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(device_writeblocks_obj, 3, 4, device_writeblocks);

static mp_obj_t device_ioctl(mp_obj_t self, mp_obj_t op, mp_obj_t arg)
{
    (void)self;
    switch (mp_obj_get_int(op)) {
    case MP_BLOCKDEV_IOCTL_BLOCK_COUNT:
        return MP_OBJ_NEW_SMALL_INT(BLOCKS);
    case MP_BLOCKDEV_IOCTL_BLOCK_SIZE:
        return MP_OBJ_NEW_SMALL_INT(BLOCK);
    case MP_BLOCKDEV_IOCTL_BLOCK_ERASE: {
        int err = fake_flash_erase((uint32_t)mp_obj_get_int(arg) * BLOCK, BLOCK, true);
        return kind->erase_counts ? MP_OBJ_NEW_SMALL_INT(err != 0) : answer(err);
    }
    default:
        return MP_OBJ_NEW_SMALL_INT(0);
    }
}
static MP_DEFINE_CONST_FUN_OBJ_3(device_ioctl_obj, device_ioctl);

static mp_int_t device_buffer(mp_obj_t self, mp_buffer_info_t *info, mp_uint_t flags)
{
    (void)self;
    *info = (mp_buffer_info_t){.buf = (void *)fake_flash_bytes(), .len = geometry.size, .typecode = 'B'};
    return flags == MP_BUFFER_READ ? 0 : 1;
}

static const mp_rom_map_elem_t device_table[] = {
    {MP_ROM_QSTR(MP_QSTR_writeblocks), MP_ROM_PTR(&device_writeblocks_obj)},
    {MP_ROM_QSTR(MP_QSTR_ioctl), MP_ROM_PTR(&device_ioctl_obj)},
};
static MP_DEFINE_CONST_DICT(device_locals, device_table);

static MP_DEFINE_CONST_OBJ_TYPE(device_type, MP_QSTR_Flash, MP_TYPE_FLAG_NONE, buffer, device_buffer, locals_dict,
                                &device_locals);
static const mp_obj_base_t device = {&device_type};

/* The port's own rom_ioctl(), as mprom's flash layer reaches it. */
mp_obj_t fake_rom_ioctl(size_t n_args, const mp_obj_t *args)
{
    if (kind == NULL) {
        open_flash();
    }
    if (getenv("FAKE_NONE") == NULL && n_args == 2 && mp_obj_get_int(args[0]) == MP_VFS_ROM_IOCTL_GET_SEGMENT &&
        args[1] == MP_OBJ_NEW_SMALL_INT(0)) {
        return MP_OBJ_FROM_PTR(&device);
    }
    return MP_OBJ_NEW_SMALL_INT(-MPROM_EINVAL);
}
