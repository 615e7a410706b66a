#include "arch/cortex_m/cortex_m_regs.h"
#include "arch/mmio.h"
#include "chips/stm32/port/port.h"
#include "chips/stm32/regs/stm32f4_regs.h"

enum {
    SLEEP_US_MIN = 10 /* a shorter sleep could miss its own end */
};

/* An interrupt that pends ends WFI also while interrupts are masked, which they always are. */
void mprom_sleep(uint32_t timeout_us)
{
    mprom_mmio_write32(NVIC_ISER, 1u << TIM2_INTERRUPT);
    uint32_t start = mprom_clock_count();
    mprom_mmio_write32(TIM2_BASE + TIM_CCR1, start + timeout_us);
    mprom_mmio_write32(TIM2_BASE + TIM_SR, ~TIM_SR_CC1IF);
    mprom_mmio_write32(NVIC_ICPR, 1u << TIM2_INTERRUPT);
    while (timeout_us > SLEEP_US_MIN && mprom_clock_count() - start < timeout_us - SLEEP_US_MIN &&
           !mprom_console_ready()) {
        mprom_cpu_sleep();
    }
}
