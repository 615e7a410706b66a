/* The models of what an RP2040 has beside its flash: each mistake made once, by hand, and what is right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/mmio.h"
#include "chips/rp2/model/peripherals.h"
#include "tests/chips/bus.h"

enum {
    RESETS = 0x4000C000,
    REF_CTRL = 0x40008030,
    SYS_CTRL = 0x4000803C,
    PERI_CTRL = 0x40008048,
    XOSC_CTRL = 0x40024000,
    XOSC_STATUS = 0x40024004,
    XOSC_STARTUP = 0x4002400C,
    PLL_CS = 0x40028000,
    PLL_PWR = 0x40028004,
    PLL_FBDIV = 0x40028008,
    PLL_PRIM = 0x4002800C,
    PSM_WDSEL = 0x40010008,
    WATCHDOG_CTRL = 0x40058000,
    WATCHDOG_LOAD = 0x40058004,
    WATCHDOG_REASON = 0x40058008,
    SCRATCH7 = 0x40058028,
    TICK = 0x4005802C,
    ALARM0 = 0x40054010,
    ARMED = 0x40054020,
    TIMERAWL = 0x40054028,
    INTR = 0x40054034,
    INTE = 0x40054038,
    DR = 0x40034000,
    FR = 0x40034018,
    IBRD = 0x40034024,
    FBRD = 0x40034028,
    LCR_H = 0x4003402C,
    CR = 0x40034030,
    IMSC = 0x40034038,
    GPIO0_CTRL = 0x40014004,
    PAD_GPIO0 = 0x4001C004,
    PAD_GPIO1 = 0x4001C008,
    BYTE_NS = 86806,
    MS = 1000000,
    WDSEL_ALL = 0x1FFFC,
};
#define SIO 0xD0000000u

static struct {
    struct rp2_resets_model resets;
    struct rp2_clocks_model clocks;
    struct rp2_watchdog_model watchdog;
    struct rp2_timer_model timer;
    struct rp2_gpio_model gpio;
    struct rp2_uart_model uart;
    struct rp2_sio_model sio;
    struct soc soc;
    struct model_console console;
    uint32_t baud;
    uint32_t interrupts;
    char sent[64];
    const char *line; /* what the other end sends */
    int lost;
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
    strncat(rig.sent, bytes, size);
}

static void line_lost(void *ctx)
{
    (void)ctx;
    rig.lost++;
}

static void line_set_baud(void *ctx, uint32_t baud)
{
    (void)ctx;
    rig.baud = baud;
}

static void note_interrupt(void *ctx, uint32_t number)
{
    (void)ctx;
    rig.interrupts |= 1u << number;
}

static void open_rig(void)
{
    memset(&rig, 0, sizeof rig);
    bus_open();
    bus.side.irq = note_interrupt;
    rig.line = "";
    rig.console = (struct model_console){
        .ready = line_ready, .read = line_read, .write = line_write, .set_baud = line_set_baud, .byte_ns = BYTE_NS};
    rig.soc.bus = &bus.side;
    rp2_resets_model_open(&rig.resets, &bus.side);
    rp2_clocks_model_open(&rig.clocks, &rig.resets, &bus.side);
    rp2_watchdog_model_open(&rig.watchdog, &rig.clocks, &bus.side);
    rp2_timer_model_open(&rig.timer, &rig.resets, &rig.watchdog, &bus.side);
    rp2_gpio_model_open(&rig.gpio, &rig.resets, &bus.side);
    rp2_uart_model_open(&rig.uart, &rig.resets, &rig.clocks, &rig.gpio, &bus.side);
    rp2_sio_model_open(&rig.sio, &rig.soc, &bus.side);
    soc_add_cpu(&rig.soc, &(struct soc_cpu){.kind = CORTEX_M0PLUS, .interrupts = 26});
    soc_add_cpu(&rig.soc, &(struct soc_cpu){.kind = CORTEX_M0PLUS, .interrupts = 26});
    rig.uart.console = &rig.console;
    rig.uart.tx = 0;
    rig.uart.rx = 1;
    struct model *const models[] = {&rig.resets.model,   &rig.clocks.clocks, &rig.clocks.xosc,   &rig.clocks.pll,
                                    &rig.watchdog.model, &rig.watchdog.psm,  &rig.watchdog.vreg, &rig.timer.model,
                                    &rig.gpio.io,        &rig.gpio.pads,     &rig.uart.model,    &rig.sio.model};
    memcpy(bus.models, models, sizeof models);
}

