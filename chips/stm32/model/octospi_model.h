/*
 * The registers of the STM32H723's OCTOSPI1 and of its I/O manager, with a SPI-NOR chip on port 1, strictly. Written
 * from chips/stm32/facts.md and from RM0456 28, without a look at the driver.
 *
 * Writes while it is busy have no effect and are not told of, says the manual; here each is a violation.
 */
#ifndef MPROM_OCTOSPI_MODEL_H
#define MPROM_OCTOSPI_MODEL_H

#include "chips/stm32/model/serial_lines.h"

enum {
    OCTOSPI_SETTINGS = 10 /* registers that keep what is written to them */
};

struct octospi_model {
    struct model model;
    struct model manager; /* OCTOSPIM */
    struct serial_lines lines;
    struct rcc_gate gate;
    struct rcc_gate manager_gate;
    uint32_t resets_seen;
    uint32_t cr;
    uint32_t settings[OCTOSPI_SETTINGS];
    uint32_t manager_cr;
    uint32_t ports[2]; /* P1CR, P2CR */
};

void octospi_model_open(struct octospi_model *octospi, const struct serial_wiring *wiring);

/* As after a reset of the microcontroller, which the chip takes no notice of. The chip's cells must be open. */
void octospi_model_reset(struct octospi_model *octospi);

#endif
