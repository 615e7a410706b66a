/* The rates of all clocks, and TIM2, which counts microseconds through 32 bits. */
#include "arch/cortex_m/cortex_m_regs.h"
#include "arch/mmio.h"
#include "chips/stm32/port/family.h"
#include "chips/stm32/port/port.h"
#include "chips/stm32/regs/stm32f4_regs.h"
#include "micropython/firmware/board.h"

enum {
    TICKS_PER_S = 1000000
};

static struct mprom_stm32_clocks clock_rate;
static uint32_t clock_last;
static uint32_t clock_wraps;

bool mprom_clock_speed_up(const struct mprom_stm32_board *board)
{
    uint32_t hz = mprom_stm32_family.clock_hz;
    clock_rate = (struct mprom_stm32_clocks){.cpu_hz = hz, .apb1_hz = hz, .apb2_hz = hz, .timer_hz = hz};
    return board->clock_hz == 0 ||
           (mprom_stm32_family.speed_up != NULL && mprom_stm32_family.speed_up(board, &clock_rate));
}

const struct mprom_stm32_clocks *mprom_clock_rates(void)
{
    return &clock_rate;
}

uint32_t mprom_clock_count(void)
{
    return mprom_mmio_read32(TIM2_BASE + TIM_CNT);
}

void mprom_clock_open(void)
{
    mprom_mmio_write32(mprom_stm32_family.apb1_enable,
                       mprom_mmio_read32(mprom_stm32_family.apb1_enable) | RCC_APB1ENR_TIM2EN);
    mprom_mmio_write32(TIM2_BASE + TIM_PSC, clock_rate.timer_hz / TICKS_PER_S - 1);
    mprom_mmio_write32(TIM2_BASE + TIM_EGR, TIM_EGR_UG); /* takes the prescaler over */
    mprom_mmio_write32(TIM2_BASE + TIM_SR, 0);
    mprom_mmio_write32(TIM2_BASE + TIM_DIER, TIM_DIER_CC1IE);
    mprom_mmio_write32(TIM2_BASE + TIM_CR1, TIM_CR1_CEN);
}

void mprom_clock_update(void)
{
    uint32_t now = mprom_clock_count();
    clock_wraps += now < clock_last;
    clock_last = now;
}

uint64_t board_clock_us(void)
{
    mprom_clock_update();
    return (uint64_t)clock_wraps << 32 | clock_last;
}

/* The comparison ends it; the count does if that was too late to see it. */
void mprom_clock_wait(uint32_t us)
{
    uint32_t start = mprom_clock_count();
    mprom_mmio_write32(TIM2_BASE + TIM_CCR1,
                       start + us + 1); /* the current microsecond is not a whole one any more */
    mprom_mmio_write32(TIM2_BASE + TIM_SR, ~TIM_SR_CC1IF);
    while (!(mprom_mmio_read32(TIM2_BASE + TIM_SR) & TIM_SR_CC1IF) && mprom_clock_count() - start <= us) {
    }
}
