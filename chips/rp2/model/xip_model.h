/* The window in which an RP2040 sees its flash, the cache in front of it, and the cache's registers. */
#ifndef MPROM_RP2_XIP_MODEL_H
#define MPROM_RP2_XIP_MODEL_H

#include "chips/rp2/model/ssi_model.h"

enum {
    RP2_XIP_LINE_SIZE = 8,
    RP2_XIP_WAYS = 2,
    RP2_XIP_SETS = 1024,
};
#define RP2_XIP_BASE 0x10000000u

struct rp2_xip_model {
    struct model model;
    struct model_window window;
    const struct model_bus *bus;
    struct rp2_ssi_model *ssi;
    uint32_t ctrl;
    uint64_t seen;   /* operations on the cells up to the last flush */
    uint32_t erases; /* flushes after which the window shows other bytes */
    uint32_t lines[RP2_XIP_SETS][RP2_XIP_WAYS];
    uint8_t oldest[RP2_XIP_SETS];
};

/* The window has the chip's size. */
void rp2_xip_model_open(struct rp2_xip_model *xip, struct rp2_ssi_model *ssi, const struct model_bus *bus);

/* As after a reset; the chip's cells must be open. */
void rp2_xip_model_reset(struct rp2_xip_model *xip);

#endif
