/*
 * The registers of the QUADSPI of the STM32F7 and H7 with a SPI-NOR chip on bank 1, strictly. Written from the fact
 * sheet, without a look at the driver.
 */
#ifndef MPROM_QUADSPI_MODEL_H
#define MPROM_QUADSPI_MODEL_H

#include "chips/stm32/model/serial_lines.h"

struct quadspi_model {
    struct model model;
    struct serial_lines lines;
    struct rcc_gate gate;
    uint32_t resets_seen;
    uint32_t cr;
    uint32_t dcr;
    uint32_t dlr;
    uint32_t ccr;
    uint32_t ar;
    uint32_t abr;
};

/* That of an F7 or H7. */
void quadspi_model_open(struct quadspi_model *quadspi, enum part_family family, const struct serial_wiring *wiring);

/* As after a reset of the microcontroller, which the chip takes no notice of. The chip's cells must be open. */
void quadspi_model_reset(struct quadspi_model *quadspi);

#endif
