/*
 * RESETS of an RP2040, and what each block that it holds shares: a block is not there while it is held, and its registers
 * are as after a reset when it is let go. Written from chips/rp2/facts.md, as are all models of this family.
 */
#ifndef MPROM_RP2_RESETS_MODEL_H
#define MPROM_RP2_RESETS_MODEL_H

#include "emulator/model/model.h"

enum {
    RP2_RESET_DMA = 2,
    RP2_RESET_IO_BANK0 = 5,
    RP2_RESET_IO_QSPI = 6,
    RP2_RESET_PADS_BANK0 = 8,
    RP2_RESET_PADS_QSPI = 9,
    RP2_RESET_PLL_SYS = 12,
    RP2_RESET_TIMER = 21,
    RP2_RESET_UART0 = 22,
    RP2_RESETS = 25,
};

/* A block that RESETS holds. */
struct rp2_block {
    void (*clear)(void *ctx); /* its registers are as after a reset */
    void *ctx;
};

struct rp2_resets_model {
    struct model model;
    const struct model_bus *bus;
    uint32_t held; /* RESET */
    uint32_t wdsel;
    struct rp2_block blocks[RP2_RESETS]; /* those that there are a model of */
};

void rp2_resets_model_open(struct rp2_resets_model *resets, const struct model_bus *bus);

/* As after a reset of the chip: every block is held. */
void rp2_resets_model_reset(struct rp2_resets_model *resets);

/* Tells a block when it is held, from now on. */
void rp2_resets_model_add(struct rp2_resets_model *resets, uint8_t number, void (*clear)(void *ctx), void *ctx);

/* Whether the block is there. An access to one that is not is a violation. */
bool rp2_block_check(const struct rp2_resets_model *resets, uint8_t number, const struct model *model);

#endif
