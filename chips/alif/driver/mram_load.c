/* How the CPU passes over a bus fault: Armv8-M, B3.9 and D1.2. */
#include "chips/alif/driver/mram_load.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "mprom/error.h"

#include "arch/cortex_m/armv8m_regs.h"
#include "arch/mmio.h"

#define MRAM_BASE 0x80000000u

enum {
    PIECE = 64,
    WORDS = PIECE / 4,
};

/*
 * Loads words while bus faults are ignored; then looks whether there was one. With BFHFNMIGN the CPU goes on after it at
 * the priority that FAULTMASK gives, and the status tells of it.
 */
static bool words_load(uint32_t address, uint32_t *words, uint32_t count)
{
    uint32_t faultmask = mprom_cpu_fault_mask();
    uint32_t control = mprom_mmio_read32(SCB_CCR);
    mprom_mmio_write32(SCB_CCR, control | SCB_CCR_BFHFNMIGN);
    mprom_mmio_write32(SCB_CFSR, SCB_CFSR_BUS_DATA);
    mprom_cpu_barrier();
    for (uint32_t i = 0; i < count; i++) {
        words[i] = mprom_mmio_read32(address + 4 * i);
    }
    mprom_cpu_barrier();
    bool good = (mprom_mmio_read32(SCB_CFSR) & SCB_CFSR_BUS_DATA) == 0;
    mprom_mmio_write32(SCB_CCR, control);
    mprom_cpu_fault_restore(faultmask);
    return good;
}

int mprom_alif_mram_load(uint32_t off, void *dst, uint32_t size)
{
    uint8_t *to = dst;
    while (size > 0) {
        uint32_t words[WORDS];
        uint32_t inner = off % 4;
        uint32_t n = size < PIECE - inner ? size : PIECE - inner;
        if (!words_load(MRAM_BASE + off - inner, words, (inner + n + 3) / 4)) {
            return -MPROM_EBADMSG;
        }
        if (to != NULL) {
            memcpy(to, (const uint8_t *)words + inner, n);
            to += n;
        }
        off += n;
        size -= n;
    }
    return 0;
}
