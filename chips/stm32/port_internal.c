/* Boards with an F4 or F7 whose segments lie in the internal flash. */
#include "chips/mmio.h"
#include "family.h"
#include "flash_f4.h"
#include "port.h"
#include "stm32f4_regs.h"

static struct mprom_flash_f4 flash;

const struct mprom_flash *mprom_port_flash_open(const struct mprom_stm32_board *board)
{
    (void)board;
    if (mprom_flash_f4_open(&flash, mprom_clock_rates()->cpu_hz)) {
        return NULL;
    }
    mprom_mmio_write32(FLASH_ACR, mprom_mmio_read32(FLASH_ACR) | flash.cache_enable);
    return &flash.flash;
}
