/* TIM2, which counts microseconds through 32 bits. */
#include "arch/cortex_m/nvic.h"
#include "arch/mmio.h"
#include "chips/stm32/port/family.h"
#include "chips/stm32/port/port.h"
#include "chips/stm32/regs/stm32f4_regs.h"

enum {
    TICKS_PER_S = 1000000
};

static void counter_open(void)
{
    mprom_mmio_write32(mprom_stm32_family.apb1_enable,
                       mprom_mmio_read32(mprom_stm32_family.apb1_enable) | RCC_APB1ENR_TIM2EN);
    mprom_mmio_write32(TIM2_BASE + TIM_PSC, mprom_stm32_rates()->timer_hz / TICKS_PER_S - 1);
    mprom_mmio_write32(TIM2_BASE + TIM_EGR, TIM_EGR_UG); /* takes the prescaler over */
    mprom_mmio_write32(TIM2_BASE + TIM_SR, 0);
    mprom_mmio_write32(TIM2_BASE + TIM_DIER, TIM_DIER_CC1IE);
    mprom_mmio_write32(TIM2_BASE + TIM_CR1, TIM_CR1_CEN);
    mprom_nvic_enable(TIM2_INTERRUPT);
}

static uint32_t counter_count(void)
{
    return mprom_mmio_read32(TIM2_BASE + TIM_CNT);
}

static void counter_arm(uint32_t at)
{
    mprom_mmio_write32(TIM2_BASE + TIM_CCR1, at);
    mprom_mmio_write32(TIM2_BASE + TIM_SR, ~TIM_SR_CC1IF);
    mprom_nvic_clear(TIM2_INTERRUPT);
}

static bool counter_is_over(void)
{
    return mprom_mmio_read32(TIM2_BASE + TIM_SR) & TIM_SR_CC1IF;
}

const struct mprom_counter mprom_stm32_counter = {
    .open = counter_open,
    .count = counter_count,
    .arm = counter_arm,
    .is_over = counter_is_over,
};
