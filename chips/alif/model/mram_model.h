/*
 * MRAM of an Ensemble E3 or E7, strictly: what Alif forbids or leaves open is a violation. Written from
 * chips/alif/facts.md, without a look at the driver.
 *
 * A granule of 16 bytes is taken when its four words have come, in ascending order and with nothing in between; then
 * its line must be cleaned from the data cache before the next one begins and before the MPU closes MRAM.
 */
#ifndef MPROM_ALIF_MRAM_MODEL_H
#define MPROM_ALIF_MRAM_MODEL_H

#include "chips/alif/model/armv8m_model.h"
#include "emulator/array/cells.h"

enum {
    MRAM_MODEL_GRANULE = 16
};

struct mram_model {
    struct model_window window;
    const struct model_bus *bus;
    struct armv8m_model *armv8m;
    struct mprom_flash_geometry geometry;
    struct mprom_flash_region region;
    struct cells *cells; /* over `geometry`; the owner opens them after mram_model_open() */

    uint8_t granule[MRAM_MODEL_GRANULE];
    uint32_t granule_off;
    uint32_t granule_size; /* bytes of it that have come */
    bool is_dirty;         /* the last granule's line may still be in the cache */
    uint32_t bad_count;    /* granules that error correction gives up */
    uint64_t stall_ns;     /* of the last store */
    uint32_t erases;       /* of the window's: none */

    /* Set by the owner. */
    uint64_t *worked_ns; /* counts what all writes took */
    uint32_t first_off;  /* what may be written begins here, */
    uint32_t end_off;    /* and ends here: all else holds boot loader, firmware and the table of contents */
};

void mram_model_open(struct mram_model *mram, struct armv8m_model *armv8m, uint64_t *worked_ns,
                     const struct model_bus *bus);

/* Gives it its cells, and is as after a reset. */
void mram_model_reset(struct mram_model *mram, struct cells *cells);

#endif
