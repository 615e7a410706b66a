/* The models of UART0, DMA, pins and SIO of an RP2040: each mistake made once, by hand, and what is right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/mmio.h"
#include "peripherals.h"

enum {
    TO_RING = 1 | 1 << 5 | 4 << 6 | 1 << 10 | 1 << 11 | 21 << 15,
    COPY = 1 | 2 << 2 | 0x3F << 15 | 1 << 21,
};

/* As the port has it: bytes into a ring of 16, an interrupt for each. */
static void dma_set_up(uint32_t control, uint32_t ring)
{
    poke(DMA_READ + NEXT, SNIFF_DATA);
    poke(DMA_WRITE + NEXT, SNIFF_DATA);
    poke(DMA_COUNT + NEXT, 1);
    poke(DMA_AL1_CTRL + NEXT, COPY);
    poke(DMA_READ, DR);
    poke(DMA_WRITE, ring);
    poke(DMA_COUNT, 1);
    poke(DMA_INTE0, 1);
    poke(DMA_CTRL, control);
    poke(DMACR, 1);
}

static void uart_held(void)
{
    (void)peek(FR);
}

static void uart_without_pins(void)
{
    uart_start();
    poke(GPIO0_CTRL, 0x1F);
    poke(DR, 'x');
}

static void uart_without_pads(void)
{
    uart_start();
    poke(PAD_GPIO1, 0x16);
    poke(DR, 'x');
}

static void uart_without_a_clock(void)
{
    pll_start();
    poke(PERI_CTRL, 0);
    uart_set_up(67, 52);
    poke(DR, 'x');
}

static void uart_with_another_rate(void)
{
    pll_start();
    uart_set_up(65, 0);
    poke(DR, 'x');
}

static void uart_off(void)
{
    uart_start();
    poke(CR, 0x300);
    poke(DR, 'x');
}

static void uart_set_up_while_on(void)
{
    uart_start();
    poke(LCR_H, 0x70);
}

static void uart_empty(void)
{
    uart_start();
    (void)peek(DR);
}

static void uart_full(void)
{
    rig.console.lost = line_lost;
    uart_start();
    for (int i = 0; i < 33; i++) {
        poke(DR, 'x');
    }
}

static void pins_held(void)
{
    poke(GPIO0_CTRL, 2);
}

static void pads_held(void)
{
    poke(PAD_GPIO0, 0x56);
}

static void dma_held(void)
{
    poke(DMA_READ, DR);
}

static void dma_of_words(void)
{
    release_all();
    dma_set_up(TO_RING | 2 << 2, RAM);
}

static void dma_of_nothing(void)
{
    release_all();
    poke(DMA_CTRL, TO_RING);
}

static void dma_changed_while_busy(void)
{
    release_all();
    dma_set_up(TO_RING, RAM);
    poke(DMA_WRITE, RAM);
}

static void dma_out_of_ram(void)
{
    uart_start();
    dma_set_up(TO_RING, RAM + RAM_SIZE);
    rig.line = "x";
    (void)peek(DMA_WRITE);
}

static void dma_from_elsewhere(void)
{
    uart_start();
    dma_set_up(TO_RING & ~1, RAM);
    poke(DMA_READ, FR);
    poke(DMA_CTRL, TO_RING);
    rig.line = "x";
    (void)peek(DMA_WRITE);
}

/* Channel 1 starts itself again through channel 0 for ever. */
static void dma_in_a_circle(void)
{
    release_all();
    poke(DMA_READ, SNIFF_DATA);
    poke(DMA_WRITE, SNIFF_DATA);
    poke(DMA_COUNT, 1);
    poke(DMA_AL1_CTRL, COPY | 1 << 11);
    poke(DMA_READ + NEXT, SNIFF_DATA);
    poke(DMA_WRITE + NEXT, SNIFF_DATA);
    poke(DMA_COUNT + NEXT, 1);
    poke(DMA_CTRL + NEXT, COPY);
}

static void dma_of_another_channel(void)
{
    release_all();
    poke(DMA_READ + 2 * NEXT, RAM);
}

static const struct bus_mistake mistakes[] = {
    {"UART0 is held in reset", uart_held, "access to UART0 while it is held in reset"},
    {"UART0 without pins", uart_without_pins, "is not connected to its pins"},
    {"a pad whose input is off", uart_without_pads, "has pads that are off"},
    {"UART0 without a clock", uart_without_a_clock, "has a rate that nobody else has"},
    {"118 kbaud", uart_with_another_rate, "has a rate that nobody else has"},
    {"UART0 is off", uart_off, "is not enabled"},
    {"UART0 is set up while it is on", uart_set_up_while_on, "set up while it is enabled"},
    {"UART0 is read and empty", uart_empty, "DR, which is empty"},
    {"33 bytes at once", uart_full, "while its FIFO is full"},
    {"IO_BANK0 is held in reset", pins_held, "access to IO_BANK0 while it is held in reset"},
    {"PADS_BANK0 is held in reset", pads_held, "access to PADS_BANK0 while it is held in reset"},
    {"DMA is held in reset", dma_held, "access to DMA while it is held in reset"},
    {"DMA takes words", dma_of_words, "takes other things than bytes into a ring"},
    {"DMA of nothing", dma_of_nothing, "moves nothing"},
    {"DMA is changed while it is busy", dma_changed_while_busy, "channel 0 is changed while it is busy"},
    {"DMA where no memory is", dma_out_of_ram, "DMA writes to 0x20000040, where no memory is"},
    {"DMA from elsewhere", dma_from_elsewhere, "DMA reads from 0x40034018 when 0x40034000 has a byte"},
    {"DMA in a circle", dma_in_a_circle, "which is not modelled or never ends"},
    {"DMA by another channel", dma_of_another_channel, "write of 0x20000000 to DMA at 0x080"},
};

