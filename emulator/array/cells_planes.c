/* What the cells keep: four planes behind one another. */
#include "emulator/array/cells_internal.h"

#include <string.h>

size_t cells_planes_size(const struct mprom_flash_geometry *geometry)
{
    return (size_t)geometry->size * 3 + geometry->size / geometry->program_size;
}

int cells_prepare(struct cells *cells, const struct mprom_flash_geometry *geometry)
{
    memset(cells, 0, sizeof *cells);
    if (mprom_flash_geometry_check(geometry) != 0) {
        return -MPROM_EINVAL;
    }
    cells->geometry = geometry;
    cells->flash = (struct mprom_flash){.ops = &cells_ops, .geometry = geometry, .ctx = cells};
    cells->planes_size = cells_planes_size(geometry);
    return 0;
}

void cells_adopt(struct cells *cells, uint8_t *planes)
{
    uint32_t size = cells->geometry->size;
    cells->bytes = planes;
    cells->shaky = planes + size;
    cells->turn = planes + (size_t)size * 2;
    cells->units = planes + (size_t)size * 3;
    cells_power_on(cells);
}

int cells_open_planes(struct cells *cells, const struct mprom_flash_geometry *geometry, uint8_t *planes)
{
    int err = cells_prepare(cells, geometry);
    if (err) {
        return err;
    }
    cells_adopt(cells, planes);
    memset(planes, 0, cells->planes_size);
    memset(cells->bytes, geometry->erased_value, geometry->size);
    return 0;
}

void cells_copy(struct cells *cells, const struct cells *from)
{
    memcpy(cells->bytes, from->bytes, cells->planes_size);
}