static void write(uint32_t address, uint32_t value)
{
    mprom_mmio_write32(address, value);
}

static uint32_t read(uint32_t address)
{
    return mprom_mmio_read32(address);
}

static void release_all(void)
{
    write(RESETS, 0);
}

static void crystal_start(void)
{
    release_all();
    write(XOSC_STARTUP, 47);
    write(XOSC_CTRL, 0x00FABAA0);
    bus_pass(2 * MS);
    write(REF_CTRL, 2);
    write(TICK, 12 | 0x200);
}

static void pll_power(uint32_t fbdiv)
{
    crystal_start();
    write(PLL_CS, 1);
    write(PLL_FBDIV, fbdiv);
    write(PLL_PWR, 0x0C);
}

static void pll_start(void)
{
    pll_power(125);
    bus_pass(MS);
    write(PLL_PRIM, 0x00062000);
    write(PLL_PWR, 0x04);
    write(SYS_CTRL, 1);
    write(PERI_CTRL, 0x800);
}

static void uart_set_up(uint32_t ibrd, uint32_t fbrd)
{
    write(GPIO0_CTRL, 2);
    write(GPIO0_CTRL + 8, 2);
    write(IBRD, ibrd);
    write(FBRD, fbrd);
    write(LCR_H, 0x70);
    write(CR, 0x301);
    write(IMSC, 0x50);
}

static void uart_start(void)
{
    pll_start();
    uart_set_up(67, 52);
}

static void unstable_crystal(void)
{
    write(XOSC_STARTUP, 47);
    write(XOSC_CTRL, 0x00FABAA0);
    write(REF_CTRL, 2);
}

static void short_startup(void)
{
    write(XOSC_STARTUP, 4);
    write(XOSC_CTRL, 0x00FABAA0);
}

static void startup_while_it_runs(void)
{
    crystal_start();
    write(XOSC_STARTUP, 94);
}

static void pll_held(void)
{
    write(PLL_FBDIV, 125);
}

static void pll_without_a_crystal(void)
{
    release_all();
    write(PLL_FBDIV, 125);
    write(PLL_PWR, 0x0C);
}

static void pll_too_slow(void)
{
    pll_power(50);
}

static void pll_not_locked(void)
{
    pll_power(125);
    write(PLL_PRIM, 0x00062000);
    write(PLL_PWR, 0x04);
    write(SYS_CTRL, 1);
}

static void pll_without_output(void)
{
    pll_power(125);
    bus_pass(MS);
    write(PLL_PRIM, 0x00062000);
    write(SYS_CTRL, 1);
}

static void too_fast(void)
{
    pll_power(125);
    bus_pass(MS);
    write(PLL_PRIM, 0x00052000);
    write(PLL_PWR, 0x04);
    write(SYS_CTRL, 1);
}

static void pll_changed_while_used(void)
{
    pll_start();
    write(PLL_PRIM, 0x00072000);
}

static void pll_reset_while_used(void)
{
    pll_start();
    write(RESETS, 1u << 12);
}

static void other_source(void)
{
    write(SYS_CTRL, 0x21);
}

static void timer_held(void)
{
    (void)read(TIMERAWL);
}

static void timer_without_tick(void)
{
    release_all();
    (void)read(TIMERAWL);
}

static void timer_with_another_tick(void)
{
    crystal_start();
    write(TICK, 6 | 0x200);
    (void)read(TIMERAWL);
}

