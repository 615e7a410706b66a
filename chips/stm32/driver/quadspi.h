/* QUADSPI of the STM32F7 and H7 as the bus of a SPI-NOR chip on bank 1. */
#ifndef MPROM_QUADSPI_H
#define MPROM_QUADSPI_H

#include "chips/stm32/driver/serial_bus.h"

/* H743 and H747; the H723 has OCTOSPI in its place. */
extern const struct mprom_serial_controller mprom_quadspi_f7;
extern const struct mprom_serial_controller mprom_quadspi_h7;

/*
 * Starts the controller, whatever state it was in; its pins are connected already. The flash gets the AHB clock
 * divided by prescaler, 1 to MPROM_SERIAL_PRESCALER_MAX. See serial_bus.h for the rest.
 */
void mprom_quadspi_open(struct mprom_serial_bus *serial, const struct mprom_serial_controller *controller,
                        uint32_t prescaler, void (*wait_us)(uint32_t us));

#endif
