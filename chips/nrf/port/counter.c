/* TIMER0, which counts microseconds through 32 bits. */
#include "arch/cortex_m/nvic.h"
#include "arch/mmio.h"
#include "chips/nrf/port/port.h"
#include "chips/nrf/regs/nrf_regs.h"

enum {
    PRESCALER = 4 /* 1 MHz */
};

static void counter_open(void)
{
    mprom_mmio_write32(TIMER0_BITMODE, TIMER0_BITMODE_32);
    mprom_mmio_write32(TIMER0_PRESCALER, PRESCALER);
    mprom_mmio_write32(TIMER0_INTENSET, TIMER0_INTEN_COMPARE_0);
    mprom_mmio_write32(TIMER0_TASKS_START, 1);
    mprom_nvic_enable(TIMER0_INTERRUPT);
}

/* The counter itself cannot be read. */
static uint32_t counter_count(void)
{
    mprom_mmio_write32(TIMER0_TASKS_CAPTURE_1, 1);
    return mprom_mmio_read32(TIMER0_CC_1);
}

static void counter_arm(uint32_t at)
{
    mprom_mmio_write32(TIMER0_CC_0, at);
    mprom_mmio_write32(TIMER0_EVENTS_COMPARE_0, 0);
    mprom_nvic_clear(TIMER0_INTERRUPT);
}

static bool counter_is_over(void)
{
    return mprom_mmio_read32(TIMER0_EVENTS_COMPARE_0);
}

const struct mprom_counter mprom_nrf_counter = {
    .open = counter_open,
    .count = counter_count,
    .arm = counter_arm,
    .is_over = counter_is_over,
};
