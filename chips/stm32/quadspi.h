/* QUADSPI of the STM32F7 as the bus of a SPI-NOR chip on bank 1. */
#ifndef MPROM_QUADSPI_H
#define MPROM_QUADSPI_H

#include "serial_bus.h"

/*
 * Starts the controller, whatever state it was in; its pins are connected already. The flash gets the AHB clock
 * divided by prescaler, 1 to SERIAL_PRESCALER_MAX. See serial_bus.h for the rest.
 */
void quadspi_open(struct serial_bus *serial, uint32_t prescaler, void (*wait_us)(uint32_t us));

#endif
