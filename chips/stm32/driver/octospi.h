/* OCTOSPI1 of the STM32H723, on port 1 of its I/O manager, as the bus of a SPI-NOR chip with four data lines. */
#ifndef MPROM_OCTOSPI_H
#define MPROM_OCTOSPI_H

#include "chips/stm32/driver/serial_bus.h"

/*
 * Starts the controller, whatever state it was in; its pins are connected already. The flash gets the kernel clock
 * divided by prescaler, 1 to MPROM_SERIAL_PRESCALER_MAX. See serial_bus.h for the rest.
 */
void mprom_octospi_open(struct mprom_serial_bus *serial, uint32_t prescaler, void (*wait_us)(uint32_t us));

#endif
