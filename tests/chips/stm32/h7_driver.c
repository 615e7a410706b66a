/* The driver of the H7's internal flash, over the strict model of its controller. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "h7.h"

enum {
    KIB = 1024,
    SECTOR = 128 * KIB,
    SEGMENT = 0x1E0000, /* of OPENMV4 */
    LOCKED = 0x31,
};

static struct h7 h7;

static const struct mprom_flash *flash(void)
{
    return &h7.driver.flash;
}

/* Parts, and where their sectors are: RM0399 tables 14 and 15; the H723 has one bank. */
static const struct {
    const char *part;
    uint32_t size;
    uint32_t hole_off;
    uint32_t hole_end;
} maps[] = {
    {"STM32H743VI", 2048 * KIB, 0, 0},
    {"STM32H747XI", 2048 * KIB, 0, 0},
    {"STM32H743VG", 1536 * KIB, 512 * KIB, 1024 * KIB},
    {"STM32H723VG", 1024 * KIB, 0, 0},
};

static void each_sector_of_each_part_erases_itself_and_no_other(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++) {
        h7_open_driver(&h7, maps[i].part);
        assert_int_equal(flash()->geometry->size, maps[i].size);
        for (uint32_t off = 0; off < maps[i].size; off += SECTOR) {
            bool in_hole = off >= maps[i].hole_off && off < maps[i].hole_end;
            uint64_t number = h7.cells.number;
            assert_int_equal(flash()->ops->erase(flash(), off, SECTOR), in_hole ? -MPROM_EROFS : 0);
            assert_int_equal(h7.cells.number, number + !in_hole);
            assert_true(in_hole || (bus.operation.off == off && bus.operation.size == SECTOR));
        }
        assert_string_equal(bus.first_violation, "");
        h7_close(&h7);
    }
}

static void the_hole_of_a_smaller_part_reads_as_bad(void **state)
{
    (void)state;
    uint8_t bytes[64];
    memset(bytes, 0, sizeof bytes);
    h7_open_driver(&h7, "STM32H743VG");
    assert_int_equal(mprom_flash_probe(flash(), 512 * KIB - 32, 32), 0);
    assert_int_equal(mprom_flash_probe(flash(), 512 * KIB - 32, 33), -MPROM_EBADMSG);
    assert_int_equal(mprom_flash_read(flash(), 1024 * KIB - 1, bytes, 1), -MPROM_EBADMSG);
    assert_int_equal(mprom_flash_read(flash(), 1024 * KIB, bytes, 1), 0);
    assert_int_equal(mprom_flash_program(flash(), 512 * KIB, bytes, 32), -MPROM_EROFS);
    assert_int_equal(mprom_flash_is_blank(flash(), 512 * KIB, SECTOR), 0);
    assert_string_equal(bus.first_violation, "");
    h7_close(&h7);
}

static void what_is_programmed_is_there_and_the_bank_is_locked_again(void **state)
{
    (void)state;
    uint8_t bytes[1024];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 37 + 1);
    }
    h7_open_driver(&h7, "STM32H743VI");
    static const uint32_t places[] = {SEGMENT, 0x40000}; /* in either bank */
    for (int i = 0; i < 2; i++) {
        assert_int_equal(mprom_flash_program(flash(), places[i], bytes, 992), 0);
        assert_memory_equal(h7.cells.bytes + places[i], bytes, 992);
        assert_memory_equal(mprom_flash_map(flash(), places[i]), bytes, 992);
        assert_int_equal(mprom_flash_program(flash(), places[i] + 0x400, bytes + 1, 32), 0); /* from any address */
        assert_memory_equal(h7.cells.bytes + places[i] + 0x400, bytes + 1, 32);
        assert_int_equal(mprom_flash_erase(flash(), places[i], SECTOR), 0);
        assert_int_equal(mprom_flash_is_blank(flash(), places[i], SECTOR), 1);
        assert_int_equal(h7.model.banks[0].cr, LOCKED);
        assert_int_equal(h7.model.banks[1].cr, LOCKED);
    }
    assert_int_equal(bus.masked, 0);
    assert_int_equal(bus.faults_masked, 0);
    assert_string_equal(bus.first_violation, "");
    h7_close(&h7);
}

