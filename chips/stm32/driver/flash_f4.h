/*
 * The internal flash of the STM32F405/407, F411, F42x/F43x, F72x/F73x and F76x/F77x, which have the same controller.
 *
 * The part, its size and whether it has one or two banks are read from the chip, so one driver serves all. The driver
 * looks after the caches of the flash interface; those of a Cortex-M7 (L1) must be off, as after a reset. Words are
 * programmed at 32 bits, for which the chip needs 2.7 to 3.6 V.
 *
 * Erase and program run from RAM with interrupts masked for one sector's erase, or for one word.
 */
#ifndef MPROM_FLASH_F4_H
#define MPROM_FLASH_F4_H

#include "mprom/flash.h"

enum {
    MPROM_FLASH_F4_REGIONS_MAX = 6
};

struct mprom_flash_f4 {
    struct mprom_flash flash; /* hand &f4->flash to whoever wants a flash */
    struct mprom_flash_geometry geometry;
    struct mprom_flash_region regions[MPROM_FLASH_F4_REGIONS_MAX];
    uint32_t bank_size;    /* bytes; the flash's if it has one bank */
    uint32_t small_size;   /* bytes of a bank's first four sectors; then comes one of 4 times that, then 8 times */
    uint32_t cache_enable; /* bits of FLASH_ACR that turn the interface's caches on */
    uint32_t cache_reset;  /* and that reset them while they are off */
    uint32_t polls_per_ms; /* at least so many reads of the status register take a millisecond */
};

/*
 * Finds out what flash the chip has. clock_hz is the CPU's clock, for time-outs.
 *
 * Returns 0, or -MPROM_EOPNOTSUPP if the chip is none of those above or says that it has a size that they do not come
 * in.
 */
int mprom_flash_f4_open(struct mprom_flash_f4 *f4, uint32_t clock_hz);

#endif
