/* Boards whose segments lie in a serial flash at QUADSPI. */
#include "port.h"
#include "port_serial.h"
#include "quadspi.h"

void port_serial_open(struct serial_bus *serial, const struct stm32_board *board, uint32_t prescaler)
{
    bool is_h7 = board->part[5] == 'H'; /* "STM32H7..." */
    quadspi_open(serial, is_h7 ? &quadspi_h7 : &quadspi_f7, prescaler, clock_wait);
}