static void watchdog_of_a_part(void)
{
    write(WATCHDOG_CTRL, 1u << 31);
}

static void watchdog_without_tick(void)
{
    write(PSM_WDSEL, WDSEL_ALL);
    write(WATCHDOG_LOAD, 1000);
    write(WATCHDOG_CTRL, 1u << 30);
}

static void uart_held(void)
{
    (void)read(FR);
}

static void uart_without_pins(void)
{
    uart_start();
    write(GPIO0_CTRL, 0x1F);
    write(DR, 'x');
}

static void uart_without_pads(void)
{
    uart_start();
    write(PAD_GPIO1, 0x16);
    write(DR, 'x');
}

static void uart_without_a_clock(void)
{
    pll_start();
    write(PERI_CTRL, 0);
    uart_set_up(67, 52);
    write(DR, 'x');
}

static void uart_with_another_rate(void)
{
    pll_start();
    uart_set_up(65, 0);
    write(DR, 'x');
}

static void uart_off(void)
{
    uart_start();
    write(CR, 0x300);
    write(DR, 'x');
}

static void uart_set_up_while_on(void)
{
    uart_start();
    write(LCR_H, 0x70);
}

static void uart_empty(void)
{
    uart_start();
    (void)read(DR);
}

static void uart_full(void)
{
    rig.console.lost = line_lost;
    uart_start();
    for (int i = 0; i < 33; i++) {
        write(DR, 'x');
    }
}

static void pins_held(void)
{
    write(GPIO0_CTRL, 2);
}

static void pads_held(void)
{
    write(PAD_GPIO0, 0x56);
}

static void second_cpu(void)
{
    write(SIO + 0x54, 0);
}

static const struct bus_mistake mistakes[] = {
    {"clk_ref from a crystal that starts", unstable_crystal, "the crystal, which is not stable"},
    {"a short STARTUP", short_startup, "STARTUP 4, too short"},
    {"STARTUP while it runs", startup_while_it_runs, "write of 0x0000005e to XOSC"},
    {"PLL_SYS is held in reset", pll_held, "access to PLL_SYS while it is held in reset"},
    {"PLL_SYS without a crystal", pll_without_a_crystal, "without a crystal that is stable"},
    {"a VCO of 600 MHz", pll_too_slow, "FBDIV 50: its VCO"},
    {"PLL_SYS is not locked", pll_not_locked, "PLL_SYS, which is not locked"},
    {"PLL_SYS has no output", pll_without_output, "which is not locked or has no output"},
    {"150 MHz", too_fast, "clk_sys would run at 150000000 Hz"},
    {"PLL_SYS changes while it is used", pll_changed_while_used, "while clk_sys runs from it"},
    {"PLL_SYS is reset while it is used", pll_reset_while_used, "PLL_SYS is reset while clk_sys runs from it"},
    {"another source", other_source, "write of 0x00000021 to SYS_CTRL"},
    {"TIMER is held in reset", timer_held, "access to TIMER while it is held in reset"},
    {"TIMER without a tick", timer_without_tick, "TIMER is used without a tick"},
    {"a tick of half a microsecond", timer_with_another_tick, "TIMER is used without a tick"},
    {"the watchdog resets a part", watchdog_of_a_part, "resets a part of the chip only"},
    {"the watchdog without a tick", watchdog_without_tick, "the watchdog is started without a tick"},
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
    {"the second CPU is started", second_cpu, "the program starts CPU 1, a cortex-m0plus"},
};

static void each_mistake_is_caught(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        open_rig();
        bus_expect_caught("RP2040", &mistakes[i]);
    }
}

static void the_pll_makes_125_mhz(void **state)
{
    (void)state;
    open_rig();
    assert_int_equal(rig.clocks.sys_hz, 6500000);
    pll_start();
    assert_int_equal(rig.clocks.ref_hz, 12000000);
    assert_int_equal(rig.clocks.sys_hz, 125000000);
    assert_string_equal(bus.first_violation, "");
    rp2_clocks_model_reset(&rig.clocks);
    assert_int_equal(rig.clocks.sys_hz, 6500000);
}

