/* The model of the NVMC catches what chips/nrf/facts.md forbids: each mistake made once, by hand. */
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
    READY = 0x4001E400,
    READYNEXT = 0x4001E408,
    CONFIG = 0x4001E504,
    ERASEPAGE = 0x4001E508,
    ERASEALL = 0x4001E50C,
    ERASEPCR0 = 0x4001E510,
    ERASEUICR = 0x4001E514,
    ICACHECNF = 0x4001E540,
    FICR = 0x10000000,
    UICR = 0x10001000,
    REN = 0,
    WEN = 1,
    EEN = 2,
    SEGMENT = 0x2D000,
};

static struct rig rig;

static void store(uint32_t address, uint32_t size, uint32_t value)
{
    rig.model.window.store(&rig.model, address, size, value);
}

static void access(uint32_t address, enum model_access kind)
{
    if (rig.model.window.guarded(&rig.model)) {
        rig.model.window.access(&rig.model, address, 4, kind);
    }
}

static void wait(void)
{
    while (mprom_mmio_read32(READY) == 0) {
    }
}

static void write_word(uint32_t address, uint32_t value)
{
    mprom_mmio_write32(CONFIG, WEN);
    store(address, 4, value);
    wait();
}

static void start_erase(void)
{
    mprom_mmio_write32(CONFIG, EEN);
    mprom_mmio_write32(ERASEPAGE, SEGMENT);
}

static void store_read_only(void)
{
    store(SEGMENT, 4, 0);
}

static void store_in_erase_mode(void)
{
    mprom_mmio_write32(CONFIG, EEN);
    store(SEGMENT, 4, 0);
}

static void store_of_a_byte(void)
{
    mprom_mmio_write32(CONFIG, WEN);
    store(SEGMENT, 1, 0);
}

static void store_of_a_half(void)
{
    mprom_mmio_write32(CONFIG, WEN);
    store(SEGMENT + 2, 2, 0);
}

static void store_unaligned(void)
{
    mprom_mmio_write32(CONFIG, WEN);
    store(SEGMENT + 2, 4, 0);
}

static void store_while_busy(void)
{
    mprom_mmio_write32(CONFIG, WEN);
    store(SEGMENT, 4, 0);
    store(SEGMENT + 4, 4, 0);
}

static void bit_from_0_to_1(void)
{
    write_word(SEGMENT, 0xFFFF0000);
    store(SEGMENT, 4, 0x00000001);
}

static void one_write_too_many(void)
{
    for (uint32_t i = 0; i <= rig.model.part->word_writes; i++) {
        write_word(SEGMENT, 0xFFFFFFFF);
    }
}

static void block_written_too_often(void)
{
    for (uint32_t turn = 0; turn < 2; turn++) {
        for (uint32_t off = 0; off < 512; off += 4) {
            write_word(SEGMENT + off, 0);
        }
    }
}

static void erase_read_only(void)
{
    mprom_mmio_write32(ERASEPAGE, SEGMENT);
}

static void erase_in_write_mode(void)
{
    mprom_mmio_write32(CONFIG, WEN);
    mprom_mmio_write32(ERASEPAGE, SEGMENT);
}

static void erase_in_the_middle(void)
{
    mprom_mmio_write32(CONFIG, EEN);
    mprom_mmio_write32(ERASEPAGE, SEGMENT + 512);
}

static void erase_behind_the_flash(void)
{
    mprom_mmio_write32(CONFIG, EEN);
    mprom_mmio_write32(ERASEPAGE, rig.model.part->flash_size);
}

static void erase_while_busy(void)
{
    start_erase();
    mprom_mmio_write32(ERASEPAGE, SEGMENT);
}

static void erase_in_region_0(void)
{
    rig.model.user_region_0 = 0x30000;
    start_erase();
}

static void store_in_region_0(void)
{
    rig.model.factory_region_0 = 0x30000;
    mprom_mmio_write32(CONFIG, WEN);
    store(SEGMENT, 4, 0);
}

static void erase_of_region_0(void)
{
    mprom_mmio_write32(CONFIG, EEN);
    mprom_mmio_write32(ERASEPCR0, 0);
}

static void erase_of_all(void)
{
    mprom_mmio_write32(CONFIG, EEN);
    mprom_mmio_write32(ERASEALL, 1);
}

static void erase_of_uicr(void)
{
    mprom_mmio_write32(ERASEUICR, 1);
}

static void mode_of_both(void)
{
    mprom_mmio_write32(CONFIG, 3);
}

