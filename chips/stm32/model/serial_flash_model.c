#include "serial_flash_model.h"

#include "emulator/nor_parts.h"

bool serial_flash_model_open(struct serial_flash_model *serial, const struct stm32_board *board,
                             const struct rcc_model *rcc, const struct gpio_model *ports, struct cells *cells,
                             const struct model_report *report)
{
    const struct nor_part *part = board->chip != NULL ? nor_part_find(board->chip) : NULL;
    if (part == NULL) {
        return false;
    }
    nor_chip_open(&serial->chip, part, cells);
    const struct serial_wiring wiring = {rcc, ports, board->quadspi, &serial->chip, &serial->m7, report};
    bool has_m7 = cortex_m7_model_open(&serial->m7, SERIAL_MODEL_WINDOW, part->geometry->size, report);
    return quadspi_model_open(&serial->quadspi, &wiring) && has_m7;
}

void serial_flash_model_close(struct serial_flash_model *serial)
{
    cortex_m7_model_close(&serial->m7);
    quadspi_model_close(&serial->quadspi);
}

void serial_flash_model_reset(struct serial_flash_model *serial)
{
    cortex_m7_model_reset(&serial->m7);
    quadspi_model_reset(&serial->quadspi);
}
