/*
 * The segments of a port: its partition, whole or as slots. And what the binding asks of whoever brings them.
 */
#include <string.h>

#include "py/builtin.h"
#include "py/runtime.h"

#include "micropython/port/port.h"
#include "micropython/port/port_start.h"
#include "micropython/rom_binding.h"
#include "mprom/small.h"

/* Slots that the partition is divided into; 1: it is one segment without a trailer. */
#ifndef MPROM_SLOTS
#define MPROM_SLOTS 1
#endif

enum {
    SLOT_GROUP = 1,
    ID_SIZE_MAX = 16 /* bytes of a chip's number; a longer one is cut */
};

#if MPROM_SMALL && MPROM_SLOTS > 1
#error "MPROM_SMALL=1 has no slots: leave MPROM_SLOTS out"
#endif

_Static_assert(MPROM_SLOTS >= 1 && MPROM_SLOTS <= 4, "MPROM_SLOTS is from 1 to 4");

static struct mprom_rom_segment segments[MPROM_SLOTS];
static struct mprom_rom_state states[MPROM_SLOTS];
static struct mprom_rom rom;
static const struct mprom_rom_hooks hooks = {.release = mprom_rom_binding_release};

struct mprom_rom *mprom_rom_binding(void)
{
    return &rom;
}

bool mprom_rom_binding_has_ioctl(void)
{
    return true;
}

/* Not known: ports keep between none and a few hundred. So a client sends no more ahead than any board takes. */
size_t mprom_rom_binding_console_room(void)
{
    return 0;
}

uint32_t mprom_rom_binding_console_baud_max(void)
{
    return 0;
}

void mprom_rom_binding_console_set_baud(uint32_t baud)
{
    (void)baud;
}

/* What machine.unique_id() answers. Returns its size. */
static size_t ask_unique_id(uint8_t id[ID_SIZE_MAX])
{
    mp_buffer_info_t bytes = {0};
    mp_obj_t call[2];
    mp_obj_t machine = mp_import_name(MP_QSTR_machine, mp_const_none, MP_OBJ_NEW_SMALL_INT(0));
    mp_load_method_maybe(machine, MP_QSTR_unique_id, call);
    if (call[0] == MP_OBJ_NULL || !mp_get_buffer(mp_call_method_n_kw(0, 0, call), &bytes, MP_BUFFER_READ)) {
        return 0;
    }
    memcpy(id, bytes.buf, MIN(bytes.len, ID_SIZE_MAX));
    return MIN(bytes.len, ID_SIZE_MAX);
}

/* A port without the module machine raises. */
size_t mprom_rom_binding_board_id(const uint8_t **id)
{
    static uint8_t board_id[ID_SIZE_MAX];
    size_t size = 0;
    nlr_buf_t nlr;
    if (nlr_push(&nlr) == 0) {
        size = ask_unique_id(board_id);
        nlr_pop();
    }
    *id = board_id;
    return size;
}

/* Returns NULL, or what is wrong. */
static const char *segments_fill(const struct mprom_port_partition *partition)
{
    static const char *const names[] = {"rom0", "rom1", "rom2", "rom3"};
    const struct mprom_rom_segment whole = {
        .name = names[0], .flash = partition->flash, .off = partition->off, .size = partition->size};
#if MPROM_SLOTS > 1
    if (mprom_rom_segment_divide(&whole, MPROM_SLOTS, names, SLOT_GROUP, segments)) {
        return "the partition is too small for so many slots, or its blocks differ in size";
    }
#else
    segments[0] = whole;
#endif
    return NULL;
}

static const char *open_segments(void)
{
    struct mprom_port_partition partition = {0};
    const char *fault = mprom_port_open(&partition);
    if (fault == NULL) {
        fault = segments_fill(&partition);
    }
    if (fault == NULL && mprom_rom_init(&rom, segments, states, MPROM_SLOTS, &hooks)) {
        fault = MPROM_SMALL ? "the segment is wrong" : rom.error.what;
    }
    return fault;
}

/* A port's own objects may raise. */
static const char *open_segments_protected(void)
{
    nlr_buf_t nlr;
    if (nlr_push(&nlr) != 0) {
        mp_obj_print_exception(&mp_plat_print, MP_OBJ_FROM_PTR(nlr.ret_val));
        return "the port's partition cannot be opened";
    }
    const char *fault = open_segments();
    nlr_pop();
    return fault;
}

void mprom_port_start(void)
{
    const char *fault = open_segments_protected();
    if (fault != NULL) {
        mp_printf(&mp_plat_print, "rom: %s\n", fault);
        mprom_rom_init(&rom, segments, states, 0, &hooks);
    }
}
