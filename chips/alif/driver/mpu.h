/* The regions of the MPU that the flashes of the Ensemble have: they say when the CPU may read and write there. */
#ifndef MPROM_ALIF_MPU_H
#define MPROM_ALIF_MPU_H

#include <stdint.h>

#include "arch/cortex_m/armv8m_regs.h"
#include "arch/mmio.h"

enum {
    /* The last of the eight that every Cortex-M55 with an MPU has. Each has the attribute of the same number. */
    MPROM_ALIF_MPU_MRAM = 6,
    MPROM_ALIF_MPU_OSPI = 7,
};

/* Writes a region while the MPU is off, as MicroPython's port does, and switches it on. Interrupts are masked. */
MPROM_MMIO_INLINE void mprom_alif_mpu_set(uint32_t region, uint32_t base, uint32_t limit)
{
    mprom_cpu_barrier();
    mprom_mmio_write32(MPU_CTRL, 0);
    mprom_mmio_write32(MPU_RNR, region);
    mprom_mmio_write32(MPU_RBAR, base);
    mprom_mmio_write32(MPU_RLAR, limit);
    mprom_mmio_write32(MPU_CTRL, MPU_CTRL_ENABLE | MPU_CTRL_HFNMIENA | MPU_CTRL_PRIVDEFENA);
    mprom_cpu_barrier();
}

/* Says what kind of memory both flashes are. Attributes 4 and 5 are nobody's. */
MPROM_MMIO_INLINE void mprom_alif_mpu_attributes(void)
{
    mprom_mmio_write32(MPU_MAIR1, MPU_MAIR_WRITE_THROUGH << (MPROM_ALIF_MPU_MRAM - 4) * 8 |
                                      MPU_MAIR_NOT_CACHED << (MPROM_ALIF_MPU_OSPI - 4) * 8);
}

#endif