static void mode_while_busy(void)
{
    start_erase();
    mprom_mmio_write32(CONFIG, REN);
}

static void mode_by_a_byte(void)
{
    mprom_mmio_write8(CONFIG, WEN);
}

static void read_while_busy(void)
{
    start_erase();
    access(0x400, MODEL_LOAD);
}

static void execution_while_busy(void)
{
    start_erase();
    access(0x400, MODEL_FETCH);
}

static void execution_while_a_word_is_written(void)
{
    mprom_mmio_write32(CONFIG, WEN);
    store(SEGMENT, 4, 0);
    access(0x400, MODEL_FETCH);
}

static void ready_next(void)
{
    mprom_mmio_read32(READYNEXT);
}

static void ready_by_a_byte(void)
{
    mprom_mmio_read8(READY);
}

static void erasepage_read(void)
{
    mprom_mmio_read32(ERASEPAGE);
}

static void ready_written(void)
{
    mprom_mmio_write32(READY, 1);
}

static void cache(void)
{
    mprom_mmio_write32(ICACHECNF, 1);
}

static void cache_bits(void)
{
    mprom_mmio_write32(ICACHECNF, 2);
}

static void ficr_written(void)
{
    mprom_mmio_write32(FICR + 0x10, 1024);
}

static void uicr_written(void)
{
    mprom_mmio_write32(CONFIG, WEN);
    mprom_mmio_write32(UICR, 0);
}

static void ficr_elsewhere(void)
{
    mprom_mmio_read32(FICR + 0x18);
}

static void region_0(void)
{
    mprom_mmio_read32(UICR);
}

static const struct bus_mistake mistakes[] = {
    {"store while read-only", store_read_only, "program at 0x0002d000 while NVMC_CONFIG is 0"},
    {"store in erase mode", store_in_erase_mode, "program at 0x0002d000 while NVMC_CONFIG is 2"},
    {"store of a byte", store_of_a_byte, "store of 1 bytes to the flash at 0x0002d000 faults"},
    {"store of a half word", store_of_a_half, "store of 2 bytes to the flash at 0x0002d002 faults"},
    {"store unaligned", store_unaligned, "store of 4 bytes to the flash at 0x0002d002 faults"},
    {"store while busy", store_while_busy, "program at 0x0002d004 while the flash is busy"},
    {"one write of a word too many", one_write_too_many, "times since its erase"},
    {"erase while read-only", erase_read_only, "erase at 0x0002d000 while NVMC_CONFIG is 0"},
    {"erase in write mode", erase_in_write_mode, "erase at 0x0002d000 while NVMC_CONFIG is 1"},
    {"erase in the middle of a page", erase_in_the_middle, "erase at 0x0002d200, where no page begins"},
    {"erase behind the flash", erase_behind_the_flash, "where no flash is"},
    {"erase while busy", erase_while_busy, "erase at 0x0002d000 while the flash is busy"},
    {"erase of region 0", erase_of_region_0, "erase in region 0"},
    {"erase of everything", erase_of_all, "erase of everything"},
    {"erase of UICR", erase_of_uicr, "erase of UICR"},
    {"both modes", mode_of_both, "write of 0x3 to NVMC_CONFIG"},
    {"mode while busy", mode_while_busy, "write of NVMC_CONFIG while the flash is busy"},
    {"mode by a byte", mode_by_a_byte, "write of 1 bytes to the NVMC at 0x504"},
    {"read while busy", read_while_busy, "read of flash at 0x00000400 while it is busy"},
    {"execution while busy", execution_while_busy, "execution of flash at 0x00000400 while it is busy"},
    {"execution while a word is written", execution_while_a_word_is_written, "execution of flash at 0x00000400"},
    {"READYNEXT", ready_next, "read of READYNEXT"},
    {"READY by a byte", ready_by_a_byte, "read of 1 bytes from the NVMC at 0x400"},
    {"ERASEPAGE read", erasepage_read, "read from the NVMC at 0x508"},
    {"READY written", ready_written, "write of 0x1 to the NVMC at 0x400"},
    {"FICR written", ficr_written, "write of 4 bytes, 0x400, to FICR or UICR at 0x010"},
    {"UICR written", uicr_written, "write of 4 bytes, 0x0, to FICR or UICR at 0x000"},
    {"FICR elsewhere", ficr_elsewhere, "read of 4 bytes from FICR at 0x018"},
};

static const struct bus_mistake mistakes_nrf51[] = {
    {"erase in region 0", erase_in_region_0, "erase at 0x0002d000, which is in region 0"},
    {"store in region 0", store_in_region_0, "program at 0x0002d000, which is in region 0"},
    {"cache", cache, "write of 0x1 to ICACHECNF"},
};

