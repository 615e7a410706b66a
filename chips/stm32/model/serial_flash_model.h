/*
 * What a board with its segments in a serial flash has beyond its peripherals: QUADSPI or OCTOSPI, the chip, a CPU
 * with caches.
 */
#ifndef MPROM_STM32_SERIAL_FLASH_MODEL_H
#define MPROM_STM32_SERIAL_FLASH_MODEL_H

#include "chips/stm32/model/octospi_model.h"
#include "chips/stm32/model/quadspi_model.h"

enum {
    SERIAL_FLASH_MODELS = CORTEX_M7_MODELS + 2
};

struct serial_flash_model {
    struct nor_chip chip;
    struct cortex_m7_model m7;
    bool is_octospi; /* as the board's part has it */
    struct quadspi_model quadspi;
    struct octospi_model octospi;
    struct serial_lines *lines;                /* of the one that there is */
    struct model *models[SERIAL_FLASH_MODELS]; /* all that the CPU reaches by registers; NULL where there is none */
};

/*
 * Returns false if the board names no part or no chip that there is, or one that is too large. The cells are the chip's; the
 * owner opens them before the reset.
 */
bool serial_flash_model_open(struct serial_flash_model *serial, const struct mprom_stm32_board *board,
                             const struct rcc_model *rcc, const struct gpio_model *ports, struct cells *cells,
                             const struct model_bus *bus);

/* As after a reset of the microcontroller. */
void serial_flash_model_reset(struct serial_flash_model *serial);

#endif