/* The driver's own reads do not show it: they drop lines themselves. */
static void the_caches_hold_nothing_old(void **state)
{
    (void)state;
    uint8_t word[32] = {0};
    h7_open_driver(&h7, "STM32H743VI");
    assert_int_equal(flash()->ops->program(flash(), SEGMENT, word, sizeof word), 0);
    assert_false(cortex_m7_model_is_stale(&h7.m7));
    assert_int_equal(flash()->ops->erase(flash(), SEGMENT, SECTOR), 0);
    assert_false(cortex_m7_model_is_stale(&h7.m7));
    assert_string_equal(bus.first_violation, "");
    h7_close(&h7);
}

static void reads_have_any_place_and_size(void **state)
{
    (void)state;
    uint8_t bytes[128];
    uint8_t seen[130];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 11 + 3);
    }
    h7_open_driver(&h7, "STM32H743VI");
    assert_int_equal(mprom_flash_program(flash(), SEGMENT, bytes, sizeof bytes), 0);
    for (uint32_t off = 0; off < 70; off++) {
        for (uint32_t size = 0; off + size <= sizeof bytes; size += 1 + size / 4) {
            memset(seen, 0xA5, sizeof seen);
            assert_int_equal(mprom_flash_read(flash(), SEGMENT + off, seen + 1, size), 0);
            assert_memory_equal(seen + 1, bytes + off, size);
            assert_int_equal(seen[0], 0xA5);
            assert_int_equal(seen[1 + size], 0xA5);
        }
    }
    assert_string_equal(bus.first_violation, "");
    h7_close(&h7);
}

/* A word that power failure has torn, alone or beside another, asked for once or again, after whatever was read. */
static void bad_words_are_told_and_never_read(void **state)
{
    (void)state;
    uint8_t bytes[96];
    h7_open_driver(&h7, "STM32H743VI");
    for (uint32_t off = SEGMENT + 0x40; off <= SEGMENT + 0x60; off += 0x20) {
        h7_spoil(&h7, off);
        for (int again = 0; again < 3; again++) {
            assert_int_equal(mprom_flash_probe(flash(), off, 1), -MPROM_EBADMSG);
            assert_int_equal(mprom_flash_probe(flash(), off + 31, 1), -MPROM_EBADMSG);
            assert_int_equal(flash()->ops->read(flash(), off, bytes, 32), -MPROM_EBADMSG);
        }
        assert_int_equal(mprom_flash_probe(flash(), SEGMENT, 0x40), 0);
        assert_int_equal(mprom_flash_read(flash(), off - 1, bytes, 2), -MPROM_EBADMSG);
        assert_int_equal(mprom_flash_probe(flash(), off + 0x20, 0x20), 0);
        assert_int_equal(mprom_flash_is_blank(flash(), SEGMENT, SECTOR), 0);
    }
    assert_int_equal(h7.m7.ccr & 0x100, 0);
    assert_int_equal(bus.faults_masked, 0);
    assert_int_equal(mprom_flash_erase(flash(), SEGMENT, SECTOR), 0);
    assert_int_equal(mprom_flash_probe(flash(), SEGMENT, SECTOR), 0);
    assert_string_equal(bus.first_violation, "");
    h7_close(&h7);
}

/* A flag of another word does not make this one bad: FLASH_ECC_FA tells which it was. */
static void flags_of_other_words_are_no_matter(void **state)
{
    (void)state;
    h7_open_driver(&h7, "STM32H743VI");
    h7.model.banks[1].flags = 0x06000000;
    h7.model.banks[1].ecc_fa = 5;
    assert_int_equal(mprom_flash_probe(flash(), SEGMENT, 64), 0);
    assert_string_equal(bus.first_violation, "");
    h7_close(&h7);
}

static void time_that_passes_is_that_of_the_part(void **state)
{
    (void)state;
    uint8_t word[32] = {0};
    h7_open_driver(&h7, "STM32H743VI");
    assert_int_equal(mprom_flash_erase(flash(), 0, SECTOR), 0);
    assert_int_equal(bus.now_ns, 1000000000);
    assert_int_equal(mprom_flash_program(flash(), 0, word, sizeof word), 0);
    assert_int_equal(bus.now_ns, 1000100000);
    h7_close(&h7);
}

