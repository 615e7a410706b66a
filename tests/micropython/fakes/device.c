/*
 * Stand-ins for the flash objects that MicroPython's ports answer rom_ioctl(2, 0) with, on a PC, over cells in a file.
 * They have the quirks that the ports' sources have, named below; what a port forbids ends the program.
 *
 *   FAKE_KIND   rp2, esp32, nrf: whose object
 *   FAKE_FILE   the flash
 *   FAKE_CUT    N:PATTERN: power fails in operation N, which leaves that pattern (emulator/array/cells.h)
 *   FAKE_FAIL   N: operation N reports an error as that port does, having done half
 *   FAKE_NONE   set: the board has no partition
 *   FAKE_BREAK  N: operation N is followed by a KeyboardInterrupt, as of a Ctrl-C that the port sees while it waits
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "extmod/vfs.h"
#include "py/runtime.h"

#include "emulator/array/cells.h"

enum {
    BLOCK = 4096,
    BLOCKS = 32,
    EXIT_CUT = 3,
    EXIT_VIOLATION = 4
};

struct fake_kind {
    const char *name;
    uint32_t unit; /* bytes that a program must be whole units of */
    uint32_t program_size;
    uint32_t program_count;
    bool raises;  /* an error is an exception; else it is lost */
    bool numbers; /* a success answers 0; else None */
};

static const struct fake_kind kinds[] = {
    {.name = "rp2", .unit = 256, .program_size = 1},
    {.name = "esp32", .unit = 1, .program_size = 1, .raises = true, .numbers = true},
    {.name = "nrf", .unit = 4, .program_size = 4, .program_count = 1, .raises = true},
};

static const struct fake_kind *kind;
static struct mprom_flash_region region = {.erase_size = BLOCK, .count = BLOCKS};
static struct mprom_flash_geometry geometry = {
    .size = BLOCK * BLOCKS, .regions = &region, .region_count = 1, .page_size = 256, .erased_value = 0xFF};
static struct cells cells;
static struct cells_fault fault;
static unsigned long break_at = ULONG_MAX;

mp_obj_t fake_rom_ioctl(size_t n_args, const mp_obj_t *args);

static void violation(void *ctx, const char *text)
{
    (void)ctx;
    fprintf(stderr, "violation: %s\n", text);
    _exit(EXIT_VIOLATION);
}

static void power_off(void *ctx)
{
    (void)ctx;
    fflush(stdout);
    _exit(EXIT_CUT);
}

static unsigned long number_of(const char *name)
{
    const char *text = getenv(name);
    return text ? strtoul(text, NULL, 10) : ULONG_MAX;
}

static void plan(void)
{
    const char *text = getenv("FAKE_CUT");
    unsigned pattern = text && strchr(text, ':') ? (unsigned)atoi(strchr(text, ':') + 1) : 0;
    if (text) {
        cells_set_cut(&cells, &(struct cells_cut){.number = number_of("FAKE_CUT"),
                                                  .phase = CELLS_DURING,
                                                  .pattern = (enum cells_pattern)pattern,
                                                  .seed = pattern + 1});
    }
    if (getenv("FAKE_FAIL")) {
        fault = (struct cells_fault){
            .kind = CELLS_FAULT_FAILS, .first = number_of("FAKE_FAIL"), .last = number_of("FAKE_FAIL")};
        cells.faults = &fault;
        cells.fault_count = 1;
    }
    break_at = number_of("FAKE_BREAK");
}

/*
 * Bits that read differently from time to time do so only through the functions of cells, and a port's flash is read as
 * memory. So they are programmed, which shows, as it does in one of three reads of cells.
 */
static void settle(void)
{
    for (uint32_t i = 0; i < geometry.size; i++) {
        cells.bytes[i] &= (uint8_t)~cells.shaky[i];
        cells.shaky[i] = 0;
    }
}

