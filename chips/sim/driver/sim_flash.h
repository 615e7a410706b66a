/*
 * The flash of SIM: cells, and nothing between them and the firmware. Cells are the flash of a chip without a
 * controller, so what is a driver elsewhere is here a choice of their geometry, and there is no model.
 */
#ifndef MPROM_SIM_FLASH_H
#define MPROM_SIM_FLASH_H

#include "emulator/array/cells.h"

enum {
    MPROM_SIM_BLOCK_SIZE = 4096,
    MPROM_SIM_SECTOR_MAX = 128 * 1024, /* the largest block of an uneven flash */
    MPROM_SIM_PARTS_MAX = 4,
    MPROM_SIM_REGIONS_MAX = 3 * MPROM_SIM_PARTS_MAX,
};

/*
 * How a flash differs from NOR flash as most boards have it: erased 0xFF, programmable in bytes to any bit pattern that
 * only clears bits, pages of 256, blocks of 4, 32 and 64 KiB. All 0 and false: not at all.
 */
struct mprom_sim_flash_kind {
    uint32_t part_size;      /* not 0: blocks of 16, 64 and 128 KiB, as in an STM32F4, anew after so many bytes */
    uint32_t erase_size;     /* not 0: all blocks have this size; part_size must be 0 then */
    uint32_t program_size;   /* not 0: the unit */
    bool is_programmed_once; /* a unit, between two erases; and only one unit at once */
    bool overwrites;         /* MRAM: a program replaces what is there, one unit at once */
};

struct mprom_sim_flash {
    struct mprom_flash_region regions[MPROM_SIM_REGIONS_MAX];
    struct mprom_flash_geometry geometry;
    struct cells cells; /* the caller opens them, with this geometry */
};

/*
 * Makes the geometry of a flash of so many bytes. kind may be NULL: as most boards have it.
 *
 * Returns 0, or -MPROM_EINVAL if a size does not fit: no multiple of the blocks, or more than MPROM_SIM_PARTS_MAX parts.
 */
int mprom_sim_flash_shape(struct mprom_sim_flash *flash, uint32_t size, const struct mprom_sim_flash_kind *kind);

#endif
