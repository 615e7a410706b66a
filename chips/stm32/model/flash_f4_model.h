/*
 * The flash controller of the STM32F405, F411, F42x, F72x and F76x, strictly: what RM0090 forbids, leaves undefined
 * or stalls for is a violation. Written from RM0090 3 and RM0385 3, without a look at the driver.
 */
#ifndef MPROM_FLASH_F4_MODEL_H
#define MPROM_FLASH_F4_MODEL_H

#include "chips/stm32/model/flash_keys.h"
#include "chips/stm32/model/parts.h"
#include "emulator/array/cells.h"
#include "emulator/model/model.h"

enum {
    FLASH_F4_MODEL_REGIONS_MAX = 6
};

/* Lines of a cache that may hold what an erase has replaced. */
struct flash_f4_cache {
    bool used; /* enabled at some time since its last reset */
    uint32_t stale_off;
    uint32_t stale_end; /* 0 if nothing is stale */
};

struct flash_f4_model {
    struct model model;
    struct model_window window;
    const struct model_bus *bus;
    const struct stm32_part *part;
    struct mprom_flash_geometry geometry;
    struct mprom_flash_region regions[FLASH_F4_MODEL_REGIONS_MAX];
    struct cells *cells; /* over `geometry`; the owner opens them after flash_f4_model_open() */
    uint32_t bank_size;
    uint32_t small_size; /* of a bank's first four sectors */
    uint32_t optcr;

    uint32_t acr;
    uint32_t sr;
    uint32_t cr;
    struct flash_keys keys;
    uint64_t busy_ns;               /* until the operation that runs ends */
    void (*acr_changed)(void *ctx); /* NULL: nobody has to know */
    void *acr_ctx;
    uint64_t worked_ns; /* what all programs and erases took */
    uint32_t busy_bank; /* the one it works in */
    uint32_t erases;
    struct flash_f4_cache instructions;
    struct flash_f4_cache data;

    /* For tests. */
    bool hangs; /* operations never end */
};

/* Describes the flash of a part. optcr: its option bytes, usually part->optcr. Contents and registers come later. */
void flash_f4_model_open(struct flash_f4_model *flash, const struct stm32_part *part, uint32_t optcr,
                         const struct model_bus *bus);

/* Gives it its cells and puts the registers into the state after a reset. */
void flash_f4_model_reset(struct flash_f4_model *flash, struct cells *cells);

#endif
