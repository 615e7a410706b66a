/* Boards whose segments lie in a serial flash at OCTOSPI. */
#include "octospi.h"
#include "port.h"
#include "port_serial.h"

void port_serial_open(struct serial_bus *serial, const struct stm32_board *board, uint32_t prescaler)
{
    (void)board;
    octospi_open(serial, prescaler, clock_wait);
}
