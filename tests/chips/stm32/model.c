/* The model of the flash controller catches what RM0090 forbids: each mistake made once, by hand. */
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
    ACR = 0x40023C00,
    KEYR = 0x40023C04,
    SR = 0x40023C0C,
    CR = 0x40023C10,
    OPTCR = 0x40023C14,
    SECTOR_11 = 0x080E0000,
};

static const uint32_t ERASE_11 = 0x25A; /* SER, sector 11, x32 */
static const uint32_t STRT = 0x10000;
static const uint32_t PROGRAM_X32 = 0x201;

static struct f4 f4;

static void unlock(void)
{
    mprom_mmio_write32(KEYR, 0x45670123);
    mprom_mmio_write32(KEYR, 0xCDEF89AB);
}

static void store(uint32_t address, uint32_t size, uint32_t value)
{
    f4.model.window.store(&f4.model, address - 0x08000000, size, value);
}

static void access(uint32_t address, enum model_access kind)
{
    if (f4.model.window.guarded(&f4.model)) {
        f4.model.window.access(&f4.model, address - 0x08000000, 4, kind);
    }
}

static void wait(void)
{
    while (mprom_mmio_read32(SR) & 0x10000) {
    }
}

static void erase_11(void)
{
    unlock();
    mprom_mmio_write32(CR, ERASE_11);
    mprom_mmio_write32(CR, ERASE_11 | STRT);
}

static void locked_control(void)
{
    mprom_mmio_write32(CR, PROGRAM_X32);
}

static void locked_program(void)
{
    store(SECTOR_11, 4, 0);
}

static void first_key_wrong(void)
{
    mprom_mmio_write32(KEYR, 0x45670124);
}

static void keys_swapped(void)
{
    mprom_mmio_write32(KEYR, 0xCDEF89AB);
    mprom_mmio_write32(KEYR, 0x45670123);
}

static void keys_while_unlocked(void)
{
    unlock();
    mprom_mmio_write32(KEYR, 0x45670123);
}

/* Whatever the other lines of the bus have. */
static void key_of_a_byte(void)
{
    f4.model.model.write(&f4.model, 4, 1, 0x45670123);
}

static void program_without_pg(void)
{
    unlock();
    store(SECTOR_11, 4, 0);
}

static void program_with_erase_set_up(void)
{
    unlock();
    mprom_mmio_write32(CR, PROGRAM_X32 | 2);
    store(SECTOR_11, 4, 0);
}

static void program_too_narrow(void)
{
    unlock();
    mprom_mmio_write32(CR, PROGRAM_X32);
    store(SECTOR_11, 2, 0);
}

static void program_at_64_bits(void)
{
    unlock();
    mprom_mmio_write32(CR, 0x301);
    store(SECTOR_11, 4, 0);
}

static void program_across_a_row(void)
{
    unlock();
    mprom_mmio_write32(CR, PROGRAM_X32);
    store(SECTOR_11 + 14, 4, 0);
}

static void program_unaligned(void)
{
    unlock();
    mprom_mmio_write32(CR, PROGRAM_X32);
    store(SECTOR_11 + 2, 4, 0);
}

static void program_while_busy(void)
{
    unlock();
    mprom_mmio_write32(CR, PROGRAM_X32);
    store(SECTOR_11, 4, 0);
    store(SECTOR_11 + 4, 4, 0);
}

static void program_of_a_cleared_bit(void)
{
    unlock();
    mprom_mmio_write32(CR, PROGRAM_X32);
    store(SECTOR_11, 4, 0);
    wait();
    store(SECTOR_11, 4, 1);
}

static void program_after_an_error(void)
{
    unlock();
    f4.model.sr = 0x80;
    mprom_mmio_write32(CR, PROGRAM_X32);
    store(SECTOR_11, 4, 0);
}

static void control_while_busy(void)
{
    erase_11();
    mprom_mmio_write32(CR, 0);
}

static void start_of_nothing(void)
{
    unlock();
    mprom_mmio_write32(CR, 0x200 | STRT);
}

static void mass_erase(void)
{
    unlock();
    mprom_mmio_write32(CR, 0x204 | STRT);
}

static void erase_with_program(void)
{
    unlock();
    mprom_mmio_write32(CR, ERASE_11 | 1);
    mprom_mmio_write32(CR, ERASE_11 | 1 | STRT);
}

static void erase_at_64_bits(void)
{
    unlock();
    mprom_mmio_write32(CR, 0x35A);
    mprom_mmio_write32(CR, 0x35A | STRT);
}

