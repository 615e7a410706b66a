/* What boards with their segments in a serial flash have in common: port_quadspi.c or port_octospi.c fills it in. */
#ifndef MPROM_STM32_PORT_SERIAL_H
#define MPROM_STM32_PORT_SERIAL_H

#include "chips/stm32/board.h"
#include "chips/stm32/driver/serial_bus.h"

/* Starts the controller, whose pins are connected. */
void mprom_stm32_open_serial(struct mprom_serial_bus *serial, const struct mprom_stm32_board *board,
                             uint32_t prescaler);

#endif
