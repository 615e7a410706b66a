/* TIMER, or TIMER0 on an RP2350, which counts microseconds; alarm 0 is the comparison. */
#include "arch/cortex_m/nvic.h"
#include "arch/mmio.h"
#include "chips/rp2/port/port.h"
#include "chips/rp2/port/series.h"
#include "chips/rp2/regs/rp2_regs.h"

static uint32_t intr(void)
{
    return mprom_rp2_series.timer + mprom_rp2_series.timer_intr;
}

static void counter_open(void)
{
    mprom_rp2_release(mprom_rp2_series.held_timer);
    mprom_mmio_write32(intr() + 4, TIMER_ALARM_0);
    mprom_nvic_enable(mprom_rp2_series.timer_interrupt);
}

static uint32_t counter_count(void)
{
    return mprom_mmio_read32(mprom_rp2_series.timer + TIMER_TIMERAWL_OFF);
}

/* What an earlier call has armed must not fire between the clearing and the new time. */
static void counter_arm(uint32_t at)
{
    mprom_mmio_write32(mprom_rp2_series.timer + TIMER_ARMED_OFF, TIMER_ALARM_0);
    mprom_mmio_write32(intr(), TIMER_ALARM_0);
    mprom_nvic_clear(mprom_rp2_series.timer_interrupt);
    mprom_mmio_write32(mprom_rp2_series.timer + TIMER_ALARM0_OFF, at);
}

static bool counter_is_over(void)
{
    return mprom_mmio_read32(intr()) & TIMER_ALARM_0;
}

const struct mprom_counter mprom_rp2_counter = {
    .open = counter_open,
    .count = counter_count,
    .arm = counter_arm,
    .is_over = counter_is_over,
};
