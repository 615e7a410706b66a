/* The models of clocks, TIMER and watchdog of an RP2040: each mistake made once, by hand, and what is right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/mmio.h"
#include "peripherals.h"

static void unstable_crystal(void)
{
    poke(XOSC_STARTUP, 47);
    poke(XOSC_CTRL, 0x00FABAA0);
    poke(REF_CTRL, 2);
}

static void short_startup(void)
{
    poke(XOSC_STARTUP, 4);
    poke(XOSC_CTRL, 0x00FABAA0);
}

static void startup_while_it_runs(void)
{
    crystal_start();
    poke(XOSC_STARTUP, 94);
}

static void pll_held(void)
{
    poke(PLL_FBDIV, 125);
}

static void pll_without_a_crystal(void)
{
    release_all();
    poke(PLL_FBDIV, 125);
    poke(PLL_PWR, 0x0C);
}

static void pll_too_slow(void)
{
    pll_power(50);
}

static void pll_not_locked(void)
{
    pll_power(125);
    poke(PLL_PRIM, 0x00062000);
    poke(PLL_PWR, 0x04);
    poke(SYS_CTRL, 1);
}

static void pll_without_output(void)
{
    pll_power(125);
    bus_pass(MS);
    poke(PLL_PRIM, 0x00062000);
    poke(SYS_CTRL, 1);
}

static void too_fast(void)
{
    pll_power(125);
    bus_pass(MS);
    poke(PLL_PRIM, 0x00052000);
    poke(PLL_PWR, 0x04);
    poke(SYS_CTRL, 1);
}

static void pll_changed_while_used(void)
{
    pll_start();
    poke(PLL_PRIM, 0x00072000);
}

static void pll_reset_while_used(void)
{
    pll_start();
    poke(RESETS, 1u << 12);
}

static void other_source(void)
{
    poke(SYS_CTRL, 0x21);
}

static void timer_held(void)
{
    (void)peek(TIMERAWL);
}

static void timer_without_tick(void)
{
    release_all();
    (void)peek(TIMERAWL);
}

static void timer_with_another_tick(void)
{
    crystal_start();
    poke(TICK, 6 | 0x200);
    (void)peek(TIMERAWL);
}

static void watchdog_of_a_part(void)
{
    poke(WATCHDOG_CTRL, 1u << 31);
}

static void watchdog_without_tick(void)
{
    poke(PSM_WDSEL, WDSEL_ALL);
    poke(WATCHDOG_LOAD, 1000);
    poke(WATCHDOG_CTRL, 1u << 30);
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
    poke(INTE, 1);
    uint32_t now = peek(TIMERAWL);
    poke(ALARM0, now + 100);
    assert_int_equal(peek(ARMED), 1);
    assert_int_equal(rig.timer.model.next_event_ns(&rig.timer) / 1000, 99 + (rig.timer.counted_ns % 1000 == 0));
    bus_pass(99000);
    rig.timer.model.sample(&rig.timer);
    assert_int_equal(rig.interrupts, 0);
    bus_pass(1000);
    assert_int_equal(peek(INTR), 1);
    assert_int_equal(peek(ARMED), 0);
    rig.timer.model.sample(&rig.timer);
    assert_int_equal(rig.interrupts, 1u << 0);
    poke(INTR, 1);
    assert_int_equal(peek(INTR), 0);
    assert_int_equal(peek(TIMERAWL), now + 100);
    assert_string_equal(bus.first_violation, "");
}

/* Two counts a tick: LOAD 2000 is a millisecond. */
static void the_watchdog_resets_when_its_time_is_over(void **state)
{
    (void)state;
    open_rig();
    crystal_start();
    poke(PSM_WDSEL, WDSEL_ALL);
    poke(WATCHDOG_LOAD, 2000);
    poke(WATCHDOG_CTRL, 1u << 30);
    poke(SCRATCH7, 0x1234);
    bus_pass(MS - 1000);
    assert_false(rig.watchdog.fired);
    bus_pass(1000);
    assert_true(rig.watchdog.fired);
    rp2_watchdog_model_reset(&rig.watchdog);
    assert_int_equal(peek(WATCHDOG_REASON), 1);
    assert_int_equal(peek(SCRATCH7), 0x1234);
    poke(PSM_WDSEL, WDSEL_ALL);
    poke(WATCHDOG_CTRL, 1u << 31);
    rp2_watchdog_model_reset(&rig.watchdog);
    assert_int_equal(peek(WATCHDOG_REASON), 2);
    assert_string_equal(bus.first_violation, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mistake_is_caught),
        cmocka_unit_test(the_pll_makes_125_mhz),
        cmocka_unit_test(an_alarm_fires_once),
        cmocka_unit_test(the_watchdog_resets_when_its_time_is_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
