/* The model of the H7's flash controller catches what RM0399 forbids: each mistake made once, by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/mmio.h"
#include "h7.h"

/* Those of bank 2, which has the ROM partition. */
enum {
    KEYR2 = 0x52002104,
    CR2 = 0x5200210C,
    SR2 = 0x52002110,
    CCR2 = 0x52002114,
    ECC_FA2 = 0x52002160,
    CR1 = 0x5200200C,
    OPTCR = 0x52002018,
    SECTOR = 0x081E0000,

    PG = 0x32, /* with 64 bits of parallelism */
    ERASE = 0x734,
    START = 0x80,
};

static const uint32_t CPU_CCR = 0xE000ED14;
static const uint32_t BFHFNMIGN = 0x100;

static struct h7 h7;

static void unlock(void)
{
    mprom_mmio_write32(KEYR2, 0x45670123);
    mprom_mmio_write32(KEYR2, 0xCDEF89AB);
}

static void begin(void)
{
    unlock();
    mprom_mmio_write32(CR2, PG);
}

static void store_words(uint32_t address, int count)
{
    for (int i = 0; i < count; i++) {
        mprom_mmio_write32(address + 4u * (uint32_t)i, 0x01020304);
    }
}

static void wait(void)
{
    while (mprom_mmio_read32(SR2) & 7) {
    }
}

static void fetch(uint32_t address)
{
    if (h7.model.window.guarded(&h7.model)) {
        h7.model.window.access(&h7.model, address - 0x08000000, 4, MODEL_FETCH);
    }
}

static void erase(void)
{
    unlock();
    mprom_mmio_write32(CR2, ERASE);
    mprom_mmio_write32(CR2, ERASE | START);
}

static void locked_control(void)
{
    mprom_mmio_write32(CR2, PG);
}

static void locked_program(void)
{
    store_words(SECTOR, 1);
}

static void first_key_wrong(void)
{
    mprom_mmio_write32(KEYR2, 0x45670124);
}

static void keys_swapped(void)
{
    mprom_mmio_write32(KEYR2, 0xCDEF89AB);
}

static void keys_while_unlocked(void)
{
    unlock();
    mprom_mmio_write32(KEYR2, 0x45670123);
}

/* Whatever the other lines of the bus have. */
static void key_of_a_byte(void)
{
    h7.model.model.write(&h7.model, 0x104, 1, 0x45670123);
}

static void write_between_keys(void)
{
    mprom_mmio_write32(KEYR2, 0x45670123);
    mprom_mmio_write32(CCR2, 0);
}

static void keys_of_the_other_bank(void)
{
    unlock();
    mprom_mmio_write32(CR1, PG);
}

static void program_without_pg(void)
{
    unlock();
    store_words(SECTOR, 1);
}

static void program_with_erase_set_up(void)
{
    unlock();
    mprom_mmio_write32(CR2, ERASE | 2);
    store_words(SECTOR, 1);
}

static void program_of_the_other_bank(void)
{
    begin();
    store_words(0x080E0000, 1);
}

static void program_while_busy(void)
{
    begin();
    store_words(SECTOR, 9);
}

static void program_twice(void)
{
    begin();
    store_words(SECTOR, 8);
    wait();
    store_words(SECTOR, 8);
}

static void program_of_two_half_words(void)
{
    begin();
    store_words(SECTOR, 4);
    store_words(SECTOR + 32, 4);
}

static void program_of_a_byte_twice(void)
{
    begin();
    store_words(SECTOR, 2);
    store_words(SECTOR + 4, 1);
}

static void program_with_a_gap(void)
{
    begin();
    store_words(SECTOR, 2);
    store_words(SECTOR + 12, 1);
}

static void program_not_from_the_start(void)
{
    begin();
    store_words(SECTOR + 4, 1);
}

static void partial_word_thrown_away(void)
{
    begin();
    store_words(SECTOR, 7);
    mprom_mmio_write32(CR2, 0x30);
}

static void partial_word_forced_out(void)
{
    begin();
    store_words(SECTOR, 7);
    mprom_mmio_write32(CR2, PG | 0x40);
}

