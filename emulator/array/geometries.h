/* Flash geometries that boards have, small enough to sweep over; for tests and for the emulator. */
#ifndef MPROM_EMULATOR_GEOMETRIES_H
#define MPROM_EMULATOR_GEOMETRIES_H

#include "mprom/flash.h"

struct geometry_named {
    const char *name;
    struct mprom_flash_geometry geometry;
};

enum {
    GEOMETRY_COUNT = 17
};

extern const struct geometry_named geometries[GEOMETRY_COUNT];

/* The geometry of that name, or NULL. */
const struct mprom_flash_geometry *geometry_find(const char *name);

#endif
