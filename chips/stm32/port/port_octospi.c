/* Boards whose segments lie in a serial flash at OCTOSPI. */
#include "chips/stm32/driver/octospi.h"
#include "chips/stm32/port/port.h"
#include "chips/stm32/port/port_serial.h"

void mprom_stm32_open_serial(struct mprom_serial_bus *serial, const struct mprom_stm32_board *board,
                             uint32_t prescaler)
{
    (void)board;
    mprom_octospi_open(serial, prescaler, mprom_clock_wait);
}