static void flags_of_earlier_operations_are_cleared(void **state)
{
    (void)state;
    uint8_t word[32] = {0};
    h7_open_driver(&h7, "STM32H743VI");
    h7.model.banks[0].flags = 0x1FEF0000;
    assert_int_equal(mprom_flash_program(flash(), 0, word, sizeof word), 0);
    h7.model.banks[0].flags = 0x1FEF0000;
    assert_int_equal(mprom_flash_erase(flash(), 0, SECTOR), 0);
    assert_string_equal(bus.first_violation, "");
    h7_close(&h7);
}

static void a_protected_sector_is_read_only(void **state)
{
    (void)state;
    uint8_t word[32] = {0};
    h7_open_driver(&h7, "STM32H743VI");
    h7.model.banks[1].protection = 0x7F;
    assert_int_equal(mprom_flash_erase(flash(), SEGMENT, SECTOR), -MPROM_EROFS);
    assert_int_equal(mprom_flash_program(flash(), SEGMENT, word, sizeof word), -MPROM_EROFS);
    assert_int_equal(h7.model.banks[1].cr, LOCKED);
    assert_int_equal(h7.cells.number, 0);
    assert_int_equal(mprom_flash_program(flash(), SEGMENT - SECTOR, word, sizeof word), 0);
    h7_close(&h7);
}

/* At 1 MHz, to poll less. A poll takes at least four cycles; time-outs may be late, but never early. */
static void a_flash_that_stays_busy_runs_into_the_time_out(void **state)
{
    (void)state;
    uint8_t word[32] = {0};
    h7_open(&h7, "STM32H743VI");
    assert_int_equal(mprom_flash_h7_open(&h7.driver, 1000000), 0);
    h7.model.hangs = true;
    bus.reads = 0;
    assert_int_equal(flash()->ops->program(flash(), 0, word, sizeof word), -MPROM_ETIMEDOUT);
    assert_in_range(bus.reads, 580 / 4, 10000); /* 580 us */
    bus.reads = 0;
    assert_int_equal(flash()->ops->erase(flash(), 0, SECTOR), -MPROM_ETIMEDOUT); /* it is busy still */
    flash_h7_model_reset(&h7.model, &h7.cells);
    bus.reads = 0;
    assert_int_equal(flash()->ops->erase(flash(), 0, SECTOR), -MPROM_ETIMEDOUT);
    assert_in_range(bus.reads, 4000000 / 4, 8000000); /* 4 s */
    assert_int_equal(bus.masked, 0);
    assert_string_equal(bus.first_violation, "");
    h7_close(&h7);
}

static void a_bank_that_stays_locked_is_an_error(void **state)
{
    (void)state;
    uint8_t word[32] = {0};
    h7_open_driver(&h7, "STM32H743VI");
    h7.model.banks[1].keys.dead = true;
    assert_int_equal(mprom_flash_program(flash(), SEGMENT, word, sizeof word), -MPROM_EIO);
    assert_int_equal(mprom_flash_erase(flash(), SEGMENT, SECTOR), -MPROM_EIO);
    assert_int_equal(h7.cells.number, 0);
    h7_close(&h7);
}

static void other_chips_sizes_and_swapped_banks_are_refused(void **state)
{
    (void)state;
    static const uint32_t wrong[][2] = {{0x451, 2048}, {0x450, 128},  {0x450, 4096},  {0x450, 0},
                                        {0x480, 2048}, {0x483, 2048}, {0x483, 0xFFFF}};
    h7_open(&h7, "STM32H743VI");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        h7.device.value = wrong[i][0];
        h7.size.value = wrong[i][1];
        assert_int_equal(mprom_flash_h7_open(&h7.driver, 64000000), -MPROM_EOPNOTSUPP);
    }
    h7.device.value = 0x20036450; /* a revision above the number */
    h7.size.value = 0xFFFF;       /* nothing was written there: 2 MB */
    assert_int_equal(mprom_flash_h7_open(&h7.driver, 64000000), 0);
    assert_int_equal(flash()->geometry->size, 2048 * KIB);
    h7.model.optcr |= 0x80000000;
    assert_int_equal(mprom_flash_h7_open(&h7.driver, 64000000), -MPROM_EOPNOTSUPP);
    h7_close(&h7);
}

