/*
 * How drivers reach registers and the CPU: on the target with volatile accesses and instructions, on the PC through
 * functions that a test provides, so that the same driver runs against a chip model.
 */
#ifndef MPROM_MMIO_H
#define MPROM_MMIO_H

#include <stdint.h>

#ifdef __arm__

#define MPROM_MMIO_INLINE static inline __attribute__((always_inline))

/* Code that runs while the flash that holds the program is busy: start-up copies it to RAM. It calls nothing else. */
#define MPROM_RAMFUNC __attribute__((section(".ramfunc"), noinline, long_call))

MPROM_MMIO_INLINE uint32_t mprom_mmio_read32(uint32_t address)
{
    return *(volatile uint32_t *)address;
}

MPROM_MMIO_INLINE uint16_t mprom_mmio_read16(uint32_t address)
{
    return *(volatile uint16_t *)address;
}

MPROM_MMIO_INLINE uint8_t mprom_mmio_read8(uint32_t address)
{
    return *(volatile uint8_t *)address;
}

MPROM_MMIO_INLINE void mprom_mmio_write8(uint32_t address, uint8_t value)
{
    *(volatile uint8_t *)address = value;
}

MPROM_MMIO_INLINE void mprom_mmio_write32(uint32_t address, uint32_t value)
{
    *(volatile uint32_t *)address = value;
}

/* One store of 64 bits, where the CPU has one (Armv7-M); address is a multiple of 8, and low lies there. */
MPROM_MMIO_INLINE void mprom_mmio_write64(uint32_t address, uint32_t low, uint32_t high)
{
    __asm__ volatile("strd %1, %2, [%0]" ::"r"(address), "r"(low), "r"(high) : "memory");
}

/* Where the CPU reads memory. */
MPROM_MMIO_INLINE const void *mprom_mmio_map(uint32_t address)
{
    return (const void *)address;
}

/* What was stored has reached its place. */
MPROM_MMIO_INLINE void mprom_cpu_barrier(void)
{
    __asm__ volatile("dsb\n\tisb" ::: "memory");
}

/* Masks interrupts; returns what mprom_cpu_irq_restore() needs. */
MPROM_MMIO_INLINE uint32_t mprom_cpu_irq_mask(void)
{
    uint32_t primask;
    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(primask)::"memory");
    return primask;
}

MPROM_MMIO_INLINE void mprom_cpu_irq_restore(uint32_t primask)
{
    __asm__ volatile("msr primask, %0" ::"r"(primask) : "memory");
}

/*
 * Masks faults as well as interrupts: with BFHFNMIGN set in CCR, a load that is a bus fault then just goes on, with
 * any value (Armv7-M). Returns what mprom_cpu_fault_restore() needs.
 */
MPROM_MMIO_INLINE uint32_t mprom_cpu_fault_mask(void)
{
    uint32_t faultmask;
    __asm__ volatile("mrs %0, faultmask\n\tcpsid f" : "=r"(faultmask)::"memory");
    return faultmask;
}

MPROM_MMIO_INLINE void mprom_cpu_fault_restore(uint32_t faultmask)
{
    __asm__ volatile("msr faultmask, %0" ::"r"(faultmask) : "memory");
}

/* Until an interrupt that is enabled pends, masked or not. */
MPROM_MMIO_INLINE void mprom_cpu_sleep(void)
{
    __asm__ volatile("dsb\n\twfi" ::: "memory");
}

#else

#define MPROM_MMIO_INLINE static inline
#define MPROM_RAMFUNC

uint32_t mprom_mmio_read32(uint32_t address);
uint16_t mprom_mmio_read16(uint32_t address);
uint8_t mprom_mmio_read8(uint32_t address);
void mprom_mmio_write8(uint32_t address, uint8_t value);
void mprom_mmio_write32(uint32_t address, uint32_t value);
void mprom_mmio_write64(uint32_t address, uint32_t low, uint32_t high);
const void *mprom_mmio_map(uint32_t address);
void mprom_cpu_barrier(void);
uint32_t mprom_cpu_irq_mask(void);
void mprom_cpu_irq_restore(uint32_t primask);
uint32_t mprom_cpu_fault_mask(void);
void mprom_cpu_fault_restore(uint32_t faultmask);
void mprom_cpu_sleep(void);

#endif

#endif
