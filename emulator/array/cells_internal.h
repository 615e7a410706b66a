/* What the sources of the cells share. */
#ifndef MPROM_EMULATOR_CELLS_INTERNAL_H
#define MPROM_EMULATOR_CELLS_INTERNAL_H

#include "emulator/array/cells.h"

extern const struct mprom_flash_ops cells_ops;

#endif
