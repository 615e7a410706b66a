/* Boards whose segments lie in a serial flash. */
#include "port_serial.h"

#include "cortex_m7.h"
#include "port.h"

enum {
    CHIP_HZ_MAX = 50000000 /* at which every chip answers to the read of its tables (JESD216) */
};

static struct serial_bus serial;
static struct spi_nor nor;

/* Reads of a serial flash are slow: there the L1 caches pay off. */
const struct flash *port_flash_open(const struct stm32_board *board)
{
    cortex_m7_cache_start();
    for (int i = 0; i < STM32_SERIAL_PINS; i++) {
        pin_connect(board->serial[i], PIN_FAST);
    }
    port_serial_open(&serial, board, (clock_rates()->cpu_hz + CHIP_HZ_MAX - 1) / CHIP_HZ_MAX);
    return spi_nor_start(&nor, &serial.bus) ? NULL : &nor.flash;
}
