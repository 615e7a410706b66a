/*
 * RESETS, and what each block that it holds shares: a block is not there while it is held, and its registers are as after a
 * reset when it is let go.
 */
#ifndef MPROM_RP2_RESETS_MODEL_H
#define MPROM_RP2_RESETS_MODEL_H

#include "chips/rp2/model/series.h"
#include "emulator/model/model.h"

enum {
    RP2_RESETS_MAX = 29
};

/* A block that RESETS holds. */
struct rp2_block {
    void (*clear)(void *ctx); /* its registers are as after a reset */
    void *ctx;
};

struct rp2_resets_model {
    struct model model;
    const struct model_bus *bus;
    const struct rp2_series *series;
    uint32_t held; /* RESET */
    uint32_t wdsel;
    struct rp2_block blocks[RP2_RESETS_MAX]; /* those that there are a model of */
};

/* The other models ask this one which series they are of. */
void rp2_resets_model_open(struct rp2_resets_model *resets, const struct rp2_series *series,
                           const struct model_bus *bus);

/* As after a reset of the chip: every block is held. */
void rp2_resets_model_reset(struct rp2_resets_model *resets);

/* Tells a block when it is held, from now on. */
void rp2_resets_model_add(struct rp2_resets_model *resets, uint8_t number, void (*clear)(void *ctx), void *ctx);

/* Whether the block is there. An access to one that is not is a violation. */
bool rp2_block_check(const struct rp2_resets_model *resets, uint8_t number, const struct model *model);

#endif
