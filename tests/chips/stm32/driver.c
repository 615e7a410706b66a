/* The driver of the internal flash, over the strict model of its controller. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/mmio.h"
#include "f4.h"

enum {
    KIB = 1024,
    BLOCKS_MAX = 24,
};

static const uint32_t LOCKED = 0x80000000;
static const uint32_t DB1M = 0x40000000;
static const uint32_t FACTORY = 0x0FFFAAED;

/* The sectors of the manuals (RM0090 tables 5 to 9, RM0383 table 4, RM0410 tables 3 and 4), in KiB. */
static const struct {
    const char *part;
    uint32_t optcr;
    uint32_t sizes[BLOCKS_MAX];
} maps[] = {
    {"STM32F405RG", 0, {16, 16, 16, 16, 64, 128, 128, 128, 128, 128, 128, 128}},
    {"STM32F411RE", 0, {16, 16, 16, 16, 64, 128, 128, 128}},
    {"STM32F427VG", 0, {16, 16, 16, 16, 64, 128, 128, 128, 128, 128, 128, 128}},
    {"STM32F427VG", FACTORY | DB1M, {16, 16, 16, 16, 64, 128, 128, 128, 16, 16, 16, 16, 64, 128, 128, 128}},
    {"STM32F427VI", 0, {16, 16, 16, 16, 64, 128, 128, 128, 128, 128, 128, 128,
                        16, 16, 16, 16, 64, 128, 128, 128, 128, 128, 128, 128}},
    {"STM32F722IE", 0, {16, 16, 16, 16, 64, 128, 128, 128}},
    {"STM32F765VG", 0, {32, 32, 32, 32, 128, 256, 256, 256}},
    {"STM32F765VG", 0xDFFFAAFD, {16, 16, 16, 16, 64, 128, 128, 128, 16, 16, 16, 16, 64, 128, 128, 128}},
    {"STM32F765VI", 0, {32, 32, 32, 32, 128, 256, 256, 256, 256, 256, 256, 256}},
    {"STM32F765VI", 0xDFFFAAFD, {16, 16, 16, 16, 64, 128, 128, 128, 128, 128, 128, 128,
                                 16, 16, 16, 16, 64, 128, 128, 128, 128, 128, 128, 128}},
};

static void each_sector_of_each_part_erases_itself_and_no_other(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++) {
        struct f4 f4;
        f4_open_driver(&f4, maps[i].part, maps[i].optcr);
        uint32_t off = 0;
        for (int n = 0; n < BLOCKS_MAX && maps[i].sizes[n] != 0; n++) {
            uint32_t size = maps[i].sizes[n] * KIB;
            assert_int_equal(mprom_flash_erase_size(&f4.driver.flash, off, UINT32_MAX), size);
            assert_int_equal(mprom_flash_erase(&f4.driver.flash, off, size), 0);
            assert_int_equal(bus.operation.off, off);
            assert_int_equal(bus.operation.size, size);
            off += size;
        }
        assert_int_equal(f4.driver.flash.geometry->size, off);
        assert_string_equal(bus.first_violation, "");
        f4_close(&f4);
    }
}

static void what_is_programmed_is_there_and_the_controller_is_locked_again(void **state)
{
    (void)state;
    struct f4 f4;
    uint8_t bytes[1000];
    f4_open_driver(&f4, "STM32F427VG", 0);
    const struct mprom_flash *flash = &f4.driver.flash;
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 37 + 1);
    }
    assert_int_equal(mprom_flash_program(flash, 0xE0000, bytes, sizeof bytes), 0);
    assert_int_equal(f4.model.cr, LOCKED);
    assert_memory_equal(f4.cells.bytes + 0xE0000, bytes, sizeof bytes);
    assert_memory_equal(mprom_flash_map(flash, 0xE0000), bytes, sizeof bytes);
    assert_int_equal(mprom_flash_program(flash, 0xE0400, bytes + 1, 8), 0); /* from any address */
    assert_memory_equal(f4.cells.bytes + 0xE0400, bytes + 1, 8);
    assert_int_equal(mprom_flash_erase(flash, 0xE0000, 128 * KIB), 0);
    assert_int_equal(f4.model.cr, LOCKED);
    assert_int_equal(mprom_flash_is_blank(flash, 0xE0000, 128 * KIB), 1);
    assert_int_equal(bus.masked, 0);
    assert_string_equal(bus.first_violation, "");
    f4_close(&f4);
}

static void time_that_passes_is_that_of_the_part(void **state)
{
    (void)state;
    struct f4 f4;
    f4_open_driver(&f4, "STM32F405RG", 0);
    uint32_t word = 0;
    assert_int_equal(mprom_flash_erase(&f4.driver.flash, 0, 16 * KIB), 0);
    assert_int_equal(bus.now_ns, 250000000);
    assert_int_equal(mprom_flash_program(&f4.driver.flash, 0, &word, sizeof word), 0);
    assert_int_equal(bus.now_ns, 250016000);
    f4_close(&f4);
}

