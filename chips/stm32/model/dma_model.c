#include "chips/stm32/model/dma_model.h"

enum {
    FIRST_STREAM = 0x10,
    STREAM_SIZE = 0x18,
    CR = 0x00,
    NDTR = 0x04,
    PAR = 0x08,
    M0AR = 0x0C,
    SIZE = FIRST_STREAM + DMA_STREAMS * STREAM_SIZE,
    MUX_OFF = 0x800, /* from DMA1 */
    MUX_SIZE = 2 * DMA_STREAMS * 4,

    CR_EN = 1 << 0,
    CR_CIRC = 1 << 8,
    CR_MINC = 1 << 10,
    CR_CHSEL_POS = 25,
    CR_CHSEL_MASK = 7,
};

static uint32_t *stream_register(struct dma_stream *stream, uint32_t off)
{
    switch (off) {
    case CR:
        return &stream->cr;
    case NDTR:
        return &stream->ndtr;
    case PAR:
        return &stream->par;
    default:
        return &stream->m0ar;
    }
}

/* The register at an offset, or NULL with a violation. */
static uint32_t *dma_register(struct dma_model *dma, uint32_t off, uint32_t size, const char *what)
{
    uint32_t inner = off - FIRST_STREAM;
    uint32_t in_stream = inner % STREAM_SIZE;
    if (off < FIRST_STREAM || size != 4 || in_stream > M0AR || in_stream % 4 != 0) {
        model_violation(dma->bus, "%s of %u bytes of %s at 0x%02x", what, size, dma->model.name, off);
        return NULL;
    }
    return stream_register(&dma->streams[inner / STREAM_SIZE], in_stream);
}

/* Whom a stream serves as it is set up now. */
static enum dma_request stream_request(const struct dma_model *dma, uint32_t stream)
{
    return dma->dma1 != NULL
               ? dma_request_of_mux(dma->dma1->mux_requests[(dma->number - 1) * DMA_STREAMS + stream])
               : dma_request_of_channel(dma->number, stream, dma->streams[stream].cr >> CR_CHSEL_POS & CR_CHSEL_MASK);
}

static uint32_t dma_read(void *ctx, uint32_t off, uint32_t size)
{
    struct dma_model *dma = ctx;
    uint32_t *found = dma_register(dma, off, size, "read");
    if (!rcc_gate_check(&dma->gate, &dma->model) || found == NULL) {
        return 0;
    }
    if (dma->looked_at != NULL && (off - FIRST_STREAM) % STREAM_SIZE == NDTR) {
        dma->looked_at(dma->looked_at_ctx, stream_request(dma, (off - FIRST_STREAM) / STREAM_SIZE));
    }
    return *found;
}

static bool dma_reaches(const struct dma_model *dma, uint32_t address, uint32_t size)
{
    return dma->bus->write(dma->bus->ctx, address, NULL, size);
}

static void stream_start(struct dma_model *dma, struct dma_stream *stream)
{
    uint32_t channels = dma->dma1 != NULL ? 0 : 15u << CR_CHSEL_POS;
    stream->reload = stream->ndtr;
    if ((stream->cr & ~channels) != (CR_EN | CR_CIRC | CR_MINC)) {
        model_violation(dma->bus, "%s is set up as 0x%x, which is not modelled", dma->model.name, stream->cr);
    } else if (stream->ndtr == 0 || !dma_reaches(dma, stream->m0ar, stream->ndtr)) {
        model_violation(dma->bus, "%s is to fill %u bytes at 0x%08x, which it cannot reach", dma->model.name,
                        stream->ndtr, stream->m0ar);
    }
}

static void dma_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct dma_model *dma = ctx;
    uint32_t *found = dma_register(dma, off, size, "write");
    if (!rcc_gate_check(&dma->gate, &dma->model) || found == NULL) {
        return;
    }
    struct dma_stream *stream = &dma->streams[(off - FIRST_STREAM) / STREAM_SIZE];
    if ((stream->cr & CR_EN) && (found != &stream->cr || (value & CR_EN))) {
        model_violation(dma->bus, "a stream of %s is changed while it is enabled", dma->model.name);
        return;
    }
    *found = found == &stream->ndtr ? value & 0xFFFF : value;
    if (found == &stream->cr && (value & CR_EN)) {
        stream_start(dma, stream);
    }
}

static uint32_t mux_read(void *ctx, uint32_t off, uint32_t size)
{
    const struct dma_model *dma = ctx;
    return size == 4 ? dma->mux_requests[off / 4] : 0;
}

static void mux_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct dma_model *dma = ctx;
    if (size != 4 || value > 0x7F) {
        model_violation(dma->bus, "write of 0x%x to DMAMUX1, which is not modelled", value);
    }
    dma->mux_requests[off / 4] = value;
}

/* The stream that serves this request, or NULL. */
static struct dma_stream *stream_find(struct dma_model *dma, enum dma_request request)
{
    struct dma_stream *found = NULL;
    for (uint32_t i = 0; i < DMA_STREAMS; i++) {
        if ((dma->streams[i].cr & CR_EN) == 0 || stream_request(dma, i) != request) {
            continue;
        }
        if (found != NULL) {
            model_violation(dma->bus, "two streams of %s serve one receiver", dma->model.name);
        }
        found = &dma->streams[i];
    }
    return found;
}

bool dma_model_take(struct dma_model *dma, enum dma_request request, uint32_t from, uint8_t byte)
{
    struct dma_stream *to = stream_find(dma, request);
    if (to == NULL || !dma->bus->write(dma->bus->ctx, to->m0ar + (to->reload - to->ndtr), &byte, 1)) {
        return false;
    }
    if (to->par != from) {
        model_violation(dma->bus, "%s reads from 0x%08x when 0x%08x has a byte", dma->model.name, to->par, from);
    }
    to->ndtr = to->ndtr > 1 ? to->ndtr - 1 : to->reload;
    return true;
}

void dma_model_open(struct dma_model *dma, uint32_t number, enum part_family family, const struct rcc_model *rcc,
                    struct dma_model *dma1, const struct model_bus *bus)
{
    uint32_t base = family == PART_H7 ? 0x40020000 : 0x40026000;
    *dma = (struct dma_model){
        .model = {.name = number == 1 ? "DMA1" : "DMA2",
                  .base = base + (number - 1) * 0x400,
                  .size = SIZE,
                  .read = dma_read,
                  .write = dma_write,
                  .ctx = dma},
        .mux = {.name = "DMAMUX1",
                .base = base + MUX_OFF,
                .size = MUX_SIZE,
                .read = mux_read,
                .write = mux_write,
                .ctx = dma},
        .bus = bus,
        .gate = {rcc, &rcc->registers[family == PART_H7 ? RCC_AHB1_ENABLE : RCC_GPIO_ENABLE],
                 (family == PART_H7 ? 0 : 21) + number - 1},
        .dma1 = family == PART_H7 ? dma1 : NULL,
        .number = number,
    };
}

void dma_model_reset(struct dma_model *dma)
{
    for (int i = 0; i < DMA_STREAMS; i++) {
        dma->streams[i] = (struct dma_stream){0};
        dma->mux_requests[i] = dma->mux_requests[i + DMA_STREAMS] = 0;
    }
}
