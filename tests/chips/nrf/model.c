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

#define ERASE W(CONFIG, EEN), W(ERASEPAGE, SEGMENT)

static void wait(void)
{
    while (mprom_mmio_read32(READY) == 0) {
    }
}

static void write_word(uint32_t address, uint32_t value)
{
    mprom_mmio_write32(CONFIG, WEN);
    mprom_mmio_write32(address, value);
    wait();
}

static void start_erase(void)
{
    rig_run((const struct rig_step[]){ERASE, {0}});
}

static void write_block(uint32_t turns)
{
    for (uint32_t off = 0; off < turns * 512; off += 4) {
        write_word(SEGMENT + off % 512, 0);
    }
}

static const struct rig_mistake mistakes[] = {
    {{S(SEGMENT, 4, 0)}, "program at 0x0002d000 while NVMC_CONFIG is 0"},
    {{W(CONFIG, EEN), S(SEGMENT, 4, 0)}, "program at 0x0002d000 while NVMC_CONFIG is 2"},
    {{W(CONFIG, WEN), S(SEGMENT, 1, 0)}, "store of 1 bytes to the flash at 0x0002d000 faults"},
    {{W(CONFIG, WEN), S(SEGMENT + 2, 2, 0)}, "store of 2 bytes to the flash at 0x0002d002 faults"},
    {{W(CONFIG, WEN), S(SEGMENT + 2, 4, 0)}, "store of 4 bytes to the flash at 0x0002d002 faults"},
    {{W(CONFIG, WEN), S(SEGMENT, 4, 0), S(SEGMENT + 4, 4, 0)}, "program at 0x0002d004 while the flash is busy"},
    {{W(CONFIG, WEN), S(SEGMENT, 4, 0), R(READY), S(SEGMENT, 4, 0), R(READY), S(SEGMENT, 4, 0)},
     "times since its erase"},
    {{W(ERASEPAGE, SEGMENT)}, "erase at 0x0002d000 while NVMC_CONFIG is 0"},
    {{W(CONFIG, WEN), W(ERASEPAGE, SEGMENT)}, "erase at 0x0002d000 while NVMC_CONFIG is 1"},
    {{W(CONFIG, EEN), W(ERASEPAGE, SEGMENT + 512)}, "erase at 0x0002d200, where no page begins"},
    {{W(CONFIG, EEN), W(ERASEPAGE, 0x200000)}, "erase at 0x00200000, where no flash is"},
    {{ERASE, W(ERASEPAGE, SEGMENT)}, "erase at 0x0002d000 while the flash is busy"},
    {{W(CONFIG, EEN), W(ERASEPCR0, 0)}, "erase in region 0"},
    {{W(CONFIG, EEN), W(ERASEALL, 1)}, "erase of everything"},
    {{W(ERASEUICR, 1)}, "erase of UICR"},
    {{W(CONFIG, 3)}, "write of 0x3 to NVMC_CONFIG"},
    {{ERASE, W(CONFIG, REN)}, "write of NVMC_CONFIG while the flash is busy"},
    {{W8(CONFIG, WEN)}, "write of 1 bytes to the NVMC at 0x504"},
    {{ERASE, {RIG_LOAD, 4, 0x400, 0}}, "read of flash at 0x00000400 while it is busy"},
    {{ERASE, {RIG_FETCH, 4, 0x400, 0}}, "execution of flash at 0x00000400 while it is busy"},
    {{W(CONFIG, WEN), S(SEGMENT, 4, 0), {RIG_FETCH, 4, 0x400, 0}}, "execution of flash at 0x00000400"},
    {{R(READYNEXT)}, "read of READYNEXT"},
    {{{RIG_READ, 1, READY, 0}}, "read of 1 bytes from the NVMC at 0x400"},
    {{R(ERASEPAGE)}, "read from the NVMC at 0x508"},
    {{W(READY, 1)}, "write of 0x1 to the NVMC at 0x400"},
    {{W(FICR + 0x10, 1024)}, "write of 4 bytes, 0x400, to FICR or UICR at 0x010"},
    {{W(CONFIG, WEN), W(UICR, 0)}, "write of 4 bytes, 0x0, to FICR or UICR at 0x000"},
    {{R(FICR + 0x18)}, "read of 4 bytes from FICR at 0x018"},
};

static const struct rig_mistake mistakes_nrf51[] = {
    {{W(ICACHECNF, 1)}, "write of 0x1 to ICACHECNF"},
};

static const struct rig_mistake mistakes_nrf52[] = {
    {{W(CONFIG, WEN), S(SEGMENT, 4, 0xFFFF0000), R(READY), S(SEGMENT, 4, 1)}, "would need an erase first"},
    {{W(ICACHECNF, 2)}, "write of 0x2 to ICACHECNF"},
    {{R(UICR)}, "read of 4 bytes from UICR at 0x000"},
};

static size_t caught;

static void expect_caught(const char *part, const struct rig_mistake *all, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        rig_open(&rig, part);
        rig_expect_caught(part, &all[i]);
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
    printf("%zu mistakes caught\n", caught);
}

static void region_0_is_out_of_reach_whoever_has_set_it_up(void **state)
{
    (void)state;
    rig_open(&rig, "nRF51822");
    rig.model.user_region_0 = 0x30000;
    start_erase();
    assert_string_equal(bus.first_violation, "erase at 0x0002d000, which is in region 0");
    rig_close(&rig);
    rig_open(&rig, "nRF51822");
    rig.model.factory_region_0 = 0x30000;
    write_word(SEGMENT, 0);
    assert_string_equal(bus.first_violation, "program at 0x0002d000, which is in region 0");
    rig_close(&rig);
}

static void the_block_of_an_nrf52832_takes_181_writes(void **state)
{
    (void)state;
    rig_open(&rig, "nRF52832");
    write_block(2);
    assert_string_equal(bus.first_violation, "write 182 of the block of 512 bytes around 0x0002d0d4 since its erase");
    rig_close(&rig);
}

/* 403 writes of a block are more than its words allow, so the model has to be asked for what it counts. */
static void the_block_of_an_nrf52840_takes_403_writes(void **state)
{
    (void)state;
    rig_open(&rig, "nRF52840");
    write_block(2);
    assert_string_equal(bus.first_violation, "");
    for (uint32_t i = 0; i < 128; i++) {
        rig.cells.units[SEGMENT / 4 + i] = 4; /* as if a word took so many */
    }
    rig.cells.units[SEGMENT / 4] = 0;
    mprom_mmio_write32(SEGMENT, 0);
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
    rig_run((const struct rig_step[]){{RIG_FETCH, 4, 0x400, 0}, {RIG_LOAD, 4, SEGMENT, 0}, {0}});
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
        cmocka_unit_test(region_0_is_out_of_reach_whoever_has_set_it_up),
        cmocka_unit_test(the_block_of_an_nrf52832_takes_181_writes),
        cmocka_unit_test(the_block_of_an_nrf52840_takes_403_writes),
        cmocka_unit_test(an_erase_allows_all_writes_again),
        cmocka_unit_test(what_is_allowed_is_silent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
