/* Boards whose segments lie in a serial flash. */
#include "chips/stm32/port/port_serial.h"

#include "arch/cortex_m/cortex_m7.h"
#include "chips/stm32/port/port.h"

enum {
    TABLES_HZ_MAX = 50000000, /* at which every chip answers to the read of its tables (JESD216) */
    /*
     * MicroPython's own firmware runs the chips of these boards at it when an F7 is at its fastest. W25Q64JV's data
     * sheet allows 104 MHz at any supply.
     */
    CHIP_HZ_MAX = 72000000,
};

static struct mprom_serial_bus serial;
static struct mprom_spi_nor nor;

static uint32_t prescaler_for(uint32_t hz_max)
{
    return (mprom_stm32_rates()->cpu_hz + hz_max - 1) / hz_max;
}

/* Reads of a serial flash are slow: there the L1 caches pay off. */
const struct mprom_flash *mprom_stm32_open_flash(const struct mprom_stm32_board *board)
{
    mprom_cortex_m7_cache_start();
    for (int i = 0; i < MPROM_STM32_SERIAL_PINS; i++) {
        mprom_stm32_pin_connect(board->serial[i], PIN_FAST);
    }
    mprom_stm32_open_serial(&serial, board, prescaler_for(TABLES_HZ_MAX));
    bool is_started = mprom_spi_nor_start(&nor, &serial.bus) == 0 &&
                      mprom_serial_bus_set_prescaler(&serial, prescaler_for(CHIP_HZ_MAX), &nor.read) == 0;
    return is_started ? &nor.flash : NULL;
}
