/* The shapes of SIM's flash, and the facts of its two boards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "chips/sim/board.h"
#include "chips/sim/driver/sim_flash.h"

enum {
    KIB = 1024
};

static struct mprom_sim_flash flash;

static void parts_have_blocks_of_three_sizes(void **state)
{
    (void)state;
    struct mprom_sim_flash_kind kind = {.part_size = 128 * KIB};
    assert_int_equal(mprom_sim_flash_shape(&flash, 3 * 128 * KIB, &kind), 0);
    assert_int_equal(flash.geometry.region_count, 6); /* too small for one of the largest */
    kind.part_size = 512 * KIB;
    assert_int_equal(mprom_sim_flash_shape(&flash, MPROM_SIM_PARTS_MAX * 512 * KIB, &kind), 0);
    assert_int_equal(flash.geometry.region_count, 3 * MPROM_SIM_PARTS_MAX);
    assert_int_equal(flash.regions[3 * MPROM_SIM_PARTS_MAX - 1].erase_size, MPROM_SIM_SECTOR_MAX);
    assert_int_equal(flash.regions[3 * MPROM_SIM_PARTS_MAX - 1].count, 3);
}

static void what_does_not_fit_is_refused(void **state)
{
    (void)state;
    const struct {
        uint32_t size;
        struct mprom_sim_flash_kind kind;
    } wrong[] = {
        {64 * KIB + 1, {0}},
        {1024 * KIB, {.erase_size = 48 * KIB}},
        {1024 * KIB, {.part_size = 64 * KIB}},                             /* smaller than a sector */
        {1024 * KIB, {.part_size = 384 * KIB}},                            /* not whole */
        {(MPROM_SIM_PARTS_MAX + 1) * 128 * KIB, {.part_size = 128 * KIB}}, /* too many */
        {1024 * KIB, {.part_size = 256 * KIB, .erase_size = 128 * KIB}},   /* both */
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(mprom_sim_flash_shape(&flash, wrong[i].size, &wrong[i].kind), -MPROM_EINVAL);
    }
}

/* --segment-size puts them one behind the other, and both boards share one file of flash. */
static void both_boards_have_the_same_segments(void **state)
{
    (void)state;
    const struct mprom_kit_rom *slots = &sim_facts_SIM.rom, *plain = &sim_facts_SIM_PLAIN.rom;
    uint32_t off = 0;
    assert_int_equal(slots->segment_count, plain->segment_count);
    for (uint32_t i = 0; i < slots->segment_count; i++) {
        assert_string_equal(slots->segments[i].name, plain->segments[i].name);
        assert_int_equal(slots->segments[i].off, off);
        assert_int_equal(plain->segments[i].off, off);
        assert_int_equal(slots->segments[i].size, plain->segments[i].size);
        assert_false(plain->segments[i].has_trailer || plain->segments[i].group != 0);
        off += slots->segments[i].size;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_have_blocks_of_three_sizes),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(both_boards_have_the_same_segments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
