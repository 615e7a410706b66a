/*
 * XIP_CTRL of an RP2350, and the place where stores of single bytes maintain the cache in front of the flash. There is no
 * register that flushes it.
 */
#ifndef MPROM_RP2350_XIP_MODEL_H
#define MPROM_RP2350_XIP_MODEL_H

#include "chips/rp2/model/window_model.h"

enum {
    RP2350_XIP_LINES = RP2_XIP_WAYS * RP2_XIP_SETS
};

struct rp2350_xip_model {
    struct model model;
    struct model maintenance;
    const struct model_bus *bus;
    struct rp2_window_model window;
    uint32_t ctrl;
    bool is_dropped[RP2350_XIP_LINES]; /* since the flash last changed */
    uint32_t dropped;
    uint64_t dropped_at; /* operations on the cells up to then */
};

void rp2350_xip_model_open(struct rp2350_xip_model *xip, const struct rp2_reader *reader,
                           const struct model_bus *bus);

/* As after a reset; the chip's cells must be open. */
void rp2350_xip_model_reset(struct rp2350_xip_model *xip);

#endif