static const struct bus_mistake mistakes_nrf52[] = {
    {"bit from 0 to 1", bit_from_0_to_1, "would need an erase first"},
    {"bits of the cache", cache_bits, "write of 0x2 to ICACHECNF"},
    {"region 0", region_0, "read of 4 bytes from UICR at 0x000"},
};

static const struct bus_mistake mistake_nrf52832 = {"block written too often", block_written_too_often,
                                                    "write 182 of the block of 512 bytes around 0x0002d0d4"};

static size_t caught;

static void expect_caught(const char *part, const struct bus_mistake *all, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        rig_open(&rig, part);
        bus_expect_caught(part, &all[i]);
        rig_close(&rig);
        caught++;
    }
}

static void each_mistake_is_caught(void **state)
{
    (void)state;
    static const char *const parts[] = {"nRF51822", "nRF52832", "nRF52840"};
    for (int i = 0; i < 3; i++) {
        expect_caught(parts[i], mistakes, sizeof mistakes / sizeof mistakes[0]);
    }
    expect_caught("nRF51822", mistakes_nrf51, sizeof mistakes_nrf51 / sizeof mistakes_nrf51[0]);
    for (int i = 1; i < 3; i++) {
        expect_caught(parts[i], mistakes_nrf52, sizeof mistakes_nrf52 / sizeof mistakes_nrf52[0]);
    }
    expect_caught("nRF52832", &mistake_nrf52832, 1);
    printf("%zu mistakes caught\n", caught);
}

/* 403 writes of a block are more than its words allow, so the model has to be asked for what it counts. */
static void the_block_of_an_nrf52840_takes_403_writes(void **state)
{
    (void)state;
    rig_open(&rig, "nRF52840");
    block_written_too_often();
    assert_string_equal(bus.first_violation, "");
    for (uint32_t i = 0; i < 128; i++) {
        rig.cells.units[SEGMENT / 4 + i] = 4; /* as if a word took so many */
    }
    rig.cells.units[SEGMENT / 4] = 0;
    store(SEGMENT, 4, 0);
    assert_string_equal(bus.first_violation, "write 404 of the block of 512 bytes around 0x0002d000 since its erase");
    rig_close(&rig);
}

static void an_erase_allows_all_writes_again(void **state)
{
    (void)state;
    rig_open(&rig, "nRF52832");
    for (uint32_t off = 0; off < 181; off++) {
        write_word(SEGMENT + off % 128 * 4, 0);
    }
    mprom_mmio_write32(CONFIG, EEN);
    mprom_mmio_write32(ERASEPAGE, SEGMENT);
    wait();
    for (uint32_t off = 0; off < 512; off += 4) {
        write_word(SEGMENT + off, off);
    }
    assert_int_equal(rig.cells.bytes[SEGMENT + 0x104], 0x04);
    assert_string_equal(bus.first_violation, "");
    rig_close(&rig);
}

/* What is allowed is not reported: the last page, a write beside another one, code that runs while nothing does. */
static void what_is_allowed_is_silent(void **state)
{
    (void)state;
    rig_open(&rig, "nRF51822");
    rig.model.user_region_0 = SEGMENT;
    start_erase();
    bus_pass(21999999);
    assert_true(rig.model.window.guarded(&rig.model));
    bus_pass(1);
    access(0x400, MODEL_FETCH);
    access(SEGMENT, MODEL_LOAD);
    mprom_mmio_write32(ERASEPAGE, 0x3FC00);
    wait();
    write_word(0x3FFFC, 0x12345678);
    write_word(0x3FFF8, 0);
    mprom_mmio_write32(CONFIG, REN);
    assert_memory_equal(rig.cells.bytes + 0x3FFF8, "\0\0\0\0\x78\x56\x34\x12", 8);
    assert_int_equal(mprom_mmio_read32(CONFIG), REN);
    assert_int_equal(mprom_mmio_read32(FICR + 0x10), 1024);
    assert_int_equal(mprom_mmio_read32(FICR + 0x14), 256);
    assert_int_equal(rig.model.worked_ns, 2 * 22000000 + 2 * 48000);
    assert_string_equal(bus.first_violation, "");
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mistake_is_caught),
        cmocka_unit_test(the_block_of_an_nrf52840_takes_403_writes),
        cmocka_unit_test(an_erase_allows_all_writes_again),
        cmocka_unit_test(what_is_allowed_is_silent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
