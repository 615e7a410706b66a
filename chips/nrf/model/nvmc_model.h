/*
 * The flash of an nRF51 or nRF52 and its controller, strictly: what Nordic forbids, leaves undefined, ignores without
 * a word or stalls the CPU for is a violation. Written from chips/nrf/facts.md, without a look at the driver. Where
 * the facts leave a choice, the model takes the one that refuses more.
 */
#ifndef MPROM_NVMC_MODEL_H
#define MPROM_NVMC_MODEL_H

#include "emulator/array/cells.h"
#include "emulator/model/model.h"

enum nvmc_family {
    NVMC_NRF51,
    NVMC_NRF52,
};

struct nvmc_part {
    const char *name;
    enum nvmc_family family;
    uint32_t flash_size; /* bytes */
    uint32_t page_size;
    uint8_t word_writes; /* most writes of a word between erases */
    uint16_t
        block_writes; /* most writes of words of a block of 512 bytes between erases; 0: as many as its words allow */
    uint64_t erase_ns;   /* of a page */
    uint64_t program_ns; /* of a word */
};

/* Returns NULL if the name is that of no part. */
const struct nvmc_part *nvmc_part_find(const char *name);

struct nvmc_model {
    struct model model;
    struct model ficr; /* what the factory says of the chip */
    struct model uicr; /* what its user has set up */
    struct model_window window;
    const struct model_bus *bus;
    const struct nvmc_part *part;
    struct mprom_flash_geometry geometry;
    struct mprom_flash_region region;
    struct cells *cells; /* over `geometry`; the owner opens them after nvmc_model_open() */

    uint32_t config;
    uint32_t cache;     /* ICACHECNF of an nRF52 */
    uint64_t busy_ns;   /* until the operation that runs ends */
    uint64_t worked_ns; /* what all programs and erases took */
    uint32_t erases;

    /* Set by the owner. */
    uint32_t user_region_0;    /* UICR.CLENR0 of an nRF51 */
    uint32_t factory_region_0; /* FICR.CLENR0 */
    bool hangs;                /* for tests: operations never end */
};

/*
 * Describes the flash of a part. size is the bytes of flash on a machine with enlarged memories, which the chip's own
 * registers do not show; 0 for as much as the part has.
 */
void nvmc_model_open(struct nvmc_model *nvmc, const struct nvmc_part *part, uint32_t size,
                     const struct model_bus *bus);

/* Gives it its cells and puts the registers into the state after a reset. */
void nvmc_model_reset(struct nvmc_model *nvmc, struct cells *cells);

#endif
