/* mprom_rom_init(): tables that make no sense are refused, and the segment at fault is named. */
#include "emulator/array/cells.h"
#include "emulator/array/geometries.h"
#include "mprom/rom.h"
#include "mprom/rom_slot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define KIB(n) ((uint32_t)(n)*1024u)

struct fixture {
    struct cells cells[2];
    struct mprom_rom rom;
    struct mprom_rom_state states[3];
    struct mprom_rom_segment segments[3];
};

static void open_fixture(struct fixture *f)
{
    memset(f, 0, sizeof *f);
    assert_int_equal(cells_open_memory(&f->cells[0], geometry_find("stm32f4")), 0);
    assert_int_equal(cells_open_memory(&f->cells[1], geometry_find("nor4k")), 0);
    f->segments[0] = (struct mprom_rom_segment){
        .name = "a", .flash = &f->cells[0].flash, .off = KIB(16), .size = KIB(48), .has_trailer = true, .group = 1};
    f->segments[1] =
        (struct mprom_rom_segment){.name = "b", .flash = &f->cells[0].flash, .off = KIB(64), .size = KIB(192)};
    f->segments[2] = (struct mprom_rom_segment){.name = "c", .flash = &f->cells[1].flash, .off = 0, .size = KIB(256)};
}

static void close_fixture(struct fixture *f)
{
    cells_close(&f->cells[0]);
    cells_close(&f->cells[1]);
}

static int init(struct fixture *f)
{
    return mprom_rom_init(&f->rom, f->segments, f->states, 3, NULL);
}

static void sound_tables_are_taken(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f);
    assert_int_equal(init(&f), 0);
    assert_int_equal(mprom_rom_segment_size(&f.rom, 0), KIB(32));
    assert_int_equal(mprom_rom_segment_size(&f.rom, 1), KIB(192));
    assert_int_equal(mprom_rom_segment_size(&f.rom, 2), KIB(256));
    assert_int_equal(mprom_rom_segment_block_size(&f.rom, 0), KIB(16));
    assert_int_equal(mprom_rom_segment_block_size(&f.rom, 1), KIB(64));
    assert_int_equal(mprom_rom_segment_block_size(&f.rom, 2), KIB(4));
    assert_ptr_equal(mprom_rom_segment_map(&f.rom, 1), f.cells[0].bytes + KIB(64));
    assert_int_equal(mprom_rom_init(&f.rom, NULL, NULL, 0, NULL), 0); /* a board without segments */
    assert_int_equal(mprom_rom_boot_choose(&f.rom, true), -MPROM_ENOENT);
    close_fixture(&f);
}

#define REFUSED(id, change)                                                                                          \
    do {                                                                                                             \
        struct fixture f;                                                                                            \
        open_fixture(&f);                                                                                            \
        change;                                                                                                      \
        assert_int_equal(init(&f), -MPROM_EINVAL);                                                                   \
        assert_int_equal(f.rom.error.code, -MPROM_EINVAL);                                                           \
        assert_int_equal(f.rom.error.segment, id);                                                                   \
        assert_non_null(f.rom.error.what);                                                                           \
        close_fixture(&f);                                                                                           \
    } while (0)

static void senseless_tables_are_refused(void **state)
{
    (void)state;
    REFUSED(0, f.segments[0].name = NULL);
    REFUSED(1, f.segments[1].name = "");
    REFUSED(2, f.segments[2].name = "a");
    REFUSED(0, f.segments[0].flash = NULL);
    REFUSED(2, f.cells[1].flash.ops = NULL);
    REFUSED(1, f.segments[1].size = 0);
    REFUSED(1, f.segments[1].off = KIB(512));
    REFUSED(1, f.segments[1].size = UINT32_MAX);
    REFUSED(1, f.segments[1].off = UINT32_MAX);
    REFUSED(2, f.segments[2].size = KIB(260));
    REFUSED(1, f.segments[1].off = KIB(80));                                 /* inside a block of 64K */
    REFUSED(1, f.segments[1].size = KIB(128));                               /* ends inside one of 128K */
    REFUSED(1, (f.segments[1].off = KIB(48), f.segments[1].size = KIB(80))); /* overlaps the first one's trailer */
    REFUSED(2, (f.segments[2].flash = f.segments[0].flash, f.segments[2].size = KIB(512)));
    REFUSED(0, f.segments[0].has_trailer = false); /* a slot without one */
    REFUSED(0, f.segments[0].size = KIB(16));      /* nothing but a trailer */
}

