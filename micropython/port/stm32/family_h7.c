/*
 * H742 to H757 and H723 to H735: RM0399 4.9. Power failure can tear a flash word such that the CPU faults when it reads
 * it, so the driver of mprom's firmware reads.
 */
#include "mprom/flash.h"

#include "arch/cortex_m/cortex_m7.h"
#include "arch/mmio.h"
#include "chips/stm32/driver/flash_h7_word.h"
#include "chips/stm32/regs/stm32h7_flash_regs.h"
#include "micropython/port/stm32/family.h"

enum {
    BANK_SIZE_MAX = 1024 * 1024 /* where bank 2 begins, in parts that have one */
};

/* MicroPython would erase a sector of the other bank than the one that it is asked to, by RM0399 table 19. */
static const char *h7_fault(void)
{
    if (mprom_mmio_read32(FLASH_BASE_H7 + FLASH_OPTCR) & FLASH_OPTCR_SWAP_BANK) {
        return "the option SWAP_BANK swaps the banks of the flash: set it to 0";
    }
    return NULL;
}

static void h7_clear_errors(uint32_t address)
{
    uint32_t bank = (address - FLASH_MEMORY) / BANK_SIZE_MAX;
    mprom_mmio_write32(FLASH_BASE_H7 + bank * FLASH_BANK_DISTANCE + FLASH_CCR, FLASH_SR_FLAGS);
}

static int h7_load(uint32_t address, void *dst, uint32_t size)
{
    return mprom_flash_h7_load(address - FLASH_MEMORY, dst, size);
}

const struct mprom_port_stm32_family mprom_port_stm32_h7 = {
    .program_size = 32,
    .program_count = 1,
    .bad_read_faults = true,
    .fault = h7_fault,
    .clear_errors = h7_clear_errors,
    .written = mprom_cortex_m7_cache_drop,
    .load = h7_load,
};
