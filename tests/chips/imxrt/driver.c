/* The driver of FlexSPI with that of SPI-NOR above it, over the strict models of controller, chip, caches and MPU. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/mmio.h"
#include "rig.h"

enum {
    KIB = 1024,
    MCR0 = 0x00,
    LUT = 0x200,
    FLSHA1CR2 = 0x80,
};

static struct rig rig;

static void expect_mapped(uint32_t off, uint32_t size)
{
    assert_ptr_equal(mprom_flash_map(rig.flash, off), rig.cells.bytes + off);
    for (uint32_t at = off & ~31u; at < off + size; at += 32) {
        rig_access(&rig, at, MODEL_LOAD);
        rig_access(&rig, at, MODEL_FETCH);
    }
}

static void expect_programmed(uint32_t off, uint32_t size)
{
    uint8_t bytes[600];
    uint8_t seen[600];
    for (uint32_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(i * 37 + off + 1);
    }
    assert_int_equal(mprom_flash_program(rig.flash, off, bytes, size), 0);
    assert_int_equal(mprom_flash_read(rig.flash, off, seen, size), 0);
    assert_memory_equal(seen, bytes, size);
    assert_memory_equal(rig.cells.bytes + off, bytes, size);
    expect_mapped(off, size);
}

static void expect_works(const char *part, const char *chip, enum rig_read read)
{
    rig_open_driver(&rig, part, chip, read);
    uint32_t size = rig.flash->geometry->size < 16u << 20 ? rig.flash->geometry->size : 16u << 20;
    uint32_t last = size - 64 * KIB;
    memset(rig.cells.bytes + last, 0, 64 * KIB);
    assert_int_equal(mprom_flash_erase(rig.flash, last, 64 * KIB), 0);
    expect_mapped(last, 64 * KIB);
    expect_programmed(size - 300, 300);
    for (uint32_t n = 1; n <= 17; n++) {
        expect_programmed(last + 2048 * n + n, n);
    }
    assert_int_equal(mprom_flash_erase(rig.flash, last + 4096, 4096), 0);
    expect_mapped(last + 4096, 4096);
    assert_string_equal(bus.first_violation, "");
    rig_close(&rig);
}

static void each_part_and_chip_is_erased_programmed_and_read(void **state)
{
    (void)state;
    static const char *const parts[] = {"RT1052", "RT1062", "RT1064", "RT1176"};
    static const char *const chips[] = {"w25q64", "mx25r6435f", "w25q16old", "w25q256jv", "w25q128"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        for (size_t n = 0; n < sizeof chips / sizeof chips[0]; n++) {
            expect_works(parts[i], chips[n], RIG_READS_SINGLY);
        }
        expect_works(parts[i], "w25q64", RIG_READS_QUAD);
    }
}

/* What the boot ROM or a loader has set up is used, and left. */
static void the_window_and_the_sequences_of_others_stay(void **state)
{
    (void)state;
    rig_open(&rig, "RT1062", "w25q64", RIG_READS_QUAD);
    uint32_t lut[60];
    uint32_t mcr0 = rig_read(&rig, MCR0), cr2 = rig_read(&rig, FLSHA1CR2);
    memcpy(lut, rig.model.lut, sizeof lut);
    uint8_t status = rig.chip.status[1];
    assert_int_equal(rig_start_driver(&rig), 0);
    rig.flash = &rig.nor.flash;
    expect_programmed(0x1000, 300);
    assert_memory_equal(rig.model.lut, lut, sizeof lut);
    assert_int_equal(rig_read(&rig, MCR0), mcr0 & ~0xC0u);
    assert_int_equal(rig_read(&rig, FLSHA1CR2), cr2);
    assert_int_equal(rig.chip.status[1], status);
    assert_true(rig.model.is_locked);
    rig_close(&rig);
}

static bool is_masked;

static void note_mask(void)
{
    is_masked = bus.masked != 0;
}

