/* XIP_CTRL of an RP2040: the registers of the cache in front of the flash. */
#ifndef MPROM_RP2040_XIP_MODEL_H
#define MPROM_RP2040_XIP_MODEL_H

#include "chips/rp2/model/window_model.h"

struct rp2040_xip_model {
    struct model model;
    const struct model_bus *bus;
    struct rp2_window_model window;
    uint32_t ctrl;
};

void rp2040_xip_model_open(struct rp2040_xip_model *xip, const struct rp2_reader *reader,
                           const struct model_bus *bus);

/* As after a reset; the chip's cells must be open. */
void rp2040_xip_model_reset(struct rp2040_xip_model *xip);

#endif
