/* What must not wait for the flash: it lies in RAM, with its constants. */
#include "arch/mmio.h"
#include "chips/imxrt/port/port.h"
#include "chips/imxrt/regs/imxrt_regs.h"

static uint32_t base;

void mprom_imxrt_ram_wait_open(uint32_t gpt)
{
    base = gpt;
}

/* What was armed ends it; the count does if that was too late to see it. */
void mprom_imxrt_ram_wait(uint32_t us)
{
    uint32_t start = mprom_mmio_read32(base + GPT_CNT_OFF);
    mprom_mmio_write32(base + GPT_OCR1_OFF, start + us + 1); /* the current microsecond is not a whole one any more */
    mprom_mmio_write32(base + GPT_SR_OFF, GPT_SR_OF1);
    while (!(mprom_mmio_read32(base + GPT_SR_OFF) & GPT_SR_OF1) &&
           mprom_mmio_read32(base + GPT_CNT_OFF) - start <= us) {
    }
}

void mprom_imxrt_watchdog_stop(uint32_t rtwdog)
{
    uint32_t control = mprom_mmio_read32(rtwdog + RTWDOG_CS_OFF);
    if (control & RTWDOG_CS_EN) {
        mprom_mmio_write32(rtwdog + RTWDOG_CNT_OFF, RTWDOG_CNT_KEY);
        mprom_mmio_write32(rtwdog + RTWDOG_TOVAL_OFF, RTWDOG_TOVAL_MAX);
        mprom_mmio_write32(rtwdog + RTWDOG_CS_OFF, (control & ~RTWDOG_CS_EN) | RTWDOG_CS_UPDATE);
        mprom_cpu_barrier();
    }
}