static void each_mistake_is_caught(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        open_rig();
        bus_expect_caught("RP2040", &mistakes[i]);
    }
}

static void the_uart_sends_and_receives(void **state)
{
    (void)state;
    open_rig();
    uart_start();
    assert_int_equal(rig.baud, 115200);
    poke(DR, 'h');
    poke(DR, 'i');
    assert_string_equal(rig.sent, "hi");
    rig.line = "ok";
    rig.uart.model.sample(&rig.uart);
    assert_int_equal(rig.interrupts, 1u << 20);
    assert_int_equal(peek(FR) & 0x10, 0);
    assert_int_equal(peek(DR), 'o');
    assert_int_equal(peek(DR), 'k');
    assert_int_equal(peek(FR) & 0x10, 0x10);
    assert_string_equal(bus.first_violation, "");
}

static void a_line_that_does_not_wait_loses_what_does_not_fit(void **state)
{
    (void)state;
    open_rig();
    rig.console.lost = line_lost;
    uart_start();
    rig.line = "0123456789012345678901234567890123456789";
    bus_pass(MS);
    bus_pass(41ull * BYTE_NS);
    assert_int_equal(rig.lost, 8);
    assert_int_equal(peek(FR) & 0x40, 0x40);
    assert_int_equal(peek(DR), '0');
    poke(DR, 'x');
    assert_int_equal(peek(FR) & 0x88, 0x08);
    bus_pass(BYTE_NS);
    assert_int_equal(peek(FR) & 0x88, 0x80);
    assert_string_equal(bus.first_violation, "");
}

/* Bytes go round in the ring while nobody looks, and each asks for the interrupt. */
static void dma_fills_a_ring(void **state)
{
    (void)state;
    open_rig();
    rig.console.lost = line_lost;
    uart_start();
    dma_set_up(TO_RING, RAM);
    rig.line = "0123456789abcdefXYZ";
    bus_pass(BYTE_NS);
    bus_pass(BYTE_NS + 20000);
    rig.dma.model.sample(&rig.dma);
    assert_int_equal(rig.interrupts, 1u << 11);
    poke(DMA_INTR, 1);
    rig.interrupts = 0;
    rig.dma.model.sample(&rig.dma);
    assert_int_equal(rig.interrupts, 0);
    bus_pass(19ull * BYTE_NS);
    assert_memory_equal(rig.ram, "XYZ3456789abcdef", RING_SIZE);
    assert_int_equal(peek(DMA_WRITE), RAM + 3);
    assert_int_equal(rig.ram[RING_SIZE], 0);
    assert_int_equal(rig.lost, 0);
    rig.dma.model.sample(&rig.dma);
    assert_int_equal(rig.interrupts, 1u << 11);
    assert_string_equal(bus.first_violation, "");
}

/* A line that waits gives a byte at each look. */
static void dma_of_a_line_that_waits(void **state)
{
    (void)state;
    open_rig();
    uart_start();
    dma_set_up(TO_RING, RAM);
    rig.line = "ab";
    assert_int_equal(peek(DMA_WRITE), RAM + 1);
    assert_int_equal(peek(DMA_WRITE), RAM + 2);
    assert_int_equal(peek(DMA_WRITE), RAM + 2);
    assert_memory_equal(rig.ram, "ab", 2);
    assert_string_equal(bus.first_violation, "");
}

static void the_button_of_the_boot_rom(void **state)
{
    (void)state;
    open_rig();
    assert_int_equal(peek(SIO + 8), 2);
    rig.sio.boot_button = true;
    assert_int_equal(peek(SIO + 8), 0);
    assert_int_equal(peek(SIO), 0);
    assert_int_equal(peek(SIO + 0x50), 2);
    poke(SIO + 0x54, 0);
    assert_int_equal(rig.started, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mistake_is_caught),
        cmocka_unit_test(the_uart_sends_and_receives),
        cmocka_unit_test(a_line_that_does_not_wait_loses_what_does_not_fit),
        cmocka_unit_test(dma_fills_a_ring),
        cmocka_unit_test(dma_of_a_line_that_waits),
        cmocka_unit_test(the_button_of_the_boot_rom),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