/* The caches are what they were, and hold nothing old. */
static void an_erase_resets_the_caches_that_are_on(void **state)
{
    (void)state;
    static const struct {
        const char *part;
        uint32_t setting;
    } cases[] = {{"STM32F405RG", 0},     {"STM32F405RG", 0x200}, {"STM32F405RG", 0x400}, {"STM32F405RG", 0x600},
                 {"STM32F405RG", 0x705}, {"STM32F765VI", 0},     {"STM32F765VI", 0x307}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct f4 f4;
        f4_open_driver(&f4, cases[i].part, 0);
        mprom_mmio_write32(0x40023C00, cases[i].setting);
        assert_int_equal(mprom_flash_erase(&f4.driver.flash, 128 * KIB, 128 * KIB), 0);
        assert_int_equal(f4.model.acr, cases[i].setting);
        assert_int_equal(f4.model.instructions.stale_end, 0);
        assert_int_equal(f4.model.data.stale_end, 0);
        assert_string_equal(bus.first_violation, "");
        f4_close(&f4);
    }
}

static void flags_of_earlier_operations_are_cleared(void **state)
{
    (void)state;
    struct f4 f4;
    uint32_t word = 0x12345678;
    f4_open_driver(&f4, "STM32F427VG", 0);
    f4.model.sr = 0x1F2;
    assert_int_equal(mprom_flash_program(&f4.driver.flash, 0, &word, sizeof word), 0);
    f4.model.sr = 0x1F2;
    assert_int_equal(mprom_flash_erase(&f4.driver.flash, 0, 16 * KIB), 0);
    assert_string_equal(bus.first_violation, "");
    f4_close(&f4);
}

/* nWRP of sector 1 is 0. */
static void a_protected_sector_is_read_only(void **state)
{
    (void)state;
    struct f4 f4;
    uint32_t word = 0;
    f4_open_driver(&f4, "STM32F405RG", FACTORY & ~(1u << 17));
    assert_int_equal(mprom_flash_erase(&f4.driver.flash, 16 * KIB, 16 * KIB), -MPROM_EROFS);
    assert_int_equal(mprom_flash_program(&f4.driver.flash, 16 * KIB, &word, sizeof word), -MPROM_EROFS);
    assert_int_equal(f4.model.cr, LOCKED);
    assert_int_equal(f4.cells.bytes[16 * KIB], 0xFF);
    assert_int_equal(mprom_flash_program(&f4.driver.flash, 32 * KIB, &word, sizeof word), 0);
    f4_close(&f4);
}

/* At 1 MHz, to poll less. A poll takes at least four cycles; time-outs may be late, but never early. */
static void a_flash_that_stays_busy_runs_into_the_time_out(void **state)
{
    (void)state;
    struct f4 f4;
    uint32_t word = 0;
    f4_open(&f4, "STM32F405RG", 0);
    assert_int_equal(mprom_flash_f4_open(&f4.driver, 1000000), 0);
    const struct mprom_flash_ops *ops = f4.driver.flash.ops;
    f4.model.hangs = true;
    bus.reads = 0;
    assert_int_equal(ops->program(&f4.driver.flash, 0, &word, sizeof word), -MPROM_ETIMEDOUT);
    assert_in_range(bus.reads, 100 / 4, 10000); /* 100 us */
    flash_f4_model_reset(&f4.model, &f4.cells);
    bus.reads = 0;
    assert_int_equal(ops->erase(&f4.driver.flash, 0, 16 * KIB), -MPROM_ETIMEDOUT);
    assert_in_range(bus.reads, 4000000 / 4, 8000000); /* 4 s */
    assert_int_equal(bus.masked, 0);
    assert_string_equal(bus.first_violation, "");
    f4_close(&f4);
}

static void a_controller_that_stays_locked_is_an_error(void **state)
{
    (void)state;
    struct f4 f4;
    uint32_t word = 0;
    f4_open_driver(&f4, "STM32F405RG", 0);
    f4.model.keys.dead = true;
    assert_int_equal(mprom_flash_program(&f4.driver.flash, 0, &word, sizeof word), -MPROM_EIO);
    assert_int_equal(mprom_flash_erase(&f4.driver.flash, 0, 16 * KIB), -MPROM_EIO);
    assert_int_equal(f4.cells.number, 0);
    f4_close(&f4);
}

static void other_chips_and_sizes_are_refused(void **state)
{
    (void)state;
    static const uint32_t wrong[][2] = {{0x450, 1024}, {0x413, 2048},   {0x431, 1024}, {0x419, 4096},
                                        {0x413, 0},    {0x413, 0xFFFF}, {0x413, 1000}};
    struct f4 f4;
    f4_open(&f4, "STM32F405RG", 0);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        f4.device.value = wrong[i][0];
        f4.size.value = wrong[i][1];
        assert_int_equal(mprom_flash_f4_open(&f4.driver, 16000000), -MPROM_EOPNOTSUPP);
    }
    f4_close(&f4);
}