static void erase_of_sector_12(void)
{
    unlock();
    mprom_mmio_write32(CR, 0x262 | STRT);
}

static void erase_of_bank_2(void)
{
    unlock();
    mprom_mmio_write32(CR, 0x282 | STRT);
}

static void read_while_busy(void)
{
    erase_11();
    access(0x08004000, MODEL_LOAD);
}

static void execution_while_busy(void)
{
    erase_11();
    access(0x08004000, MODEL_FETCH);
}

static void stale_data(void)
{
    mprom_mmio_write32(ACR, 0x400);
    erase_11();
    wait();
    access(SECTOR_11 + 0x1FFFC, MODEL_LOAD);
}

static void stale_code(void)
{
    mprom_mmio_write32(ACR, 0x200);
    erase_11();
    wait();
    access(SECTOR_11, MODEL_FETCH);
}

static void stale_after_off_and_on(void)
{
    mprom_mmio_write32(ACR, 0x400);
    erase_11();
    wait();
    mprom_mmio_write32(ACR, 0);
    mprom_mmio_write32(ACR, 0x400);
    access(SECTOR_11, MODEL_LOAD);
}

static void reset_of_a_cache_that_is_on(void)
{
    mprom_mmio_write32(ACR, 0x400 | 0x1000);
}

static void option_bytes(void)
{
    mprom_mmio_write32(OPTCR, 0x0FFFAAEE);
}

static void art_reset_while_on(void)
{
    mprom_mmio_write32(ACR, 0x200 | 0x800);
}

/* The caches of an F4 are not there. */
static void data_cache(void)
{
    mprom_mmio_write32(ACR, 0x400);
}

/* Sectors 12 to 23 are those of bank 2. */
static void erase_of_sector_12_by_its_number(void)
{
    unlock();
    mprom_mmio_write32(CR, 0x262 | STRT);
}

static void read_of_the_other_half_while_busy(void)
{
    erase_11();
    access(0x08100000, MODEL_LOAD);
}

static const struct bus_mistake mistakes[] = {
    {"control register while locked", locked_control, "write of FLASH_CR while it is locked"},
    {"program while locked", locked_program, "while programming is not enabled"},
    {"wrong key", first_key_wrong, "wrong key 0x45670124"},
    {"keys swapped", keys_swapped, "wrong key 0xcdef89ab"},
    {"keys while unlocked", keys_while_unlocked, "wrong key 0x45670123"},
    {"key of one byte", key_of_a_byte, "wrong key"},
    {"program without PG", program_without_pg, "while programming is not enabled"},
    {"program with SER", program_with_erase_set_up, "while an erase is set up"},
    {"program narrower than PSIZE", program_too_narrow, "not as wide as PSIZE"},
    {"program at 64 bits", program_at_64_bits, "not as wide as PSIZE"},
    {"program across a row", program_across_a_row, "crosses a row"},
    {"program unaligned", program_unaligned, "not aligned"},
    {"program while busy", program_while_busy, "program while the flash is busy"},
    {"program of a bit from 0 to 1", program_of_a_cleared_bit, "would need an erase first"},
    {"program over error flags", program_after_an_error, "with error flags 0x80"},
    {"control register while busy", control_while_busy, "write of FLASH_CR while the flash is busy"},
    {"start of nothing", start_of_nothing, "says not what to erase"},
    {"mass erase", mass_erase, "mass erase"},
    {"erase with PG", erase_with_program, "asked for together"},
    {"erase at 64 bits", erase_at_64_bits, "erase at 64 bits"},
    {"erase of sector 12", erase_of_sector_12, "sector number 0xc"},
    {"erase in bank 2 of one bank", erase_of_bank_2, "sector number 0x10"},
    {"read while busy", read_while_busy, "read of flash at 0x08004000 while it is busy"},
    {"execution while busy", execution_while_busy, "execution of flash at 0x08004000 while it is busy"},
    {"stale data", stale_data, "the cache may hold"},
    {"stale code", stale_code, "the cache may hold"},
    {"stale data, cache off and on", stale_after_off_and_on, "the cache may hold"},
    {"reset of a cache that is on", reset_of_a_cache_that_is_on, "reset of a cache that is on"},
    {"option bytes", option_bytes, "write of 0xfffaaee to the flash controller at 0x14"},
};

