/* From the facts of a board to its segments, or to the slots that its segment is divided into. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "chips/kit/kit_rom.h"

enum {
    BLOCK = 4096,
    SIZE = 64 * BLOCK
};

static const struct mprom_flash_region region = {.erase_size = BLOCK, .count = SIZE / BLOCK};
static const struct mprom_flash_geometry geometry = {
    .size = SIZE, .regions = &region, .region_count = 1, .program_size = 4, .page_size = 256, .erased_value = 0xFF};
static const struct mprom_flash flash = {.geometry = &geometry};
static struct mprom_rom_segment segments[MPROM_KIT_SEGMENTS_MAX];

static void segments_are_those_of_the_facts(void **state)
{
    (void)state;
    const struct mprom_kit_rom facts = {
        .segments = {{.name = "a", .off = BLOCK, .size = 2 * BLOCK, .has_trailer = true, .group = 3},
                     {.name = "b", .off = 8 * BLOCK}},
        .segment_count = 2};
    assert_int_equal(mprom_kit_rom_fill(&facts, &flash, NULL, segments), 2);
    assert_string_equal(segments[0].name, "a");
    assert_ptr_equal(segments[0].flash, &flash);
    assert_int_equal(segments[0].off, BLOCK);
    assert_int_equal(segments[0].size, 2 * BLOCK);
    assert_true(segments[0].has_trailer);
    assert_int_equal(segments[0].group, 3);
    assert_int_equal(segments[1].size, SIZE - 8 * BLOCK); /* all that follows */
    assert_false(segments[1].has_trailer);
}

static void a_segment_may_lie_in_the_second_flash(void **state)
{
    (void)state;
    static const struct mprom_flash second = {.geometry = &geometry};
    const struct mprom_kit_rom facts = {.segments = {{.name = "a", .off = BLOCK, .size = BLOCK},
                                                     {.name = "b", .off = BLOCK, .size = BLOCK, .flash = 1}},
                                        .segment_count = 2};
    assert_int_equal(mprom_kit_rom_fill(&facts, &flash, &second, segments), 2);
    assert_ptr_equal(segments[0].flash, &flash);
    assert_ptr_equal(segments[1].flash, &second);
}

static void a_segment_is_divided_into_slots(void **state)
{
    (void)state;
    const struct mprom_kit_rom facts = {
        .segments = {{.name = "rom", .off = 2 * BLOCK, .size = 12 * BLOCK}}, .segment_count = 1, .slots = 3};
    assert_int_equal(mprom_kit_rom_fill(&facts, &flash, NULL, segments), 3);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(segments[i].off, (2 + 4 * i) * BLOCK);
        assert_int_equal(segments[i].size, 4 * BLOCK);
        assert_true(segments[i].has_trailer && segments[i].group != MPROM_ROM_GROUP_NONE);
    }
    assert_string_equal(segments[2].name, "rom2");
}

static void what_cannot_be_divided_stays_whole(void **state)
{
    (void)state;
    struct mprom_kit_rom facts = {
        .segments = {{.name = "rom", .off = 0, .size = 3 * BLOCK}}, .segment_count = 1, .slots = 2};
    for (uint8_t slots = 2; slots <= MPROM_KIT_SEGMENTS_MAX + 1; slots++) {
        facts.slots = slots;
        assert_int_equal(mprom_kit_rom_fill(&facts, &flash, NULL, segments), -MPROM_EINVAL);
        assert_string_equal(segments[0].name, "rom");
        assert_int_equal(segments[0].size, 3 * BLOCK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(segments_are_those_of_the_facts),
        cmocka_unit_test(a_segment_may_lie_in_the_second_flash),
        cmocka_unit_test(a_segment_is_divided_into_slots),
        cmocka_unit_test(what_cannot_be_divided_stays_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
