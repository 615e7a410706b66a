/* Boards whose segments lie in a serial flash at QUADSPI. */
#include "chips/stm32/driver/quadspi.h"
#include "chips/stm32/port/port.h"
#include "chips/stm32/port/port_serial.h"

void mprom_stm32_open_serial(struct mprom_serial_bus *serial, const struct mprom_stm32_board *board,
                             uint32_t prescaler)
{
    bool is_h7 = board->part[5] == 'H'; /* "STM32H7..." */
    mprom_quadspi_open(serial, is_h7 ? &mprom_quadspi_h7 : &mprom_quadspi_f7, prescaler, mprom_clock_wait);
}
