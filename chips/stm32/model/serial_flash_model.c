#include "chips/stm32/model/serial_flash_model.h"

#include "emulator/parts/nor_parts.h"

static void controller_open(struct serial_flash_model *serial, const struct stm32_part *part,
                            const struct serial_wiring *wiring)
{
    serial->is_octospi = stm32_part_has_octospi(part);
    if (serial->is_octospi) {
        serial->lines = &serial->octospi.lines;
        serial->models[0] = &serial->octospi.model;
        serial->models[1] = &serial->octospi.manager;
        octospi_model_open(&serial->octospi, wiring);
        return;
    }
    serial->lines = &serial->quadspi.lines;
    serial->models[0] = &serial->quadspi.model;
    serial->models[1] = NULL;
    quadspi_model_open(&serial->quadspi, part->family, wiring);
}

bool serial_flash_model_open(struct serial_flash_model *serial, const struct mprom_stm32_board *board,
                             const struct rcc_model *rcc, const struct gpio_model *ports, struct cells *cells,
                             const struct model_bus *bus)
{
    const struct stm32_part *part = stm32_part_find(board->part);
    const struct nor_part *chip = board->chip != NULL ? nor_part_find(board->chip) : NULL;
    if (part == NULL || part->family == PART_F4 || chip == NULL) {
        return false;
    }
    nor_chip_open(&serial->chip, chip, cells);
    const struct serial_wiring wiring = {rcc, ports, board->serial, &serial->chip, &serial->m7, bus};
    for (int i = 0; i < CORTEX_M7_MODELS; i++) {
        serial->models[2 + i] = &serial->m7.models[i];
    }
    controller_open(serial, part, &wiring);
    return cortex_m7_model_open(&serial->m7, stm32_part_cache_kib(part), SERIAL_MODEL_WINDOW, chip->geometry->size,
                                bus);
}

void serial_flash_model_reset(struct serial_flash_model *serial)
{
    cortex_m7_model_reset(&serial->m7);
    if (serial->is_octospi) {
        octospi_model_reset(&serial->octospi);
    } else {
        quadspi_model_reset(&serial->quadspi);
    }
}
