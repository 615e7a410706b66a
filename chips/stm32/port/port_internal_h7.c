/* Boards with an H7 whose segments lie in the internal flash. */
#include "arch/cortex_m/cortex_m7.h"
#include "chips/stm32/driver/flash_h7.h"
#include "chips/stm32/port/family.h"
#include "chips/stm32/port/port.h"

static struct mprom_flash_h7 flash;

/* After a reset the flash has 7 wait states: the L1 caches pay off. */
const struct mprom_flash *mprom_stm32_open_flash(const struct mprom_stm32_board *board)
{
    (void)board;
    if (mprom_flash_h7_open(&flash, mprom_stm32_rates()->cpu_hz)) {
        return NULL;
    }
    mprom_cortex_m7_cache_start();
    return &flash.flash;
}
