/*
 * What an RP2350 has in another way than an RP2040 beside its flash: clocks, ticks, timer, watchdog, pads, DMA. Each mistake
 * made once, by hand, and what is right.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/mmio.h"
#include "chips/rp2/model/peripherals.h"
#include "tests/chips/bus.h"

enum {
    RESETS = 0x40020000,
    REF_CTRL = 0x40010030,
    SYS_CTRL = 0x4001003C,
    SYS_SELECTED = 0x40010044,
    PERI_CTRL = 0x40010048,
    XOSC_CTRL = 0x40048000,
    XOSC_STARTUP = 0x4004800C,
    PLL_CS = 0x40050000,
    PLL_PWR = 0x40050004,
    PLL_FBDIV = 0x40050008,
    PLL_PRIM = 0x4005000C,
    PSM_WDSEL = 0x40018008,
    WATCHDOG_CTRL = 0x400D8000,
    WATCHDOG_LOAD = 0x400D8004,
    WATCHDOG_TICK = 0x400D802C,
    TIMER0 = 0x40108018,
    TIMER0_CYCLES = 0x4010801C,
    TICK_WATCHDOG = 0x40108030,
    TICK_WATCHDOG_CYCLES = 0x40108034,
    ALARM0 = 0x400B0010,
    TIMERAWL = 0x400B0028,
    INTR_OF_RP2040 = 0x400B0034,
    INTR = 0x400B003C,
    INTE = 0x400B0040,
    DR = 0x40070000,
    IBRD = 0x40070024,
    FBRD = 0x40070028,
    LCR_H = 0x4007002C,
    CR = 0x40070030,
    DMACR = 0x40070048,
    GPIO0_CTRL = 0x40028004,
    PAD_GPIO0 = 0x40038004,
    DMA = 0x50000000,
    NEXT = 0x40,
    SNIFF_DATA = 0x50000458,
    RAM = 0x20000000,
    RAM_SIZE = 16,
    MS = 1000000,
    PAD = 0x5A,
    TO_RING = 1 | 1 << 6 | 4 << 8 | 1 << 12 | 1 << 13 | 29 << 17,
    TO_RING_OF_RP2040 = 1 | 1 << 5 | 4 << 6 | 1 << 10 | 1 << 11 | 21 << 15,
    COPY = 1 | 2 << 2 | 0x3F << 17 | 1 << 23,
    ALL_BUT_OSCILLATORS = 0x01FFFFF3,
};

static struct {
    struct rp2_resets_model resets;
    struct rp2_clocks_model clocks;
    struct rp2350_ticks_model ticks;
    struct rp2_watchdog_model watchdog;
    struct rp2_timer_model timer;
    struct rp2_gpio_model gpio;
    struct rp2_dma_model dma;
    struct rp2_uart_model uart;
    struct rp2_sio_model sio;
    struct model_console console;
    const char *line;
    uint8_t ram[RAM_SIZE];
    uint64_t interrupts;
} rig;

static bool line_ready(void *ctx)
{
    (void)ctx;
    return *rig.line != '\0';
}

static int line_read(void *ctx)
{
    (void)ctx;
    return *rig.line++;
}

static void line_write(void *ctx, const char *bytes, size_t size)
{
    (void)ctx;
    (void)bytes;
    (void)size;
}

static bool ram_write(void *ctx, uint32_t address, const void *src, uint32_t size)
{
    (void)ctx;
    bool is_there = address - RAM < RAM_SIZE && size <= RAM_SIZE - (address - RAM);
    if (is_there) {
        memcpy(rig.ram + (address - RAM), src, size);
    }
    return is_there;
}

static void note_interrupt(void *ctx, uint32_t number)
{
    (void)ctx;
    rig.interrupts |= UINT64_C(1) << number;
}

static void open_rig(void)
{
    memset(&rig, 0, sizeof rig);
    bus_open();
    bus.side.write = ram_write;
    bus.side.irq = note_interrupt;
    rig.line = "";
    rig.console = (struct model_console){.ready = line_ready, .read = line_read, .write = line_write};
    rp2_resets_model_open(&rig.resets, &rp2350_series, &bus.side);
    rp2_clocks_model_open(&rig.clocks, &rig.resets, &bus.side);
    rp2350_ticks_model_open(&rig.ticks, &rig.clocks, &bus.side);
    rp2_watchdog_model_open(&rig.watchdog, &rig.clocks, &bus.side);
    rp2_timer_model_open(&rig.timer, &rig.resets, rp2350_tick_is_microsecond, &rig.ticks.ticks[RP2350_TICK_TIMER0],
                         &bus.side);
    rp2_gpio_model_open(&rig.gpio, &rig.resets, &bus.side);
    rp2_dma_model_open(&rig.dma, &rig.resets, &bus.side);
    rp2_uart_model_open(&rig.uart, &rig.resets, &rig.clocks, &rig.gpio, &rig.dma, &bus.side);
    rp2_sio_model_open(&rig.sio, &rp2350_series, &bus.side);
    rig.watchdog.ticks = rp2350_tick_is_microsecond;
    rig.watchdog.tick_ctx = &rig.ticks.ticks[RP2350_TICK_WATCHDOG];
    rig.uart.console = &rig.console;
    rig.uart.rx = 1;
    struct model *const models[] = {&rig.resets.model, &rig.clocks.clocks, &rig.clocks.xosc, &rig.clocks.pll,
                                    &rig.ticks.model,  &rig.watchdog.psm,  &rig.timer.model, &rig.watchdog.model,
                                    &rig.gpio.io,      &rig.gpio.pads,     &rig.dma.model,   &rig.uart.model,
                                    &rig.sio.model};
    memcpy(bus.models, models, sizeof models);
}

static void poke(uint32_t address, uint32_t value)
{
    mprom_mmio_write32(address, value);
}

static uint32_t peek(uint32_t address)
{
    return mprom_mmio_read32(address);
}

static void crystal_start(void)
{
    poke(RESETS, 0);
    poke(XOSC_STARTUP, 47);
    poke(XOSC_CTRL, 0x00FABAA0);
    bus_pass(2 * MS);
    poke(REF_CTRL, 2);
    poke(TIMER0_CYCLES, 12);
    poke(TIMER0, 1);
}

static void pll_lock(uint32_t fbdiv)
{
    crystal_start();
    poke(PLL_CS, 1);
    poke(PLL_FBDIV, fbdiv);
    poke(PLL_PWR, 0x0C);
    bus_pass(MS);
    poke(PLL_PRIM, 0x00052000);
    poke(PLL_PWR, 0x04);
}

static void pll_start(void)
{
    pll_lock(125);
    poke(SYS_CTRL, 0x40);
    poke(SYS_CTRL, 0);
    poke(SYS_CTRL, 1);
    poke(PERI_CTRL, 0x800);
}

/* 115200 of 150 MHz. */
static void uart_start(void)
{
    pll_start();
    for (uint32_t i = 0; i < 2; i++) {
        poke(GPIO0_CTRL + 8 * i, 2);
        poke(PAD_GPIO0 + 4 * i, PAD);
    }
    poke(IBRD, 81);
    poke(FBRD, 24);
    poke(LCR_H, 0x70);
    poke(CR, 0x301);
}