static void interrupts_are_masked_and_stay_as_they_were(void **state)
{
    (void)state;
    const uint8_t byte = 0x5A;
    for (int masked = 0; masked < 2; masked++) {
        rig_open_driver(&rig, "RT1062", "w25q64", RIG_READS_SINGLY);
        bus.masked = masked;
        bus.polled = note_mask;
        assert_int_equal(mprom_flash_program(rig.flash, 0x1000, &byte, 1), 0);
        assert_true(is_masked);
        assert_int_equal(bus.masked, masked);
        rig_close(&rig);
    }
}

/* Regions that another program has left would forbid what this one needs. */
static void regions_of_others_are_off(void **state)
{
    (void)state;
    rig_open(&rig, "RT1062", "w25q64", RIG_READS_SINGLY);
    rig.m7.bases[3] = 0x60000000;
    rig.m7.attributes[3] = 0x10000037;
    assert_int_equal(rig_start_driver(&rig), 0);
    for (int i = 0; i < CORTEX_M7_REGIONS - 1; i++) {
        assert_int_equal(rig.m7.attributes[i], 0);
    }
    rig_close(&rig);
}

/* HyperFlash, double rate, eight lanes, QPI, an address of columns, a clock by the chip: refused before anything is sent. */
static void a_chip_that_is_no_spi_nor_is_refused(void **state)
{
    (void)state;
    static const uint32_t words[][2] = {{0x8B1887A0, 0xB3048F10}, {0x8818840B, 0x24043008}, {0x0818070B, 0x24043008},
                                        {0x0A1806EB, 0x26043206}, {0x0C10040B, 0x24043008}, {0, 0}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        rig_open(&rig, "RT1052", "w25q64", RIG_READS_SINGLY);
        memcpy(rig.model.lut, words[i], sizeof words[i]);
        assert_int_equal(rig_start_driver(&rig), -MPROM_EOPNOTSUPP);
        assert_int_equal(rig.chip.violations, 0);
        rig_close(&rig);
    }
    rig_open(&rig, "RT1052", "w25q64", RIG_READS_SINGLY);
    flexspi_model_reset(&rig.model);
    flexspi_model_boot(&rig.model, 8 << 20, (const uint32_t[]){0x0818040B, 0x24043008}, 2, 3);
    assert_int_equal(rig_start_driver(&rig), -MPROM_EOPNOTSUPP);
    rig_close(&rig);
}

/* A loader may read by any sequence; the last one is the driver's. */
static void the_window_may_be_read_by_any_sequence_but_the_last(void **state)
{
    (void)state;
    for (uint32_t sequence = 1; sequence < FLEXSPI_MODEL_SEQUENCES; sequence++) {
        rig_open(&rig, "RT1062", "w25q64", RIG_READS_SINGLY);
        memcpy(&rig.model.lut[4 * sequence], rig.model.lut, 4 * sizeof rig.model.lut[0]);
        rig_write(&rig, FLSHA1CR2, sequence);
        assert_int_equal(rig_start_driver(&rig), sequence == 15 ? -MPROM_EOPNOTSUPP : 0);
        rig_access(&rig, 0, MODEL_FETCH);
        assert_string_equal(bus.first_violation, "");
        rig_close(&rig);
    }
}

/* Its four address bytes would be a mode, in which the window with its three reads something else. */
static void a_chip_with_a_mode_for_long_addresses_is_refused(void **state)
{
    (void)state;
    rig_open(&rig, "RT1062", "w25q256fv", RIG_READS_SINGLY);
    assert_int_equal(rig_start_driver(&rig), -MPROM_EOPNOTSUPP);
    assert_false(rig.chip.mode_4byte);
    rig_access(&rig, 0, MODEL_FETCH);
    assert_string_equal(bus.first_violation, "");
    assert_int_equal(bus.masked, 0);
    rig_close(&rig);
}