static void program_after_an_error(void)
{
    begin();
    h7.model.banks[1].flags = 0x200000;
    store_words(SECTOR, 1);
}

static void erase_after_an_error(void)
{
    h7.model.banks[1].flags = 0x40000;
    erase();
}

static void control_while_busy(void)
{
    erase();
    mprom_mmio_write32(CR2, 0x30);
}

static void start_of_nothing(void)
{
    unlock();
    mprom_mmio_write32(CR2, 0x30 | START);
}

static void bank_erase(void)
{
    unlock();
    mprom_mmio_write32(CR2, 0x38 | START);
}

static void erase_with_program(void)
{
    unlock();
    mprom_mmio_write32(CR2, ERASE | 2 | START);
}

static void interrupts(void)
{
    unlock();
    mprom_mmio_write32(CR2, 0x10030);
}

static void read_while_busy(void)
{
    erase();
    mprom_mmio_read32(0x08100000);
}

static void execution_while_busy(void)
{
    erase();
    fetch(0x08100000);
}

static void stale_data(void)
{
    mprom_mmio_read32(SECTOR);
    erase();
    wait();
    mprom_mmio_read32(SECTOR);
}

static void stale_data_after_program(void)
{
    begin();
    store_words(SECTOR, 8);
    wait();
    mprom_mmio_read32(SECTOR + 28);
}

static void stale_code(void)
{
    erase();
    wait();
    fetch(SECTOR);
}

static void read_of_a_bad_word(void)
{
    h7_spoil(&h7, 0x1E0040);
    mprom_mmio_read32(SECTOR + 0x5C);
}

static void execution_of_a_bad_word(void)
{
    h7_spoil(&h7, 0x1E0040);
    fetch(SECTOR + 0x44);
}

static void bad_word_with_faults_masked_only(void)
{
    h7_spoil(&h7, 0x1E0040);
    mprom_cpu_fault_mask();
    mprom_mmio_read32(SECTOR + 0x40);
}

static void bad_word_with_faults_ignored_but_not_masked(void)
{
    h7_spoil(&h7, 0x1E0040);
    mprom_mmio_write32(CPU_CCR, mprom_mmio_read32(CPU_CCR) | BFHFNMIGN);
    mprom_mmio_read32(SECTOR + 0x40);
}

static void option_bytes(void)
{
    mprom_mmio_write32(OPTCR, 0x80000000);
}

static void status_cannot_be_written(void)
{
    mprom_mmio_write32(SR2, 0x40000);
}

