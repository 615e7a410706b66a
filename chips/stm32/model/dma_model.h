/*
 * DMA1 or DMA2 of F4, F7 and H7, as far as a peripheral that fills a ring in memory needs it: RM0090 10.5. Any other
 * use of a stream is a violation.
 */
#ifndef MPROM_DMA_MODEL_H
#define MPROM_DMA_MODEL_H

#include "chips/stm32/model/dma_requests.h"
#include "chips/stm32/model/peripherals.h"

enum {
    DMA_STREAMS = 8
};

struct dma_stream {
    uint32_t cr;
    uint32_t ndtr;
    uint32_t par;
    uint32_t m0ar;
    uint32_t reload; /* NDTR when it was enabled */
};

struct dma_model {
    struct model model;
    struct model mux; /* of an H7; one of DMA1 serves both */
    const struct model_bus *bus;
    struct rcc_gate gate;
    struct dma_model *dma1; /* whose multiplexer it has; NULL: streams choose between channels */
    uint32_t number;        /* 1 or 2 */
    uint32_t mux_requests[2 * DMA_STREAMS];
    struct dma_stream streams[DMA_STREAMS];
    /* Somebody is about to look how far a stream is that serves this request. May be NULL. */
    void (*looked_at)(void *ctx, enum dma_request request);
    void *looked_at_ctx;
};

/* Does not have its gate yet. dma1 is NULL for F4 and F7. */
void dma_model_open(struct dma_model *dma, uint32_t number, enum part_family family, const struct rcc_model *rcc,
                    struct dma_model *dma1, const struct model_bus *bus);
void dma_model_reset(struct dma_model *dma);

/*
 * A receiver has a byte in its register at `from`. Returns whether a stream of this controller took it; two that wait
 * for one receiver are a violation.
 */
bool dma_model_take(struct dma_model *dma, enum dma_request request, uint32_t from, uint8_t byte);

#endif
