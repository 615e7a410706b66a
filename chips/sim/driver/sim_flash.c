#include "chips/sim/driver/sim_flash.h"

#include <string.h>

enum {
    KIB = 1024
};

static void shape_nor(struct mprom_sim_flash *flash, uint32_t size)
{
    flash->regions[0] = (struct mprom_flash_region){MPROM_SIM_BLOCK_SIZE, size / MPROM_SIM_BLOCK_SIZE};
    flash->geometry = (struct mprom_flash_geometry){
        .size = size,
        .regions = flash->regions,
        .region_count = 1,
        .large_erase_sizes = {32 * KIB, 64 * KIB},
        .program_size = 1,
        .page_size = 256,
        .program_count = MPROM_FLASH_PROGRAM_ANY,
        .erased_value = 0xFF,
    };
}

static void shape_one_size(struct mprom_sim_flash *flash, uint32_t erase_size)
{
    flash->regions[0] = (struct mprom_flash_region){erase_size, flash->geometry.size / erase_size};
    memset(flash->geometry.large_erase_sizes, 0, sizeof flash->geometry.large_erase_sizes);
}

/* Returns -MPROM_EINVAL for too many parts, or one that is smaller than its sectors. */
static int shape_parts(struct mprom_sim_flash *flash, uint32_t part_size)
{
    const struct mprom_flash_region regions[] = {
        {16 * KIB, 4}, {64 * KIB, 1}, {MPROM_SIM_SECTOR_MAX, part_size / MPROM_SIM_SECTOR_MAX - 1}};
    uint32_t parts = flash->geometry.size / part_size;
    if (part_size < MPROM_SIM_SECTOR_MAX || parts > MPROM_SIM_PARTS_MAX) {
        return -MPROM_EINVAL;
    }
    uint32_t count = regions[2].count > 0 ? 3 : 2;
    for (uint32_t i = 0; i < parts; i++) {
        memcpy(flash->regions + (size_t)i * count, regions, count * sizeof regions[0]);
    }
    flash->geometry.region_count = parts * count;
    memset(flash->geometry.large_erase_sizes, 0, sizeof flash->geometry.large_erase_sizes);
    return 0;
}

/* MRAM needs no erasing: its block size is the board's choice, and no other is faster. */
static void shape_programs(struct mprom_flash_geometry *geometry, const struct mprom_sim_flash_kind *kind)
{
    if (kind->program_size > 0) {
        geometry->program_size = kind->program_size;
    }
    if (kind->is_programmed_once || kind->overwrites) {
        geometry->page_size = geometry->program_size;
    }
    if (kind->is_programmed_once) {
        geometry->program_count = 1;
    }
    if (kind->overwrites) {
        geometry->overwrites = true;
        memset(geometry->large_erase_sizes, 0, sizeof geometry->large_erase_sizes);
    }
}

int mprom_sim_flash_shape(struct mprom_sim_flash *flash, uint32_t size, const struct mprom_sim_flash_kind *kind)
{
    static const struct mprom_sim_flash_kind nor;
    kind = kind != NULL ? kind : &nor;
    shape_nor(flash, size);
    if (kind->part_size > 0 && kind->erase_size > 0) {
        return -MPROM_EINVAL;
    }
    if (kind->erase_size > 0) {
        shape_one_size(flash, kind->erase_size);
    }
    int err = kind->part_size > 0 ? shape_parts(flash, kind->part_size) : 0;
    shape_programs(&flash->geometry, kind);
    return err ? err : mprom_flash_geometry_check(&flash->geometry);
}
