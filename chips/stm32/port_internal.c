/* Boards with an F4 or F7 whose segments lie in the internal flash. */
#include "chips/mmio.h"
#include "family.h"
#include "flash_f4.h"
#include "port.h"
#include "stm32f4_regs.h"

static struct flash_f4 flash;

const struct flash *port_flash_open(const struct stm32_board *board)
{
    (void)board;
    if (flash_f4_open(&flash, clock_rates()->cpu_hz)) {
        return NULL;
    }
    mmio_write32(FLASH_ACR, mmio_read32(FLASH_ACR) | flash.cache_enable);
    return &flash.flash;
}
