/*
 * Microseconds are those of the system counter REFCLK, of 64 bits at 100 MHz, which has no interrupt that is documented.
 * A channel of UTIMER, of 32 bits at 400 MHz, wakes the CPU: it gets 10 s ahead. A later end is waited for in such steps.
 */
#include "arch/cortex_m/nvic.h"
#include "arch/mmio.h"
#include "chips/alif/port/port.h"
#include "chips/alif/regs/alif_regs.h"

enum {
    CHANNEL = 11,
    INTERRUPT = UTIMER_INTERRUPT + CHANNEL * 8 + 2, /* COMPARE_A_BUF1 */
    TICKS_PER_US = 100,
    STEPS_PER_US = 400,
    AHEAD_US_MAX = 10000000,
};

static uint32_t armed_at;

static uint32_t channel(uint32_t off)
{
    return UTIMER_CHANNEL + CHANNEL * UTIMER_CHANNEL_NEXT + off;
}

static void counter_open(void)
{
    mprom_mmio_write32(REFCLK_CNTCR, mprom_mmio_read32(REFCLK_CNTCR) | REFCLK_CNTCR_EN);
    mprom_mmio_write32(UTIMER_GLB_CLOCK_ENABLE, mprom_mmio_read32(UTIMER_GLB_CLOCK_ENABLE) | 1u << CHANNEL);
    mprom_mmio_write32(channel(UTIMER_CNTR_CTRL), UTIMER_CNTR_CTRL_EN);
    mprom_mmio_write32(channel(UTIMER_CNTR_PTR), UINT32_MAX);
    mprom_mmio_write32(channel(UTIMER_COMPARE_CTRL_A), UTIMER_COMPARE_CTRL_A_EN);
    mprom_mmio_write32(channel(UTIMER_START_1_SRC), UTIMER_START_1_SRC_PGM_EN);
    mprom_mmio_write32(UTIMER_GLB_CNTR_START, 1u << CHANNEL);
    mprom_nvic_enable(INTERRUPT);
}

/* The upper half may go on between two looks. */
static uint32_t counter_count(void)
{
    uint32_t high = mprom_mmio_read32(REFCLK_CNTCVH);
    uint32_t low = mprom_mmio_read32(REFCLK_CNTCVL);
    uint32_t again = mprom_mmio_read32(REFCLK_CNTCVH);
    while (again != high) {
        high = again;
        low = mprom_mmio_read32(REFCLK_CNTCVL);
        again = mprom_mmio_read32(REFCLK_CNTCVH);
    }
    return (uint32_t)(((uint64_t)high << 32 | low) / TICKS_PER_US);
}

static void counter_arm(uint32_t at)
{
    uint32_t ahead_us = at - counter_count();
    ahead_us = ahead_us < AHEAD_US_MAX ? ahead_us : AHEAD_US_MAX;
    armed_at = at;
    mprom_mmio_write32(channel(UTIMER_CHAN_INTERRUPT_MASK), UINT8_MAX);
    mprom_mmio_write32(channel(UTIMER_COMPARE_A_BUF1),
                       mprom_mmio_read32(channel(UTIMER_CNTR)) + ahead_us * STEPS_PER_US);
    mprom_mmio_write32(channel(UTIMER_CHAN_INTERRUPT), UTIMER_CHAN_INTERRUPT_COMPARE_A_BUF1);
    mprom_mmio_write32(channel(UTIMER_CHAN_INTERRUPT_MASK), UINT8_MAX & ~UTIMER_CHAN_INTERRUPT_COMPARE_A_BUF1);
    mprom_nvic_clear(INTERRUPT);
}

/* MicroPython reads the flag; Alif's SVD file says that it can only be written. Then this stays false, which it may. */
static bool counter_is_over(void)
{
    return (mprom_mmio_read32(channel(UTIMER_CHAN_INTERRUPT)) & UTIMER_CHAN_INTERRUPT_COMPARE_A_BUF1) &&
           (int32_t)(counter_count() - armed_at) >= 0;
}

const struct mprom_counter mprom_alif_counter = {
    .open = counter_open,
    .count = counter_count,
    .arm = counter_arm,
    .is_over = counter_is_over,
};