static void dma_set_up(uint32_t control)
{
    poke(DMA + NEXT, SNIFF_DATA);
    poke(DMA + NEXT + 4, SNIFF_DATA);
    poke(DMA + NEXT + 8, 1);
    poke(DMA + NEXT + 0x10, COPY);
    poke(DMA, DR);
    poke(DMA + 4, RAM);
    poke(DMA + 8, 1);
    poke(DMA + 0x404, 1);
    poke(DMA + 0xC, control);
    poke(DMACR, 1);
}

static void aux_changed_while_used(void)
{
    pll_lock(125);
    poke(SYS_CTRL, 1);
}

static void too_fast(void)
{
    pll_lock(130);
    poke(SYS_CTRL, 0x40);
    poke(SYS_CTRL, 0);
    poke(SYS_CTRL, 1);
}

static void timer_without_tick(void)
{
    poke(RESETS, 0);
    (void)peek(TIMERAWL);
}

static void tick_without_crystal(void)
{
    poke(RESETS, 0);
    poke(TIMER0_CYCLES, 12);
    poke(TIMER0, 1);
    (void)peek(TIMERAWL);
}

static void tick_changed(void)
{
    crystal_start();
    poke(TIMER0_CYCLES, 6);
}

static void timer_intr_of_another_chip(void)
{
    crystal_start();
    (void)peek(INTR_OF_RP2040);
}

static void watchdog_tick_of_another_chip(void)
{
    crystal_start();
    poke(WATCHDOG_TICK, 0x20C);
}

/* Its tick is not the timer's. */
static void watchdog_without_tick(void)
{
    crystal_start();
    poke(PSM_WDSEL, ALL_BUT_OSCILLATORS);
    poke(WATCHDOG_LOAD, 1000);
    poke(WATCHDOG_CTRL, 1u << 30);
}

/* What is all on an RP2040. */
static void watchdog_of_a_part(void)
{
    poke(PSM_WDSEL, 0x0001FFFC);
    poke(WATCHDOG_CTRL, 1u << 31);
}

static void iso_not_cleared(void)
{
    uart_start();
    poke(PAD_GPIO0, 0x156);
    poke(DR, 'x');
}

/* After a reset inputs are off. */
static void input_off(void)
{
    uart_start();
    poke(PAD_GPIO0 + 4, 0x16);
    poke(DR, 'x');
}

static void dma_of_another_chip(void)
{
    uart_start();
    dma_set_up(TO_RING_OF_RP2040);
}

static void dma_backwards(void)
{
    uart_start();
    dma_set_up(TO_RING | 1 << 7);
}

