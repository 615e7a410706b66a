/* What the flash driver knows of a series: which boot ROM it has, and how the chip is reached without that. */
#ifndef MPROM_RP2_DRIVER_SERIES_H
#define MPROM_RP2_DRIVER_SERIES_H

#include "chips/rp2/driver/flash.h"

enum {
    MPROM_RP2_OTHERS_MAX = MPROM_RP2_KEPT_MAX - MPROM_RP2_PADS
};

struct mprom_rp2_flash_series {
    uint32_t magic;                        /* of its boot ROM, three bytes */
    uint32_t (*lookup)(uint32_t code);     /* a function of the boot ROM by its two letters; 0: not there */
    mprom_rp2_ask_t ask;                   /* in RAM */
    uint32_t set_up;                       /* where the code lies that sets up the window, 256 bytes */
    uint32_t pads;                         /* the first pad of the flash, and the others behind it */
    uint32_t others[MPROM_RP2_OTHERS_MAX]; /* what else the boot ROM changes; 0: nothing */
    uint32_t cycles_per_poll;              /* of the CPU, at least, for a look at the chip's status */
};

/* As the open of the series. */
int mprom_rp2_flash_open_series(struct mprom_rp2_flash *rp2, const struct mprom_rp2_flash_series *series,
                                uint32_t clock_hz);

#endif
