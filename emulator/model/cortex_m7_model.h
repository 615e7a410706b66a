/*
 * What a Cortex-M7 has between itself and memory, as far as a driver of mapped flash deals with it: L1 caches and
 * MPU. What a read may find is judged by which lines the caches may hold: what was ever readable through a cache that
 * is on. Which they do hold is modelled for the time that reads take.
 *
 * Sources: Armv7-M Architecture Reference Manual, B3.2 (registers) and B3.5 (MPU); Arm's header core_cm7.h.
 */
#ifndef MPROM_CORTEX_M7_MODEL_H
#define MPROM_CORTEX_M7_MODEL_H

#include "emulator/model/l1_model.h"
#include "emulator/model/model.h"

enum {
    CORTEX_M7_LINE_SIZE = L1_LINE_SIZE,
    CORTEX_M7_WAYS = 4,
    CORTEX_M7_SETS_MAX = 256, /* of the data cache: 32 KB */
    CORTEX_M7_REGIONS = 8,
    CORTEX_M7_MODELS = 4,
    CORTEX_M7_FLASH_MAX = 1 << 25, /* bytes: the largest serial flash that there is a chip of */
};

struct cortex_m7_model {
    struct model models[CORTEX_M7_MODELS]; /* their addresses are not in one piece */
    const struct model_bus *bus;

    /* Flash that changes behind the caches' back. */
    uint32_t base;
    uint32_t size;
    uint32_t stale[CORTEX_M7_FLASH_MAX / CORTEX_M7_LINE_SIZE /
                   32]; /* a bit for each line: the data cache may hold what it was */
    uint32_t stale_count;
    uint32_t stale_code_off; /* the instruction cache may hold what was there */
    uint32_t stale_code_end; /* 0 if not */
    bool data_used;          /* by a data cache that was on at some time since it was emptied */
    bool code_used;

    uint32_t ccr;
    uint32_t cache; /* that CCSIDR tells about: 0 data, 1 instructions */
    uint32_t control;
    uint32_t region;
    uint32_t bases[CORTEX_M7_REGIONS];
    uint32_t attributes[CORTEX_M7_REGIONS];
    bool was_readable; /* the start of the flash, at some time since the flash's owner cleared this */
    uint32_t sets;     /* of the data cache; the instruction cache has half the ways and twice the sets */
    uint8_t ways[CORTEX_M7_SETS_MAX]; /* of each set, those emptied since the last change */
    bool data_emptied;                /* after a reset caches hold anything */
    bool code_emptied;
    struct l1_model data;
    struct l1_model code;
};

/*
 * A CPU with two caches of cache_kib each and flash of size bytes at base, at most CORTEX_M7_FLASH_MAX. Returns false
 * for more.
 */
bool cortex_m7_model_open(struct cortex_m7_model *m7, uint32_t cache_kib, uint32_t base, uint32_t size,
                          const struct model_bus *bus);

/* As after a reset of the CPU. */
void cortex_m7_model_reset(struct cortex_m7_model *m7);

/* The flash changes at off. */
void cortex_m7_model_change(struct cortex_m7_model *m7, uint32_t off, uint32_t size);

/* Whether the CPU may read at an address, on its own account too. Regions are looked at, the default map allows. */
bool cortex_m7_model_may_read(const struct cortex_m7_model *m7, uint32_t address);

/* Whether a load or fetch of anything in the flash may see what a cache held, and whether this one does. */
bool cortex_m7_model_is_stale(const struct cortex_m7_model *m7);
bool cortex_m7_model_sees_stale(const struct cortex_m7_model *m7, uint32_t off, uint32_t size,
                                enum model_access access);

/* Reads a line as the CPU does. Returns whether it comes from a cache. */
bool cortex_m7_model_read(struct cortex_m7_model *m7, uint32_t address, enum model_access access);

#endif
