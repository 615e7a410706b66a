/* The flash and its controller. */
#ifndef MPROM_TEMPLATE_FLASH_MODEL_H
#define MPROM_TEMPLATE_FLASH_MODEL_H

#include "emulator/array/cells.h"
#include "emulator/model/model.h"

struct template_flash_model {
    struct model model;         /* the registers */
    struct model_window window; /* the flash as the CPU sees it */
    struct mprom_flash_geometry geometry;
    struct mprom_flash_region region;
    const struct model_bus *bus;
    struct cells *cells;

    bool is_open; /* takes programs and erases */
    bool failed;  /* the last one of them did */
    uint64_t busy_ns;
    uint64_t worked_ns; /* what programs and erases have taken */
    uint32_t erases;
    bool hangs; /* for tests: operations never end */
};

/* Describes the flash; the caller opens cells of model->geometry, and resets the model before it is used. */
void template_flash_model_open(struct template_flash_model *flash, const struct model_bus *bus);
void template_flash_model_reset(struct template_flash_model *flash, struct cells *cells);

#endif
