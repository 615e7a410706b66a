/* The driver of the flash. */
#ifndef MPROM_TEMPLATE_FLASH_H
#define MPROM_TEMPLATE_FLASH_H

#include "mprom/flash.h"

struct mprom_template_flash {
    struct mprom_flash flash; /* what the layers above use, after mprom_template_flash_open() */

    /* Private to the driver. */
    struct mprom_flash_geometry geometry;
    struct mprom_flash_region region;
    uint32_t polls_per_ms; /* a poll takes at least four cycles: time-outs may be late, but never early */
};

/*
 * Asks the chip what flash it has. clock_hz is what the CPU runs at, or faster than it ever does.
 *
 * Returns 0, or -MPROM_EOPNOTSUPP if the chip is not one that the driver is for.
 */
int mprom_template_flash_open(struct mprom_template_flash *template, uint32_t clock_hz);

#endif
