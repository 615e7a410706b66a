/* GPT1, which counts microseconds through 32 bits. */
#include "arch/cortex_m/nvic.h"
#include "arch/mmio.h"
#include "chips/imxrt/port/port.h"
#include "chips/imxrt/port/series.h"
#include "chips/imxrt/regs/imxrt_regs.h"

enum {
    TICKS_PER_S = 1000000
};

static void gpt_write(uint32_t off, uint32_t value)
{
    mprom_mmio_write32(mprom_imxrt_series.gpt + off, value);
}

/* It runs on where it gets to what it is compared with. */
static void counter_open(void)
{
    gpt_write(GPT_CR_OFF, 0);
    gpt_write(GPT_PR_OFF, MPROM_IMXRT_CLOCK_HZ / TICKS_PER_S - 1);
    gpt_write(GPT_SR_OFF, GPT_SR_OF1);
    gpt_write(GPT_IR_OFF, GPT_SR_OF1);
    gpt_write(GPT_CR_OFF, GPT_CR_FRR | GPT_CR_CLKSRC_ROOT);
    gpt_write(GPT_CR_OFF, GPT_CR_FRR | GPT_CR_CLKSRC_ROOT | GPT_CR_EN);
    mprom_nvic_enable(mprom_imxrt_series.gpt_interrupt);
}

static uint32_t counter_count(void)
{
    return mprom_mmio_read32(mprom_imxrt_series.gpt + GPT_CNT_OFF);
}

static void counter_arm(uint32_t at)
{
    gpt_write(GPT_OCR1_OFF, at);
    gpt_write(GPT_SR_OFF, GPT_SR_OF1);
    mprom_nvic_clear(mprom_imxrt_series.gpt_interrupt);
}

static bool counter_is_over(void)
{
    return mprom_mmio_read32(mprom_imxrt_series.gpt + GPT_SR_OFF) & GPT_SR_OF1;
}

const struct mprom_counter mprom_imxrt_counter = {
    .open = counter_open,
    .count = counter_count,
    .arm = counter_arm,
    .is_over = counter_is_over,
};
