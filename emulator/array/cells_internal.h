/* What the sources of the cells share. */
#ifndef MPROM_EMULATOR_CELLS_INTERNAL_H
#define MPROM_EMULATOR_CELLS_INTERNAL_H

#include "emulator/array/cells.h"

extern const struct mprom_flash_ops cells_ops;

/* Cells without contents yet, and with those that planes hold. */
int cells_prepare(struct cells *cells, const struct mprom_flash_geometry *geometry);
void cells_adopt(struct cells *cells, uint8_t *planes);

#endif
