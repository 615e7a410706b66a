/* The interrupt controller of a Cortex-M, for ports whose interrupts only wake the CPU. */
#ifndef MPROM_NVIC_H
#define MPROM_NVIC_H

#include "arch/cortex_m/cortex_m_regs.h"
#include "arch/mmio.h"

/* From now on the interrupt wakes the CPU. */
static inline void mprom_nvic_enable(uint32_t number)
{
    mprom_mmio_write32(NVIC_ISER + number / 32u * 4u, 1u << (number % 32u));
}

/* It does not pend any more, if its line is low. */
static inline void mprom_nvic_clear(uint32_t number)
{
    mprom_mmio_write32(NVIC_ICPR + number / 32u * 4u, 1u << (number % 32u));
}

#endif
