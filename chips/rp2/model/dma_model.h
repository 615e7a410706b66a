/*
 * The DMA, as far as a ring for a UART needs it: channel 0 takes bytes from a peripheral into a ring and asks
 * for an interrupt after each block; channel 1 copies SNIFF_DATA onto itself. Either may start the other by CHAIN_TO.
 */
#ifndef MPROM_RP2_DMA_MODEL_H
#define MPROM_RP2_DMA_MODEL_H

#include "chips/rp2/model/resets_model.h"

enum {
    RP2_DMA_CHANNELS = 2
};

struct rp2_dma_channel {
    uint32_t read_addr;
    uint32_t write_addr;
    uint32_t reload;
    uint32_t left;
    uint32_t ctrl;
    bool is_busy;
};

struct rp2_dma_model {
    struct model model;
    const struct model_bus *bus;
    struct rp2_resets_model *resets;
    struct rp2_dma_channel channels[RP2_DMA_CHANNELS];
    uint32_t intr;
    uint32_t inte0;
    uint32_t chained; /* since the last byte: two channels that start each other for ever */
    /* A program looks how far channel 0 has come; set by the owner. */
    void (*looked_at)(void *ctx);
    void *ctx;
};

void rp2_dma_model_open(struct rp2_dma_model *dma, struct rp2_resets_model *resets, const struct model_bus *bus);

/* A peripheral asks by this request and has the byte at `from`. Returns whether channel 0 took it. */
bool rp2_dma_model_take(struct rp2_dma_model *dma, uint32_t request, uint32_t from, uint8_t byte);

#endif
