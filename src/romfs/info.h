/*
 * The info record's tags (docs/format.md). Private to src/romfs.
 */
#ifndef MPROM_ROMFS_INFO_H
#define MPROM_ROMFS_INFO_H

#include <stdbool.h>
#include <stdint.h>

enum mprom_romfs_info_tag {
    MPROM_ROMFS_INFO_LABEL = 2,
    MPROM_ROMFS_INFO_BUILD_TIME = 3,
    MPROM_ROMFS_INFO_ALIGN = 4,
    MPROM_ROMFS_INFO_BUILDER = 5,
    MPROM_ROMFS_INFO_MPY = 6,
    MPROM_ROMFS_INFO_SEALED = 7,
};

enum {
    MPROM_ROMFS_INFO_MPY_SIZE = 4,
};

/* Whether a number can be an alignment. */
static inline bool mprom_romfs_info_is_align(uint64_t number)
{
    return number != 0 && number <= UINT32_MAX && (number & (number - 1)) == 0;
}

/* Whether a known tag occurs for the first time; true for unknown tags. *seen starts as 0. */
static inline bool mprom_romfs_info_is_new(uint32_t tag, uint32_t *seen)
{
    uint32_t bit = tag >= MPROM_ROMFS_INFO_LABEL && tag <= MPROM_ROMFS_INFO_SEALED ? UINT32_C(1) << tag : 0;
    bool is_new = (*seen & bit) == 0;

    *seen |= bit;
    return is_new;
}

#endif
