#include "chips/stm32/model/internal_flash_model.h"

void internal_flash_model_open(struct internal_flash_model *flash, const struct stm32_part *part,
                               struct cortex_m7_model *m7, const struct model_bus *bus)
{
    flash->is_h7 = part->family == PART_H7;
    if (flash->is_h7) {
        flash_h7_model_open(&flash->h7, part, m7, bus);
    } else {
        flash_f4_model_open(&flash->f4, part, part->optcr, bus);
    }
    flash->model = flash->is_h7 ? &flash->h7.model : &flash->f4.model;
    flash->window = flash->is_h7 ? &flash->h7.window : &flash->f4.window;
    flash->worked_ns = flash->is_h7 ? &flash->h7.worked_ns : &flash->f4.worked_ns;
    flash->geometry = flash->is_h7 ? &flash->h7.geometry : &flash->f4.geometry;
}

void internal_flash_model_reset(struct internal_flash_model *flash, struct cells *cells)
{
    if (flash->is_h7) {
        flash_h7_model_reset(&flash->h7, cells);
    } else {
        flash_f4_model_reset(&flash->f4, cells);
    }
}