static void an_alarm_fires_once(void **state)
{
    (void)state;
    open_rig();
    crystal_start();
    write(INTE, 1);
    uint32_t now = read(TIMERAWL);
    write(ALARM0, now + 100);
    assert_int_equal(read(ARMED), 1);
    assert_int_equal(rig.timer.model.next_event_ns(&rig.timer) / 1000, 99 + (rig.timer.counted_ns % 1000 == 0));
    bus_pass(99000);
    rig.timer.model.sample(&rig.timer);
    assert_int_equal(rig.interrupts, 0);
    bus_pass(1000);
    assert_int_equal(read(INTR), 1);
    assert_int_equal(read(ARMED), 0);
    rig.timer.model.sample(&rig.timer);
    assert_int_equal(rig.interrupts, 1u << 0);
    write(INTR, 1);
    assert_int_equal(read(INTR), 0);
    assert_int_equal(read(TIMERAWL), now + 100);
    assert_string_equal(bus.first_violation, "");
}

/* Two counts a tick: LOAD 2000 is a millisecond. */
static void the_watchdog_resets_when_its_time_is_over(void **state)
{
    (void)state;
    open_rig();
    crystal_start();
    write(PSM_WDSEL, WDSEL_ALL);
    write(WATCHDOG_LOAD, 2000);
    write(WATCHDOG_CTRL, 1u << 30);
    write(SCRATCH7, 0x1234);
    bus_pass(MS - 1000);
    assert_false(rig.watchdog.fired);
    bus_pass(1000);
    assert_true(rig.watchdog.fired);
    rp2_watchdog_model_reset(&rig.watchdog);
    assert_int_equal(read(WATCHDOG_REASON), 1);
    assert_int_equal(read(SCRATCH7), 0x1234);
    write(PSM_WDSEL, WDSEL_ALL);
    write(WATCHDOG_CTRL, 1u << 31);
    rp2_watchdog_model_reset(&rig.watchdog);
    assert_int_equal(read(WATCHDOG_REASON), 2);
    assert_string_equal(bus.first_violation, "");
}

static void the_uart_sends_and_receives(void **state)
{
    (void)state;
    open_rig();
    uart_start();
    assert_int_equal(rig.baud, 115200);
    write(DR, 'h');
    write(DR, 'i');
    assert_string_equal(rig.sent, "hi");
    rig.line = "ok";
    rig.uart.model.sample(&rig.uart);
    assert_int_equal(rig.interrupts, 1u << 20);
    assert_int_equal(read(FR) & 0x10, 0);
    assert_int_equal(read(DR), 'o');
    assert_int_equal(read(DR), 'k');
    assert_int_equal(read(FR) & 0x10, 0x10);
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
    assert_int_equal(read(FR) & 0x40, 0x40);
    assert_int_equal(read(DR), '0');
    write(DR, 'x');
    assert_int_equal(read(FR) & 0x88, 0x08);
    bus_pass(BYTE_NS);
    assert_int_equal(read(FR) & 0x88, 0x80);
    assert_string_equal(bus.first_violation, "");
}

static void the_button_of_the_boot_rom(void **state)
{
    (void)state;
    open_rig();
    assert_int_equal(read(SIO + 8), 2);
    rig.sio.boot_button = true;
    assert_int_equal(read(SIO + 8), 0);
    assert_int_equal(read(SIO), 0);
    assert_int_equal(read(SIO + 0x50), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mistake_is_caught),
        cmocka_unit_test(the_pll_makes_125_mhz),
        cmocka_unit_test(an_alarm_fires_once),
        cmocka_unit_test(the_watchdog_resets_when_its_time_is_over),
        cmocka_unit_test(the_uart_sends_and_receives),
        cmocka_unit_test(a_line_that_does_not_wait_loses_what_does_not_fit),
        cmocka_unit_test(the_button_of_the_boot_rom),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