static const char *register_name(uint32_t address)
{
    static const char *const names[] = {"FLASH_ACR ", "FLASH_KEYR", NULL, "FLASH_SR  ", "FLASH_CR  "};
    if (address - 0x40023C00 <= 0x10) {
        return names[(address - 0x40023C00) / 4];
    }
    return address - 0x08000000 < 0x100000 ? "0x080E0000" : NULL;
}

/* What the manual asks for, step by step, written from its sections 3.6.1, 3.6.3 and 3.6.4; README.md shows the same.
 */
static const char unlock_steps[] = "read  FLASH_CR   0x80000000\n"
                                   "write FLASH_KEYR 0x45670123\n"
                                   "write FLASH_KEYR 0xcdef89ab\n"
                                   "read  FLASH_CR   0x00000000\n";
static const char erase_steps[] = "read  FLASH_SR   0x00000000\n"
                                  "write FLASH_SR   0x000001f3\n"
                                  "write FLASH_CR   0x0000025a\n"
                                  "write FLASH_CR   0x0001025a\n"
                                  "read  FLASH_SR   0x00010000\n"
                                  "read  FLASH_SR   0x00000000\n"
                                  "write FLASH_CR   0x00000000\n"
                                  "read  FLASH_ACR  0x00000600\n"
                                  "write FLASH_ACR  0x00000000\n"
                                  "write FLASH_ACR  0x00001800\n"
                                  "write FLASH_ACR  0x00000000\n"
                                  "write FLASH_ACR  0x00000600\n";
static const char program_steps[] = "read  FLASH_SR   0x00000000\n"
                                    "write FLASH_SR   0x000001f3\n"
                                    "write FLASH_CR   0x00000201\n"
                                    "write 0x080E0000 0x31cdd2ff\n"
                                    "read  FLASH_SR   0x00010000\n"
                                    "read  FLASH_SR   0x00000000\n"
                                    "write FLASH_CR   0x00000000\n";
static const char lock_steps[] = "write FLASH_CR   0x80000000\n";

static void expect_trace(const char *title, const char *steps, const char *readme)
{
    char expected[1024];
    snprintf(expected, sizeof expected, "%s%s%s", unlock_steps, steps, lock_steps);
    bus_expect_trace(title, expected, readme);
}

static void the_steps_are_those_of_the_manual_and_of_the_readme(void **state)
{
    (void)state;
    struct f4 f4;
    char *readme = bus_read_page(MPROM_SOURCE_DIR "/chips/stm32/README.md");
    uint32_t word = 0x31CDD2FF;
    f4_open_driver(&f4, "STM32F427VG", 0);
    mprom_mmio_write32(0x40023C00, 0x600);
    bus.name = register_name;
    const struct mprom_flash_ops *ops = f4.driver.flash.ops;
    assert_int_equal(ops->erase(&f4.driver.flash, 0xE0000, 128 * KIB), 0);
    expect_trace("erase of the sector at 0x080E0000", erase_steps, readme);
    assert_int_equal(ops->program(&f4.driver.flash, 0xE0000, &word, sizeof word), 0);
    expect_trace("program of the word at 0x080E0000", program_steps, readme);
    free(readme);
    f4_close(&f4);
}

/* The ART is turned off, reset and turned on again; other bits of FLASH_ACR stay. */
static void an_erase_resets_the_art_of_an_f7(void **state)
{
    (void)state;
    static const char steps[] = "read  FLASH_ACR  0x00000307\n"
                                "write FLASH_ACR  0x00000107\n"
                                "write FLASH_ACR  0x00000907\n"
                                "write FLASH_ACR  0x00000107\n"
                                "write FLASH_ACR  0x00000307\n";
    struct f4 f4;
    f4_open_driver(&f4, "STM32F765VI", 0);
    mprom_mmio_write32(0x40023C00, 0x307);
    bus.name = register_name;
    assert_int_equal(f4.driver.flash.ops->erase(&f4.driver.flash, 0x1C0000, 256 * KIB), 0);
    assert_non_null(strstr(bus.trace, "write FLASH_CR   0x0000025a\n")); /* sector 11 */
    assert_non_null(strstr(bus.trace, steps));
    assert_string_equal(bus.first_violation, "");
    f4_close(&f4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_sector_of_each_part_erases_itself_and_no_other),
        cmocka_unit_test(what_is_programmed_is_there_and_the_controller_is_locked_again),
        cmocka_unit_test(time_that_passes_is_that_of_the_part),
        cmocka_unit_test(an_erase_resets_the_caches_that_are_on),
        cmocka_unit_test(an_erase_resets_the_art_of_an_f7),
        cmocka_unit_test(flags_of_earlier_operations_are_cleared),
        cmocka_unit_test(a_protected_sector_is_read_only),
        cmocka_unit_test(a_flash_that_stays_busy_runs_into_the_time_out),
        cmocka_unit_test(a_controller_that_stays_locked_is_an_error),
        cmocka_unit_test(other_chips_and_sizes_are_refused),
        cmocka_unit_test(the_steps_are_those_of_the_manual_and_of_the_readme),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
