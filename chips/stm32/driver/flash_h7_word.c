/* How error correction tells of a torn word: RM0399 4.7.7. */
#include "chips/stm32/driver/flash_h7_word.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "mprom/error.h"

#include "arch/cortex_m/cortex_m7.h"
#include "arch/cortex_m/cortex_m7_regs.h"
#include "arch/mmio.h"
#include "chips/stm32/regs/stm32h7_flash_regs.h"

enum {
    BANK_DISTANCE = 1024 * 1024, /* RM0399 tables 14 and 15 */
    WORD_SIZE = 32,
    WORD_LOADS = WORD_SIZE / 4,
    PROBES = 8,
};

/*
 * Loads a flash word while bus faults are ignored, and asks the controller whether its error correction gave it up
 * (RM0399 4.7.7). What was read last stays in a buffer (4.3.8), and lines in the data cache: another word is read
 * before, so that this one comes from the array. A flag may also tell of a word that the CPU read on its own account;
 * then FLASH_ECC_FA has the number of that one, and nothing is known about this.
 */
static bool h7_try_word(uint32_t off, uint32_t *word)
{
    uint32_t bank = FLASH_BASE_H7 + off / BANK_DISTANCE * FLASH_BANK_DISTANCE;
    uint32_t address = FLASH_MEMORY + off;
    for (int probes = 0; probes < PROBES; probes++) {
        mprom_cortex_m7_data_drop(address & ~(2 * WORD_SIZE - 1u), 2 * WORD_SIZE);
        (void)mprom_mmio_read32(address ^ WORD_SIZE);
        mprom_cpu_barrier();
        mprom_mmio_write32(bank + FLASH_CCR, FLASH_SR_ECC);
        for (uint32_t i = 0; i < WORD_LOADS; i++) {
            word[i] = mprom_mmio_read32(address + 4 * i);
        }
        mprom_cpu_barrier();
        if (!(mprom_mmio_read32(bank + FLASH_SR) & FLASH_SR_DBECCERR)) {
            return true;
        }
        if (mprom_mmio_read32(bank + FLASH_ECC_FA) == off % BANK_DISTANCE / WORD_SIZE) {
            return false;
        }
    }
    return false;
}

/*
 * FAULTMASK raises the priority so far that the CPU goes on after a bus fault if BFHFNMIGN is set (Armv7-M B3.2.8).
 * No interrupt is taken meanwhile.
 */
static bool h7_load_word(uint32_t off, uint32_t *word)
{
    uint32_t faultmask = mprom_cpu_fault_mask();
    uint32_t control = mprom_mmio_read32(SCB_CCR);
    mprom_mmio_write32(SCB_CCR, control | SCB_CCR_BFHFNMIGN);
    mprom_cpu_barrier();
    bool good = h7_try_word(off, word);
    mprom_mmio_write32(SCB_CCR, control);
    mprom_cpu_barrier();
    mprom_cpu_fault_restore(faultmask);
    return good;
}

/* Word by word: one that read well before may not do so now. */
int mprom_flash_h7_load(uint32_t off, void *dst, uint32_t size)
{
    uint8_t *to = dst;
    while (size > 0) {
        uint32_t word[WORD_LOADS];
        uint32_t inner = off % WORD_SIZE;
        uint32_t n = size < WORD_SIZE - inner ? size : WORD_SIZE - inner;
        if (!h7_load_word(off - inner, word)) {
            return -MPROM_EBADMSG;
        }
        if (to != NULL) {
            memcpy(to, (const uint8_t *)word + inner, n);
            to += n;
        }
        off += n;
        size -= n;
    }
    return 0;
}
