/*
 * A memory or a window of the board (emulator/machine/soc.h), and what the machine does for it in Unicorn: it may lie
 * at several places, and code that was translated runs stale when bytes change without Unicorn's knowledge.
 */
#ifndef MPROM_EMULATOR_REGION_H
#define MPROM_EMULATOR_REGION_H

#include <unicorn/unicorn.h>

#include "emulator/machine/soc.h"

/* A place in the address space where a part of it can be seen. */
struct region_place {
    uint32_t base;
    uint32_t size;
    uint32_t off; /* of what is at base, in the region */
};

struct region {
    const struct model_window *window; /* NULL: a memory, */
    const struct soc_memory *memory;   /* which this describes */
    uint8_t *memory_bytes;
    uint32_t size;
    bool guarded;         /* the model wants to see loads and fetches, or did when it was last asked */
    uint32_t dirty_start; /* what changed since its code was forgotten */
    uint32_t dirty_end;
    uint32_t ran_start; /* where code of a memory has run since power-up */
    uint32_t ran_end;
    uint32_t place_count;
    struct region_place places[1 + SOC_ALIASES_MAX]; /* its own, then aliases */
};

/* One that lies at its own place only; bytes are a memory's, NULL for a window. */
void region_open_window(struct region *region, const struct model_window *window);
void region_open_memory(struct region *region, const struct soc_memory *memory, uint8_t *bytes);

/* Adds a place; there is room for all aliases of a SoC. */
void region_add_place(struct region *region, const struct soc_alias *alias);

/* After power-up. */
void region_reset(struct region *region);

uint8_t *region_bytes(const struct region *region);

/* Whether the address lies in the region, and at which offset then. */
bool region_find(const struct region *region, uint32_t address, uint32_t *off);

/* Asks the window's model whether it wants to see loads and fetches from now on. */
void region_guard(struct region *region);

/* A block of a memory's code runs. */
void region_run(struct region *region, uint32_t off, uint32_t size);

/* Bytes change. Returns whether code may run stale until region_forget(). */
bool region_change(struct region *region, uint32_t off, uint32_t size);

/* What lies between two offsets is translated anew. Returns false if Unicorn cannot. */
bool region_forget(struct region *region, uc_engine *uc, uint32_t start, uint32_t end);

#endif
