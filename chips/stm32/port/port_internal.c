/* Boards with an F4 or F7 whose segments lie in the internal flash. */
#include "arch/mmio.h"
#include "chips/stm32/driver/flash_f4.h"
#include "chips/stm32/port/family.h"
#include "chips/stm32/port/port.h"
#include "chips/stm32/regs/stm32f4_regs.h"

static struct mprom_flash_f4 flash;

const struct mprom_flash *mprom_stm32_open_flash(const struct mprom_stm32_board *board)
{
    (void)board;
    if (mprom_flash_f4_open(&flash, mprom_stm32_rates()->cpu_hz)) {
        return NULL;
    }
    mprom_mmio_write32(FLASH_ACR, mprom_mmio_read32(FLASH_ACR) | flash.cache_enable);
    return &flash.flash;
}