/* What lies beyond three address bytes is not in the window, but it can be used. */
static void a_large_chip_is_used_behind_the_window(void **state)
{
    (void)state;
    uint8_t seen[700];
    rig_open_driver(&rig, "RT1176", "w25q256jv", RIG_READS_SINGLY);
    assert_int_equal(rig.flash->geometry->size, 32 << 20);
    assert_null(mprom_flash_map(rig.flash, 16 << 20));
    memset(rig.cells.bytes + (16 << 20), 0, 8192);
    assert_int_equal(mprom_flash_erase(rig.flash, 16 << 20, 8192), 0);
    assert_int_equal(mprom_flash_program(rig.flash, (16 << 20) + 5, "far away", 8), 0);
    assert_int_equal(mprom_flash_read(rig.flash, (16 << 20) + 1, seen, sizeof seen), 0);
    assert_memory_equal(seen, rig.cells.bytes + (16 << 20) + 1, sizeof seen);
    assert_string_equal(bus.first_violation, "");
    rig_close(&rig);
}

static void expect_chip_is_readable(void)
{
    rig_access(&rig, 0, MODEL_FETCH);
    rig_access(&rig, 0x1000, MODEL_LOAD);
    assert_string_equal(bus.first_violation, "");
    assert_int_equal(bus.masked, 0);
}

static void a_chip_that_never_gets_ready_is_broken_off(void **state)
{
    (void)state;
    rig_open_driver(&rig, "RT1062", "w25q64", RIG_READS_QUAD);
    rig.chip.never_ready = true;
    assert_int_equal(mprom_flash_erase(rig.flash, 0x1000, 4096), -MPROM_ETIMEDOUT);
    expect_chip_is_readable();
    rig.chip.never_ready = false;
    assert_int_equal(mprom_flash_erase(rig.flash, 0x1000, 4096), 0);
    rig_close(&rig);
}

/* Write enable, its status, the erase, and the status behind it: what was not sent is an error, and an erase that may run ends. */
static void a_command_without_grant_is_an_error(void **state)
{
    (void)state;
    for (uint32_t number = 1; number <= 4; number++) {
        rig_open_driver(&rig, "RT1062", "w25q64", RIG_READS_QUAD);
        rig.model.refuses = number;
        assert_int_equal(rig.flash->ops->erase(rig.flash, 0x1000, 4096), -MPROM_EIO);
        assert_int_equal(rig.model.refuses, 0);
        expect_chip_is_readable();
        assert_int_equal(mprom_flash_erase(rig.flash, 0x1000, 4096), 0);
        rig_close(&rig);
    }
}

/* The first operation hangs in a command, the second before its first one. The window is open again, and interrupts are not masked. */
static void a_controller_that_hangs_is_given_up(void **state)
{
    (void)state;
    rig_open_driver(&rig, "RT1062", "w25q64", RIG_READS_QUAD);
    rig.model.hangs = true;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(mprom_flash_erase(rig.flash, 0x1000, 4096), -MPROM_ETIMEDOUT);
        assert_int_equal(bus.masked, 0);
        assert_true(cortex_m7_model_may_read(&rig.m7, rig.model.window.base));
    }
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_part_and_chip_is_erased_programmed_and_read),
        cmocka_unit_test(the_window_and_the_sequences_of_others_stay),
        cmocka_unit_test(interrupts_are_masked_and_stay_as_they_were),
        cmocka_unit_test(regions_of_others_are_off),
        cmocka_unit_test(a_chip_that_is_no_spi_nor_is_refused),
        cmocka_unit_test(the_window_may_be_read_by_any_sequence_but_the_last),
        cmocka_unit_test(a_chip_with_a_mode_for_long_addresses_is_refused),
        cmocka_unit_test(a_large_chip_is_used_behind_the_window),
        cmocka_unit_test(a_chip_that_never_gets_ready_is_broken_off),
        cmocka_unit_test(a_command_without_grant_is_an_error),
        cmocka_unit_test(a_controller_that_hangs_is_given_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
