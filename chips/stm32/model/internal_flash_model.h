/* The internal flash of a part: the controller that its family has. */
#ifndef MPROM_STM32_INTERNAL_FLASH_MODEL_H
#define MPROM_STM32_INTERNAL_FLASH_MODEL_H

#include "chips/stm32/model/flash_f4_model.h"
#include "chips/stm32/model/flash_h7_model.h"

struct internal_flash_model {
    bool is_h7;
    struct flash_f4_model f4;
    struct flash_h7_model h7;
    struct model *model;
    const struct model_window *window;
    const struct mprom_flash_geometry *geometry;
    const uint64_t *worked_ns;
};

/* m7: the CPU's caches if they matter to this flash, else NULL. */
void internal_flash_model_open(struct internal_flash_model *flash, const struct stm32_part *part,
                               struct cortex_m7_model *m7, const struct model_bus *bus);
void internal_flash_model_reset(struct internal_flash_model *flash, struct cells *cells);

#endif