static const struct bus_mistake mistakes[] = {
    {"control register while locked", locked_control, "write of FLASH_CR2 while it is locked"},
    {"program while locked", locked_program, "while programming is not enabled"},
    {"wrong key", first_key_wrong, "wrong key 0x45670124: bank 2 is locked"},
    {"keys swapped", keys_swapped, "wrong key 0xcdef89ab"},
    {"keys while unlocked", keys_while_unlocked, "wrong key 0x45670123"},
    {"key of one byte", key_of_a_byte, "wrong key"},
    {"write between the keys", write_between_keys, "write between the keys"},
    {"bank 1 by the keys of bank 2", keys_of_the_other_bank, "write of FLASH_CR1 while it is locked"},
    {"program without PG", program_without_pg, "while programming is not enabled"},
    {"program with SER", program_with_erase_set_up, "while an erase is set up"},
    {"program of bank 1 by PG of bank 2", program_of_the_other_bank, "0x080e0000 while programming is not enabled"},
    {"program while busy", program_while_busy, "0x081e0020 while its bank is busy"},
    {"program of a word twice", program_twice, "programmed"},
    {"two words at once", program_of_two_half_words, "0x081e0020 before the flash word that was begun is whole"},
    {"a byte twice", program_of_a_byte_twice, "second store to the byte at 0x081e0004"},
    {"word with a gap", program_with_a_gap, "leaves out bytes"},
    {"word not from its start", program_not_from_the_start, "leaves out bytes"},
    {"partial word thrown away", partial_word_thrown_away, "loss of a flash word of which 28 bytes have come"},
    {"partial word forced out", partial_word_forced_out, "write of a flash word of which 28 bytes have come"},
    {"program over INCERR", program_after_an_error, "error flag that has not been cleared"},
    {"erase over PGSERR", erase_after_an_error, "erase with error flags 0x40000"},
    {"control register while busy", control_while_busy, "write of FLASH_CR2 while the bank is busy"},
    {"start of nothing", start_of_nothing, "says not what to erase"},
    {"bank erase", bank_erase, "erase of bank 2"},
    {"erase with PG", erase_with_program, "erase while programming is set up"},
    {"interrupts", interrupts, "write of 0x10030 to FLASH_CR2"},
    {"read of the busy bank", read_while_busy, "read of flash at 0x08100000 while its bank is busy"},
    {"execution from the busy bank", execution_while_busy, "execution of flash at 0x08100000 while its bank is busy"},
    {"stale data", stale_data, "a cache may hold"},
    {"stale data after a program", stale_data_after_program, "a cache may hold"},
    {"stale code", stale_code, "a cache may hold"},
    {"read of a bad word", read_of_a_bad_word, "read of flash at 0x081e0040, which error correction gives up"},
    {"execution of a bad word", execution_of_a_bad_word, "execution of flash at 0x081e0040, which error correction"},
    {"bad word, FAULTMASK only", bad_word_with_faults_masked_only, "error correction gives up"},
    {"bad word, BFHFNMIGN only", bad_word_with_faults_ignored_but_not_masked, "error correction gives up"},
    {"option bytes", option_bytes, "write of 0x80000000 to the flash controller at 0x018"},
    {"status register", status_cannot_be_written, "write of 0x40000 to the flash controller at 0x110"},
};

static void read_in_the_hole(void)
{
    mprom_mmio_read32(0x08080000);
}

static void store_in_the_hole(void)
{
    store_words(0x08080000, 1);
}

static void erase_of_sector_7(void)
{
    unlock();
    mprom_mmio_write32(CR2, ERASE);
    mprom_mmio_write32(CR2, ERASE | START);
}

/* A part of 1 MB with two banks. */
static const struct bus_mistake mistakes_hole[] = {
    {"read in the hole", read_in_the_hole, "read at 0x08080000, where no flash is"},
    {"store in the hole", store_in_the_hole, "store at 0x08080000, where no flash is"},
    {"erase of sector 7 of 4", erase_of_sector_7, "erase of sector 7, which this part has not"},
};

static void expect_caught(const char *part, const struct bus_mistake *mistake)
{
    h7_open(&h7, part);
    bus_expect_caught(part, mistake);
    h7_close(&h7);
}

static void each_mistake_is_caught(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        expect_caught("STM32H743VI", &mistakes[i]);
    }
    for (size_t i = 0; i < sizeof mistakes_hole / sizeof mistakes_hole[0]; i++) {
        expect_caught("STM32H743VG", &mistakes_hole[i]);
    }
    printf("%zu mistakes caught\n",
           sizeof mistakes / sizeof mistakes[0] + sizeof mistakes_hole / sizeof mistakes_hole[0]);
}

/* What is allowed is not reported: the other bank while one is busy, stores of any width, a word once after an erase.
 */
static void what_is_allowed_is_silent(void **state)
{
    (void)state;
    h7_open(&h7, "STM32H743VI");
    erase();
    assert_int_equal(mprom_mmio_read32(0x08000000), 0xFFFFFFFF);
    fetch(0x080FFFE0);
    assert_int_equal(mprom_mmio_read32(CR1), 0x31);
    wait();
    mprom_mmio_write32(CR2, PG);
    for (uint32_t i = 0; i < 32; i++) {
        mprom_mmio_write8(SECTOR + i, (uint8_t)i);
    }
    fetch(0x08020000);
    wait();
    store_words(SECTOR + 0x40, 8);
    wait();
    mprom_mmio_write32(CR2, 0x31);
    assert_int_equal(h7.cells.bytes[0x1E0011], 0x11);
    assert_int_equal(h7.cells.bytes[0x1E005C], 0x04);
    assert_string_equal(bus.first_violation, "");
    h7_close(&h7);
}