static void dma_without_end(void)
{
    uart_start();
    poke(DMA, DR);
    poke(DMA + 4, RAM);
    poke(DMA + 8, 0xF0000001);
    poke(DMA + 0xC, TO_RING);
}

static void second_core(void)
{
    poke(0xD0000054, 0);
}

static const struct bus_mistake mistakes[] = {
    {"AUXSRC changes while clk_sys runs from it", aux_changed_while_used, "AUXSRC of clk_sys changes while"},
    {"156 MHz", too_fast, "clk_sys would run at 156000000 Hz, and 150 MHz are the most"},
    {"TIMER0 without a tick", timer_without_tick, "TIMER is used without a tick"},
    {"a tick of the ring oscillator", tick_without_crystal, "TIMER is used without a tick"},
    {"CYCLES while the tick runs", tick_changed, "to TICKS at 0x1c, while it runs"},
    {"INTR of an RP2040", timer_intr_of_another_chip, "read of 4 bytes from TIMER at 0x34"},
    {"TICK of an RP2040's watchdog", watchdog_tick_of_another_chip, "write of 0x0000020c to WATCHDOG at 0x2c"},
    {"the watchdog without a tick", watchdog_without_tick, "the watchdog is started without a tick"},
    {"the watchdog resets a part", watchdog_of_a_part, "resets a part of the chip only"},
    {"ISO is not cleared", iso_not_cleared, "UART0 sends but has pads that are isolated"},
    {"the input of RX is off", input_off, "UART0 sends but has pads that are off"},
    {"DMA's CTRL of an RP2040", dma_of_another_chip, "DMA channel 0 "},
    {"DMA counts down", dma_backwards, "DMA channel 0 has other bits set"},
    {"DMA without an end", dma_without_end, "DMA channel 0 has other bits set"},
    {"the other core is started", second_core, "write of 0x00000000 to SIO at 0x054"},
};

static void each_mistake_is_caught(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        open_rig();
        bus_expect_caught("RP2350", &mistakes[i]);
    }
}

/* clk_sys runs from the ring oscillator, and not through clk_ref, until the program changes that. */
static void the_pll_makes_150_mhz(void **state)
{
    (void)state;
    open_rig();
    assert_int_equal(peek(SYS_CTRL), 0x41);
    assert_int_equal(rig.clocks.sys_hz, 11000000);
    pll_start();
    assert_int_equal(rig.clocks.ref_hz, 12000000);
    assert_int_equal(rig.clocks.sys_hz, 150000000);
    assert_int_equal(peek(SYS_SELECTED), 2);
    assert_string_equal(bus.first_violation, "");
}

static void an_alarm_asks_for_its_interrupt(void **state)
{
    (void)state;
    open_rig();
    crystal_start();
    poke(INTE, 1);
    poke(ALARM0, peek(TIMERAWL) + 100);
    bus_pass(100000);
    assert_int_equal(peek(INTR), 1);
    rig.timer.model.sample(&rig.timer);
    assert_int_equal(rig.interrupts, 1u << 0);
    assert_string_equal(bus.first_violation, "");
}

/* One count a tick: LOAD 1000 is a millisecond. */
static void the_watchdog_resets_when_its_time_is_over(void **state)
{
    (void)state;
    open_rig();
    crystal_start();
    poke(TICK_WATCHDOG_CYCLES, 12);
    poke(TICK_WATCHDOG, 1);
    poke(PSM_WDSEL, ALL_BUT_OSCILLATORS);
    poke(WATCHDOG_LOAD, 1000);
    poke(WATCHDOG_CTRL, 1u << 30);
    bus_pass(MS - 1000);
    assert_false(rig.watchdog.fired);
    bus_pass(1000);
    assert_true(rig.watchdog.fired);
    assert_string_equal(bus.first_violation, "");
}

static void bytes_go_into_the_ring(void **state)
{
    (void)state;
    open_rig();
    uart_start();
    dma_set_up(TO_RING);
    rig.line = "abc";
    for (int i = 0; i < 3; i++) {
        (void)peek(DMA + 4);
    }
    assert_memory_equal(rig.ram, "abc", 3);
    rig.dma.model.sample(&rig.dma);
    assert_int_equal(rig.interrupts, 1u << 10);
    assert_string_equal(bus.first_violation, "");
}

static void bootsel_pulls_chip_select_low(void **state)
{
    (void)state;
    open_rig();
    assert_int_equal(peek(0xD0000008), 1u << 27);
    rig.sio.boot_button = true;
    assert_int_equal(peek(0xD0000008), 0);
    assert_string_equal(bus.first_violation, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mistake_is_caught),
        cmocka_unit_test(the_pll_makes_150_mhz),
        cmocka_unit_test(an_alarm_asks_for_its_interrupt),
        cmocka_unit_test(the_watchdog_resets_when_its_time_is_over),
        cmocka_unit_test(bytes_go_into_the_ring),
        cmocka_unit_test(bootsel_pulls_chip_select_low),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