static const char *register_name(uint32_t address)
{
    static char word[16];
    switch (address) {
    case 0x52002104:
        return "FLASH_KEYR2";
    case 0x5200210C:
        return "FLASH_CR2  ";
    case 0x52002110:
        return "FLASH_SR2  ";
    case 0x52002114:
        return "FLASH_CCR2 ";
    default:
        snprintf(word, sizeof word, "0x%08X ", address);
        return address >> 24 == 0x08 ? word : NULL;
    }
}

/* What the manual asks for, step by step, written from its sections 4.5.1, 4.3.10 and 4.3.9; flash_h7.md shows the
 * same.
 */
static const char unlock_steps[] = "read  FLASH_SR2   0x00000000\n"
                                   "read  FLASH_CR2   0x00000031\n"
                                   "write FLASH_KEYR2 0x45670123\n"
                                   "write FLASH_KEYR2 0xcdef89ab\n"
                                   "read  FLASH_CR2   0x00000030\n"
                                   "write FLASH_CCR2  0x1fef0000\n";
static const char erase_steps[] = "write FLASH_CR2   0x00000734\n"
                                  "write FLASH_CR2   0x000007b4\n"
                                  "read  FLASH_SR2   0x00000005\n"
                                  "read  FLASH_SR2   0x00000000\n";
static const char program_steps[] = "write FLASH_CR2   0x00000032\n"
                                    "write 0x081E0020  0x03020100\n"
                                    "write 0x081E0024  0x07060504\n"
                                    "write 0x081E0028  0x0b0a0908\n"
                                    "write 0x081E002C  0x0f0e0d0c\n"
                                    "write 0x081E0030  0x13121110\n"
                                    "write 0x081E0034  0x17161514\n"
                                    "write 0x081E0038  0x1b1a1918\n"
                                    "write 0x081E003C  0x1f1e1d1c\n"
                                    "read  FLASH_SR2   0x00000005\n"
                                    "read  FLASH_SR2   0x00000000\n";
static const char lock_steps[] = "write FLASH_CR2   0x00000030\n"
                                 "write FLASH_CR2   0x00000031\n";

static void expect_trace(const char *title, const char *steps, const char *page)
{
    char expected[1024];
    snprintf(expected, sizeof expected, "%s%s%s", unlock_steps, steps, lock_steps);
    bus_expect_trace(title, expected, page);
}

static void the_steps_are_those_of_the_manual_and_of_the_page(void **state)
{
    (void)state;
    char *page = bus_read_page(MPROM_SOURCE_DIR "/chips/stm32/driver/flash_h7.md");
    uint8_t word[32];
    for (int i = 0; i < 32; i++) {
        word[i] = (uint8_t)i;
    }
    h7_open_driver(&h7, "STM32H743VI");
    bus.name = register_name;
    assert_int_equal(flash()->ops->erase(flash(), SEGMENT, SECTOR), 0);
    expect_trace("erase of the sector at 0x081E0000", erase_steps, page);
    assert_int_equal(flash()->ops->program(flash(), SEGMENT + 32, word, sizeof word), 0);
    expect_trace("program of the flash word at 0x081E0020", program_steps, page);
    free(page);
    h7_close(&h7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_sector_of_each_part_erases_itself_and_no_other),
        cmocka_unit_test(the_hole_of_a_smaller_part_reads_as_bad),
        cmocka_unit_test(what_is_programmed_is_there_and_the_bank_is_locked_again),
        cmocka_unit_test(the_caches_hold_nothing_old),
        cmocka_unit_test(reads_have_any_place_and_size),
        cmocka_unit_test(bad_words_are_told_and_never_read),
        cmocka_unit_test(flags_of_other_words_are_no_matter),
        cmocka_unit_test(time_that_passes_is_that_of_the_part),
        cmocka_unit_test(flags_of_earlier_operations_are_cleared),
        cmocka_unit_test(a_protected_sector_is_read_only),
        cmocka_unit_test(a_flash_that_stays_busy_runs_into_the_time_out),
        cmocka_unit_test(a_bank_that_stays_locked_is_an_error),
        cmocka_unit_test(other_chips_sizes_and_swapped_banks_are_refused),
        cmocka_unit_test(the_steps_are_those_of_the_manual_and_of_the_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