static void a_wrong_key_locks_one_bank_until_the_next_reset(void **state)
{
    (void)state;
    h7_open(&h7, "STM32H743VI");
    mprom_mmio_write32(KEYR2, 1);
    unlock();
    assert_int_equal(mprom_mmio_read32(CR2), 0x31);
    mprom_mmio_write32(0x52002004, 0x45670123);
    mprom_mmio_write32(0x52002004, 0xCDEF89AB);
    assert_int_equal(mprom_mmio_read32(CR1), 0x30);
    flash_h7_model_reset(&h7.model, &h7.cells);
    unlock();
    assert_int_equal(mprom_mmio_read32(CR2), 0x30);
    h7_close(&h7);
}

static void each_refused_store_sets_its_flag_and_empties_the_buffer(void **state)
{
    (void)state;
    static const struct {
        void (*mistake)(void);
        uint32_t flag;
    } flags[] = {{program_without_pg, 0x40000}, {program_of_two_half_words, 0x200000}};
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        h7_open(&h7, "STM32H743VI");
        flags[i].mistake();
        assert_int_equal(mprom_mmio_read32(SR2) & ~0x40000u, flags[i].flag & ~0x40000u);
        assert_true(mprom_mmio_read32(SR2) & 0x40000 || i > 0);
        assert_int_equal(h7.cells.number, 0);
        mprom_mmio_write32(CCR2, 0x1FEF0000);
        assert_int_equal(mprom_mmio_read32(SR2), 0);
        h7_close(&h7);
    }
}

/* RM0399 4.7.7: the flag, and the number of the first such word; both go with the flag. */
static void a_bad_word_that_is_read_with_faults_ignored_is_told(void **state)
{
    (void)state;
    h7_open(&h7, "STM32H743VI");
    h7_spoil(&h7, 0x1E0040);
    h7_spoil(&h7, 0x1E0080);
    mprom_cpu_fault_mask();
    mprom_mmio_write32(CPU_CCR, mprom_mmio_read32(CPU_CCR) | BFHFNMIGN);
    mprom_mmio_read32(SECTOR + 0x44);
    mprom_mmio_read32(SECTOR + 0x80);
    assert_int_equal(mprom_mmio_read32(SR2), 0x04000000);
    assert_int_equal(mprom_mmio_read32(ECC_FA2), 0xE0040 / 32);
    mprom_mmio_write32(CCR2, 0x04000000);
    assert_int_equal(mprom_mmio_read32(SR2), 0);
    assert_int_equal(mprom_mmio_read32(ECC_FA2), 0);
    mprom_mmio_read32(SECTOR + 0x84); /* out of the buffer */
    assert_int_equal(mprom_mmio_read32(SR2), 0);
    mprom_mmio_read32(SECTOR);
    mprom_mmio_read32(SECTOR + 0x84);
    assert_int_equal(mprom_mmio_read32(ECC_FA2), 0xE0080 / 32);
    assert_string_equal(bus.first_violation, "");
    h7_close(&h7);
}

static void a_protected_sector_is_refused(void **state)
{
    (void)state;
    h7_open(&h7, "STM32H743VI");
    h7.model.banks[1].protection = 0x7F;
    erase();
    assert_int_equal(mprom_mmio_read32(SR2), 0x20000);
    mprom_mmio_write32(CCR2, 0x20000);
    mprom_mmio_write32(CR2, PG);
    store_words(SECTOR, 8);
    assert_int_equal(mprom_mmio_read32(SR2), 0x20000);
    assert_int_equal(h7.cells.number, 0);
    h7_close(&h7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mistake_is_caught),
        cmocka_unit_test(what_is_allowed_is_silent),
        cmocka_unit_test(a_wrong_key_locks_one_bank_until_the_next_reset),
        cmocka_unit_test(each_refused_store_sets_its_flag_and_empties_the_buffer),
        cmocka_unit_test(a_bad_word_that_is_read_with_faults_ignored_is_told),
        cmocka_unit_test(a_protected_sector_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
