/* Boards with an H7 whose segments lie in the internal flash. */
#include "cortex_m7.h"
#include "family.h"
#include "flash_h7.h"
#include "port.h"

static struct flash_h7 flash;

/* After a reset the flash has 7 wait states: the L1 caches pay off. */
const struct flash *port_flash_open(const struct stm32_board *board)
{
    (void)board;
    if (flash_h7_open(&flash, clock_rates()->cpu_hz)) {
        return NULL;
    }
    cortex_m7_cache_start();
    return &flash.flash;
}
