/* The model of QUADSPI: the mistakes that it alone must catch, each made once, by hand; and its speed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/mmio.h"
#include "serial_hand.h"

static struct serial_rig rig;

static void not_enabled(void)
{
    hand_start();
    mprom_mmio_write32(hand->cr, 0);
    hand_set_up(&HAND_WRITE_ENABLE);
}

static void prescaler_while_busy(void)
{
    hand_start();
    hand_status_begin();
    mprom_mmio_write32(hand->cr, hand->enabled | 1u << 24);
}

static void register_by_bytes(void)
{
    hand_start();
    mprom_mmio_write8(hand->dlr, 1);
}

static void mapped_with_an_odd_address(void)
{
    hand_start();
    hand_read_begin(2, 1);
    hand_await(FTF, FTF);
    mprom_mmio_read8(hand->dr);
    hand_finish();
    hand_map();
}

static const struct bus_mistake mistakes[] = {
    {"not enabled", not_enabled, "while QUADSPI is not enabled"},
    {"prescaler while busy", prescaler_while_busy, "write of QUADSPI's CR while it is busy"},
    {"register by bytes", register_by_bytes, "write of 1 bytes to QUADSPI at 0x10"},
    {"mapped mode with AR 2", mapped_with_an_odd_address, "memory-mapped mode with AR 0x00000002"},
};

static void each_mistake_is_caught(void **state)
{
    (void)state;
    hand_expect_mistakes(&rig, &hand_quadspi, mistakes, sizeof mistakes / sizeof mistakes[0]);
}

/* 16 MHz, one lane: 8 clocks of 62.5 ns for the opcode and for each byte, of which the FIFO holds 32. */
static void bytes_come_as_fast_as_the_lines_bring_them(void **state)
{
    (void)state;
    hand_open(&rig, &hand_quadspi);
    hand_start();
    mprom_mmio_write32(hand->dlr, 39);
    hand_set_up(&HAND_STATUS);
    rig.serial.quadspi.model.busy_ns = NULL; /* a poll takes no time here */
    bus_pass(500);
    assert_int_equal(mprom_mmio_read32(hand->sr) >> 8, 0);
    bus_pass(500 * 3);
    assert_int_equal(mprom_mmio_read32(hand->sr) >> 8, 3);
    assert_int_equal(mprom_mmio_read32(hand->sr) & (FTF | BUSY), BUSY);
    bus_pass(500);
    assert_int_equal(mprom_mmio_read32(hand->sr) & (FTF | BUSY), FTF | BUSY);
    bus_pass(500000);
    assert_int_equal(mprom_mmio_read32(hand->sr) >> 8, 32);
    assert_int_equal(mprom_mmio_read32(hand->sr) & TCF, 0);
    for (int i = 0; i < 10; i++) {
        mprom_mmio_read32(hand->dr);
        bus_pass(500 * 4);
    }
    assert_int_equal(mprom_mmio_read32(hand->sr) & (TCF | BUSY), TCF);
    assert_string_equal(bus.first_violation, "");
    serial_rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mistake_is_caught),
        cmocka_unit_test(bytes_come_as_fast_as_the_lines_bring_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