static void open_cells(void)
{
    const char *name = getenv("FAKE_KIND");
    for (size_t i = 0; i < MP_ARRAY_SIZE(kinds); i++) {
        if (name && strcmp(name, kinds[i].name) == 0) {
            kind = &kinds[i];
        }
    }
    geometry.program_size = kind ? kind->program_size : 1;
    geometry.program_count = kind ? kind->program_count : 0;
    if (!kind || !getenv("FAKE_FILE") || cells_open_file(&cells, &geometry, getenv("FAKE_FILE"))) {
        violation(NULL, "FAKE_KIND or FAKE_FILE is wrong");
    }
    settle();
    cells.hooks = (struct cells_hooks){.violation = violation, .power_off = power_off};
    plan();
}

/* What follows an operation: the port looks at its events, and its driver's result becomes what the object answers. */
static mp_obj_t answer(int err, uint64_t number)
{
    if (number == break_at) {
        mp_raise_type(&mp_type_KeyboardInterrupt);
    }
    if (err && kind->raises) {
        mp_raise_OSError(-err);
    }
    return kind->numbers ? MP_OBJ_NEW_SMALL_INT(0) : mp_const_none;
}

/* A serial flash leaves alone what it is to program with ones; cells take that for a lack of an erase. */
static int program(uint32_t off, const uint8_t *bytes, uint32_t size)
{
    while (kind->program_size == 1 && size > 0 && bytes[0] == 0xFF) {
        off++;
        bytes++;
        size--;
    }
    while (kind->program_size == 1 && size > 0 && bytes[size - 1] == 0xFF) {
        size--;
    }
    return size > 0 ? cells_flash(&cells)->ops->program(cells_flash(&cells), off, bytes, size) : 0;
}

static mp_obj_t device_writeblocks(size_t n_args, const mp_obj_t *args)
{
    mp_buffer_info_t bytes;
    mp_get_buffer_raise(args[2], &bytes, MP_BUFFER_READ);
    uint32_t off = (uint32_t)mp_obj_get_int(args[1]) * BLOCK;
    uint64_t number = cells.number;
    if (n_args != 4) {
        violation(NULL, "writeblocks() without an offset erases; nobody asked for that");
    }
    off += (uint32_t)mp_obj_get_int(args[3]);
    if (off % kind->unit != 0 || bytes.len % kind->unit != 0) {
        violation(NULL, "a program that is not made of whole units: the port programs what lies behind the buffer");
    }
    return answer(program(off, bytes.buf, (uint32_t)bytes.len), number);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(device_writeblocks_obj, 3, 4, device_writeblocks);

static mp_obj_t device_ioctl(mp_obj_t self, mp_obj_t op, mp_obj_t arg)
{
    uint64_t number = cells.number;
    (void)self;
    switch (mp_obj_get_int(op)) {
    case MP_BLOCKDEV_IOCTL_BLOCK_COUNT:
        return MP_OBJ_NEW_SMALL_INT(BLOCKS);
    case MP_BLOCKDEV_IOCTL_BLOCK_SIZE:
        return MP_OBJ_NEW_SMALL_INT(BLOCK);
    case MP_BLOCKDEV_IOCTL_BLOCK_ERASE:
        return answer(
            cells_flash(&cells)->ops->erase(cells_flash(&cells), (uint32_t)mp_obj_get_int(arg) * BLOCK, BLOCK),
            number);
    default:
        return MP_OBJ_NEW_SMALL_INT(0);
    }
}
static MP_DEFINE_CONST_FUN_OBJ_3(device_ioctl_obj, device_ioctl);

static mp_int_t device_buffer(mp_obj_t self, mp_buffer_info_t *info, mp_uint_t flags)
{
    (void)self;
    *info = (mp_buffer_info_t){.buf = cells.bytes, .len = geometry.size, .typecode = 'B'};
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
    if (cells.bytes == NULL) {
        open_cells();
    }
    if (getenv("FAKE_NONE") == NULL && n_args == 2 && mp_obj_get_int(args[0]) == MP_VFS_ROM_IOCTL_GET_SEGMENT &&
        args[1] == MP_OBJ_NEW_SMALL_INT(0)) {
        return MP_OBJ_FROM_PTR(&device);
    }
    return MP_OBJ_NEW_SMALL_INT(-MPROM_EINVAL);
}