/* A block of 64 bytes is too small for a trailer. */
static void a_trailer_needs_room(void **state)
{
    (void)state;
    static const struct mprom_flash_region tiny[] = {{64, 64}};
    static const struct mprom_flash_region enough[] = {{256, 16}};
    struct mprom_flash_geometry geometry = {
        .size = 4096, .regions = tiny, .region_count = 1, .program_size = 16, .page_size = 16, .erased_value = 0xFF};
    struct cells cells;
    assert_int_equal(cells_open_memory(&cells, &geometry), 0);
    struct mprom_rom_segment segment = {.name = "a", .flash = cells_flash(&cells), .size = 4096, .has_trailer = true};
    struct mprom_rom_state rom_state = {0};
    struct mprom_rom rom;
    assert_int_equal(mprom_rom_init(&rom, &segment, &rom_state, 1, NULL), -MPROM_EINVAL);
    geometry.regions = enough;
    assert_int_equal(mprom_rom_init(&rom, &segment, &rom_state, 1, NULL), 0);
    cells_close(&cells);
}

/* Of 256 KiB in blocks of 4 KiB three slots have 21 blocks each, the last of which is the trailer. */
static void a_segment_is_divided_into_slots(void **state)
{
    (void)state;
    static const char *const names[] = {"x", "y", "z"};
    struct fixture f;
    open_fixture(&f);
    struct mprom_rom_segment whole = f.segments[2];
    assert_int_equal(mprom_rom_segment_divide(&whole, 3, names, 7, f.segments), 0);
    assert_int_equal(init(&f), 0);
    for (uint32_t i = 0; i < 3; i++) {
        assert_string_equal(f.segments[i].name, names[i]);
        assert_int_equal(f.segments[i].off, i * KIB(84));
        assert_int_equal(mprom_rom_segment_size(&f.rom, i), KIB(80));
        assert_int_equal(f.segments[i].group, 7);
    }
    whole.off = KIB(8);
    whole.size = KIB(16); /* two blocks for each of two */
    assert_int_equal(mprom_rom_segment_divide(&whole, 2, names, 1, f.segments), 0);
    assert_int_equal(f.segments[1].off, KIB(16));
    assert_int_equal(f.segments[1].size, KIB(8));
    close_fixture(&f);
}

static void what_cannot_be_divided_is_refused(void **state)
{
    (void)state;
    static const char *const names[] = {"x", "y", "z"};
    struct fixture f;
    open_fixture(&f);
    struct mprom_rom_segment whole = f.segments[2];
    struct mprom_rom_segment slots[3];
    assert_int_equal(mprom_rom_segment_divide(&whole, 0, names, 1, slots), -MPROM_EINVAL);
    assert_int_equal(mprom_rom_segment_divide(&whole, 2, names, MPROM_ROM_GROUP_NONE, slots), -MPROM_EINVAL);
    whole.size = KIB(12); /* a block too few */
    assert_int_equal(mprom_rom_segment_divide(&whole, 2, names, 1, slots), -MPROM_EINVAL);
    whole.size = KIB(18); /* half a block */
    assert_int_equal(mprom_rom_segment_divide(&whole, 2, names, 1, slots), -MPROM_EINVAL);
    whole.size = KIB(256) + KIB(4); /* ends behind the flash */
    assert_int_equal(mprom_rom_segment_divide(&whole, 2, names, 1, slots), -MPROM_EINVAL);
    whole = f.segments[1]; /* sectors of 64 and 128 KiB */
    assert_int_equal(mprom_rom_segment_divide(&whole, 2, names, 1, slots), -MPROM_EINVAL);
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sound_tables_are_taken),
        cmocka_unit_test(senseless_tables_are_refused),
        cmocka_unit_test(a_trailer_needs_room),
        cmocka_unit_test(a_segment_is_divided_into_slots),
        cmocka_unit_test(what_cannot_be_divided_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
