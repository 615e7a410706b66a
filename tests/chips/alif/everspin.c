/* OPENMV_AE3 with the chip of 8 MiB: its segment 0 lies outside, which the tables of segments find. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "chips/alif/board.h"
#include "chips/kit/kit_rom.h"
#include "octal_rig.h"
#include "rig.h"

static struct octal_rig octal;
static struct rig mram;
static struct mprom_rom rom;
static struct mprom_rom_segment segments[MPROM_KIT_SEGMENTS_MAX];
static struct mprom_rom_state states[MPROM_KIT_SEGMENTS_MAX];

static int segments_with(const char *chip)
{
    assert_int_equal(octal_rig_start(&octal, chip), 0);
    int count = mprom_kit_rom_fill(&mprom_alif_board_facts.rom, &octal.driver.flash, &mram.driver.flash, segments);
    assert_int_equal(count, 2);
    int err = mprom_rom_init(&rom, segments, states, (uint32_t)count, NULL);
    octal_rig_close(&octal);
    return err;
}

static void segment_0_lies_outside_of_an_everspin(void **state)
{
    (void)state;
    rig_open_driver(&mram);
    assert_int_equal(segments_with("mx25um25645g"), 0);
    assert_int_equal(segments_with("is25wx256"), 0);
    assert_int_equal(segments_with("em064lx"), -MPROM_EINVAL);
    assert_int_equal(rom.error.segment, 0);
    assert_string_equal(segments[rom.error.segment].name, "rom0");
    assert_string_equal(rom.error.what, "it is empty or not inside its flash");
    rig_close(&mram);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(segment_0_lies_outside_of_an_everspin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
