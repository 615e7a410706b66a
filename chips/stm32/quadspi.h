/*
 * QUADSPI of the STM32F7 as the bus of a SPI-NOR chip on bank 1, which the CPU reads at 0x90000000 between
 * operations.
 *
 * Around each operation memory-mapped mode is left and entered again, and the MPU keeps the CPU from reading ahead
 * into the window: meanwhile neither code nor data there can be used, by interrupt handlers either. Firmware that
 * runs from the window must have this driver, cortex_m7.c and spi_nor in RAM.
 */
#ifndef MPROM_QUADSPI_H
#define MPROM_QUADSPI_H

#include "mprom/spi_nor.h"

struct quadspi {
    struct spi_nor_bus bus; /* for spi_nor_start() */
    void (*wait_us)(uint32_t us);
    bool has_changed; /* the chip's contents, in this operation */
    uint32_t changed_off;
    uint32_t changed_size; /* 0 if it is not known */
};

enum {
    QUADSPI_PRESCALER_MAX = 16
};

/*
 * Starts the controller, whatever state it was in; its pins are connected already. The flash gets the AHB clock
 * divided by prescaler, 1 to QUADSPI_PRESCALER_MAX. wait_us is as in struct spi_nor_bus_ops. Region 7 of the MPU is
 * used from now on.
 */
void quadspi_open(struct quadspi *quadspi, uint32_t prescaler, void (*wait_us)(uint32_t us));

#endif
