/* F4 and F7 have one flash controller: RM0090 3.9, RM0410 3.7. */
#include <string.h>

#include "mprom/flash.h"

#include "arch/cortex_m/cortex_m7.h"
#include "arch/mmio.h"
#include "chips/stm32/regs/stm32f4_regs.h"
#include "micropython/port/stm32/family.h"

enum {
    DEVICE_F76X = 0x451 /* and F77x */
};

/* MicroPython would erase another sector than it is asked to: its table is that of one bank. */
static const char *f7_fault(void)
{
    bool is_f76x = (mprom_mmio_read32(DBGMCU_IDCODE) & DBGMCU_IDCODE_DEV_MASK) == DEVICE_F76X;
    if (is_f76x && !(mprom_mmio_read32(FLASH_OPTCR) & FLASH_OPTCR_NDBANK)) {
        return "the option nDBANK divides the flash into two banks, which MicroPython does not know: set it to 1";
    }
    return NULL;
}

static const char *f4_fault(void)
{
    return NULL;
}

static void f4_clear_errors(uint32_t address)
{
    (void)address;
    mprom_mmio_write32(FLASH_SR, FLASH_SR_ERRORS | FLASH_SR_EOP);
}

/* ST's HAL looks after the caches of an F4, which lie in its flash interface. */
static void f4_written(uint32_t address, uint32_t size)
{
    (void)address;
    (void)size;
}

static void f7_written(uint32_t address, uint32_t size)
{
    mprom_cortex_m7_cache_drop(address, size);
}

static int f4_load(uint32_t address, void *dst, uint32_t size)
{
    if (dst != NULL) {
        memcpy(dst, mprom_mmio_map(address), size);
    }
    return 0;
}

const struct mprom_port_stm32_family mprom_port_stm32_f4 = {
    .program_size = sizeof(uint32_t),
    .program_count = MPROM_FLASH_PROGRAM_ANY,
    .fault = f4_fault,
    .clear_errors = f4_clear_errors,
    .written = f4_written,
    .load = f4_load,
};

const struct mprom_port_stm32_family mprom_port_stm32_f7 = {
    .program_size = sizeof(uint32_t),
    .program_count = MPROM_FLASH_PROGRAM_ANY,
    .fault = f7_fault,
    .clear_errors = f4_clear_errors,
    .written = f7_written,
    .load = f4_load,
};
