/* QUADSPI of the STM32F7 and H7 as the bus of a SPI-NOR chip on bank 1. */
#ifndef MPROM_QUADSPI_H
#define MPROM_QUADSPI_H

#include "serial_bus.h"

/* H743 and H747; the H723 has OCTOSPI in its place. */
extern const struct serial_controller quadspi_f7;
extern const struct serial_controller quadspi_h7;

/*
 * Starts the controller, whatever state it was in; its pins are connected already. The flash gets the AHB clock
 * divided by prescaler, 1 to SERIAL_PRESCALER_MAX. See serial_bus.h for the rest.
 */
void quadspi_open(struct serial_bus *serial, const struct serial_controller *controller, uint32_t prescaler,
                  void (*wait_us)(uint32_t us));

#endif
