/* TIMER, which counts microseconds; alarm 0 is the comparison. */
#include "arch/cortex_m/nvic.h"
#include "arch/mmio.h"
#include "chips/rp2/port/port.h"
#include "chips/rp2/regs/rp2040_regs.h"

static void counter_open(void)
{
    mprom_rp2_release(RESETS_TIMER);
    mprom_mmio_write32(TIMER_INTE, TIMER_ALARM_0);
    mprom_nvic_enable(TIMER_INTERRUPT);
}

static uint32_t counter_count(void)
{
    return mprom_mmio_read32(TIMER_TIMERAWL);
}

/* What an earlier call has armed must not fire between the clearing and the new time. */
static void counter_arm(uint32_t at)
{
    mprom_mmio_write32(TIMER_ARMED, TIMER_ALARM_0);
    mprom_mmio_write32(TIMER_INTR, TIMER_ALARM_0);
    mprom_nvic_clear(TIMER_INTERRUPT);
    mprom_mmio_write32(TIMER_ALARM0, at);
}

static bool counter_is_over(void)
{
    return mprom_mmio_read32(TIMER_INTR) & TIMER_ALARM_0;
}

const struct mprom_counter mprom_rp2_counter = {
    .open = counter_open,
    .count = counter_count,
    .arm = counter_arm,
    .is_over = counter_is_over,
};
