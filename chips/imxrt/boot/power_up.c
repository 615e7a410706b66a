/* The first thing that runs on the chip. */
#include <stdint.h>

#include "arch/cortex_m/cortex_m7_regs.h"
#include "arch/cortex_m/cortex_m_regs.h"
#include "arch/mmio.h"
#include "chips/imxrt/port/port.h"
#include "chips/imxrt/port/series.h"
#include "chips/imxrt/regs/imxrt_regs.h"

/* From the linker script. */
extern volatile uint32_t link_ram_code_load[];
extern volatile uint32_t link_ram_code_start[];
extern volatile uint32_t link_ram_code_end[];
extern const uint8_t link_vectors[];

/*
 * A cache that is on holds nothing of ours. RAM is there before the first store to it. Without the instruction cache each
 * instruction would wait for the flash: the watchdog could be over before it is stopped.
 */
void mprom_imxrt_power_up(void)
{
    if (mprom_mmio_read32(SCB_CCR) & (SCB_CCR_DC | SCB_CCR_IC)) {
        mprom_mmio_write32(SCB_CCR, mprom_mmio_read32(SCB_CCR) & ~(SCB_CCR_DC | SCB_CCR_IC));
    }
    mprom_mmio_write32(MPU_CTRL, 0);
    mprom_mmio_write32(SCB_VTOR, (uint32_t)link_vectors);
    if (mprom_imxrt_series.flexram_banks != 0) {
        mprom_mmio_write32(IOMUXC_GPR17, mprom_imxrt_series.flexram_banks);
        mprom_mmio_write32(IOMUXC_GPR16, mprom_mmio_read32(IOMUXC_GPR16) | IOMUXC_GPR16_FLEXRAM_BANK_CFG_SEL);
    }
    mprom_cpu_barrier();
    mprom_mmio_write32(SCB_ICIALLU, 0);
    mprom_cpu_barrier();
    mprom_mmio_write32(SCB_CCR, mprom_mmio_read32(SCB_CCR) | SCB_CCR_IC);
    mprom_cpu_barrier();
    volatile uint32_t *from = link_ram_code_load;
    for (volatile uint32_t *to = link_ram_code_start; to < link_ram_code_end;) {
        *to++ = *from++;
    }
    mprom_cpu_barrier();
}
