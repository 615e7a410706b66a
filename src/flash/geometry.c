/* What a flash looks like: its erase blocks, and whether its tables make sense. */
#include "mprom/flash.h"

static bool is_power_of_two(uint32_t n)
{
    return n != 0 && (n & (n - 1)) == 0;
}

static bool regions_are_sound(const struct mprom_flash_geometry *geometry)
{
    uint64_t size = 0;
    for (uint32_t i = 0; i < geometry->region_count; i++) {
        const struct mprom_flash_region *region = &geometry->regions[i];
        if (region->count == 0 || region->erase_size == 0 || region->erase_size % geometry->page_size != 0 ||
            region->erase_size % MPROM_FLASH_PROGRAM_SIZE_MAX != 0) {
            return false;
        }
        /* Checked after each region, so that the sum of many cannot wrap either. */
        size += (uint64_t)region->erase_size * region->count;
        if (size > geometry->size) {
            return false;
        }
    }
    return size != 0 && size == geometry->size;
}

static bool large_erases_are_sound(const struct mprom_flash_geometry *geometry)
{
    uint32_t last = 0;
    bool ended = false;
    for (uint32_t i = 0; i < MPROM_FLASH_ERASE_SIZES_MAX; i++) {
        uint32_t size = geometry->large_erase_sizes[i];
        if (size == 0) {
            ended = true;
            continue;
        }
        if (ended || size <= last || (last != 0 && size % last != 0)) {
            return false;
        }
        for (uint32_t r = 0; r < geometry->region_count; r++) {
            if (size % geometry->regions[r].erase_size != 0) {
                return false;
            }
        }
        last = size;
    }
    return true;
}

int mprom_flash_geometry_check(const struct mprom_flash_geometry *geometry)
{
    if (geometry == NULL || geometry->regions == NULL || !is_power_of_two(geometry->program_size) ||
        geometry->program_size > MPROM_FLASH_PROGRAM_SIZE_MAX || !is_power_of_two(geometry->page_size) ||
        geometry->page_size < geometry->program_size) {
        return -MPROM_EINVAL;
    }
    return regions_are_sound(geometry) && large_erases_are_sound(geometry) ? 0 : -MPROM_EINVAL;
}

int mprom_flash_check(const struct mprom_flash *flash)
{
    if (flash == NULL || flash->ops == NULL) {
        return -MPROM_EINVAL;
    }
    const struct mprom_flash_ops *ops = flash->ops;
    if (ops->read == NULL || ops->program == NULL || ops->erase == NULL || ops->sync == NULL) {
        return -MPROM_EINVAL;
    }
    int err = mprom_flash_geometry_check(flash->geometry);
    if (err == 0 && flash->geometry->bad_read_faults && ops->probe == NULL) {
        err = -MPROM_EINVAL;
    }
    return err;
}

/* The region that holds off and where it starts, or NULL if off is not in the flash. */
static const struct mprom_flash_region *region_at(const struct mprom_flash_geometry *geometry, uint32_t off,
                                                  uint32_t *region_off)
{
    uint32_t start = 0;
    for (uint32_t i = 0; i < geometry->region_count; i++) {
        const struct mprom_flash_region *region = &geometry->regions[i];
        uint32_t size = region->erase_size * region->count;
        if (off - start < size) {
            *region_off = start;
            return region;
        }
        start += size;
    }
    return NULL;
}

int mprom_flash_block_at(const struct mprom_flash *flash, uint32_t off, uint32_t *block_off, uint32_t *block_size)
{
    uint32_t region_off;
    const struct mprom_flash_region *region = region_at(flash->geometry, off, &region_off);
    if (region == NULL) {
        return -MPROM_EINVAL;
    }
    *block_size = region->erase_size;
    *block_off = off - (off - region_off) % region->erase_size;
    return 0;
}

uint32_t mprom_flash_erase_size(const struct mprom_flash *flash, uint32_t off, uint32_t size)
{
    const struct mprom_flash_geometry *geometry = flash->geometry;
    uint32_t region_off;
    const struct mprom_flash_region *region = region_at(geometry, off, &region_off);
    if (region == NULL || (off - region_off) % region->erase_size != 0 || region->erase_size > size) {
        return 0;
    }
    uint32_t best = region->erase_size;
    uint32_t region_left = region->erase_size * region->count - (off - region_off);
    for (uint32_t i = 0; i < MPROM_FLASH_ERASE_SIZES_MAX; i++) {
        uint32_t large = geometry->large_erase_sizes[i];
        /* A large erase works on addresses: it is aligned to itself, and must not reach into another region. */
        if (large > best && off % large == 0 && large <= size && large <= region_left) {
            best = large;
        }
    }
    return best;
}