static const struct bus_mistake mistakes_f7[] = {
    {"wrong key", first_key_wrong, "wrong key 0x45670124"},
    {"program without PG", program_without_pg, "while programming is not enabled"},
    {"program narrower than PSIZE", program_too_narrow, "not as wide as PSIZE"},
    {"program while busy", program_while_busy, "program while the flash is busy"},
    {"read of one bank while busy", read_of_the_other_half_while_busy,
     "read of flash at 0x08100000 while it is busy"},
    {"execution while busy", execution_while_busy, "execution of flash at 0x08004000 while it is busy"},
    {"sector 12 of one bank", erase_of_sector_12_by_its_number, "sector number 0xc"},
    {"bank 2 of one bank", erase_of_bank_2, "sector number 0x10"},
    {"ART reset while on", art_reset_while_on, "reset of a cache that is on"},
    {"caches of an F4", data_cache, "FLASH_ACR, which has not all of these bits"},
};

static void expect_caught(const char *part, const struct bus_mistake *mistake)
{
    f4_open(&f4, part, 0);
    bus_expect_caught(part, mistake);
    f4_close(&f4);
}

static void each_mistake_is_caught(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        expect_caught("STM32F427VG", &mistakes[i]);
    }
    for (size_t i = 0; i < sizeof mistakes_f7 / sizeof mistakes_f7[0]; i++) {
        expect_caught("STM32F765VI", &mistakes_f7[i]);
    }
    printf("%zu mistakes caught\n",
           sizeof mistakes / sizeof mistakes[0] + sizeof mistakes_f7 / sizeof mistakes_f7[0]);
}

/* An F765 whose option bytes say two banks: its sectors are smaller, and the other bank can be read. */
static void option_bytes_of_an_f7_choose_its_banks(void **state)
{
    (void)state;
    f4_open(&f4, "STM32F765VI", 0xDFFFAAFD);
    unlock();
    mprom_mmio_write32(CR, 0x2DA);
    mprom_mmio_write32(CR, 0x2DA | STRT); /* SNB 0x1B: the last sector, 128K */
    access(0x08004000, MODEL_FETCH);
    access(0x080FFFFC, MODEL_LOAD);
    assert_string_equal(bus.first_violation, "");
    access(0x08100000, MODEL_LOAD);
    assert_string_equal(bus.first_violation, "read of flash at 0x08100000 while it is busy");
    f4_close(&f4);
}

/* What is allowed is not reported: two banks, caches that are off, widths that fit. */
static void what_is_allowed_is_silent(void **state)
{
    (void)state;
    f4_open(&f4, "STM32F427VI", 0);
    erase_11();
    access(0x08100000, MODEL_FETCH);
    access(0x08100000, MODEL_LOAD);
    wait();
    access(SECTOR_11, MODEL_LOAD);
    mprom_mmio_write32(CR, 0x001);
    store(SECTOR_11 + 3, 1, 0x12);
    wait();
    mprom_mmio_write32(CR, 0x101);
    store(SECTOR_11, 2, 0x3456);
    wait();
    assert_memory_equal(f4.cells.bytes + 0xE0000, "\x56\x34\xFF\x12", 4);
    mprom_mmio_write32(CR, 0x80000000);
    assert_string_equal(bus.first_violation, "");
    f4_close(&f4);
}

static void a_wrong_key_locks_until_the_next_reset(void **state)
{
    (void)state;
    f4_open(&f4, "STM32F427VG", 0);
    mprom_mmio_write32(KEYR, 1);
    unlock();
    assert_int_equal(mprom_mmio_read32(CR), 0x80000000);
    flash_f4_model_reset(&f4.model, &f4.cells);
    unlock();
    assert_int_equal(mprom_mmio_read32(CR), 0);
    f4_close(&f4);
}

static void each_refused_store_sets_its_flag(void **state)
{
    (void)state;
    static const struct {
        void (*mistake)(void);
        uint32_t flag;
    } flags[] = {{program_without_pg, 0x80}, {program_too_narrow, 0x40}, {program_across_a_row, 0x20}};
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        f4_open(&f4, "STM32F427VG", 0);
        flags[i].mistake();
        assert_int_equal(mprom_mmio_read32(SR), flags[i].flag);
        assert_int_equal(f4.cells.number, 0);
        mprom_mmio_write32(SR, flags[i].flag);
        assert_int_equal(mprom_mmio_read32(SR), 0);
        f4_close(&f4);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mistake_is_caught),
        cmocka_unit_test(what_is_allowed_is_silent),
        cmocka_unit_test(option_bytes_of_an_f7_choose_its_banks),
        cmocka_unit_test(a_wrong_key_locks_until_the_next_reset),
        cmocka_unit_test(each_refused_store_sets_its_flag),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
