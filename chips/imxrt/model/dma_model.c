/* eDMA, channel 0, one byte a request into a ring whose size is a power of two; DMAMUX. */
#include "chips/imxrt/model/peripherals.h"

#include <string.h>

enum {
    SERQ = 0x1B,
    CINT = 0x1F,
    TCD0 = 0x1000,
    TCD0_END = 0x1020,
    SADDR = 0,
    ATTR_SOFF = 1,
    NBYTES = 2,
    SLAST = 3,
    DADDR = 4,
    CITER_DOFF = 5,
    DLAST = 6,
    BITER_CSR = 7,
    CSR_DONE = 1 << 7,
    CSR_INTMAJOR = 1 << 1,
    INTERRUPT = 0,
    RING_LOG2_MAX = 16,
};

static const uint32_t ENABLED = 1u << 31;

static uint32_t ring_log2(const struct imxrt_dma_model *dma)
{
    return dma->tcd[ATTR_SOFF] >> 19 & 0x1F;
}

/* What is wrong with the descriptor of the only transfer that is modelled, or NULL. */
static const char *fault(const struct imxrt_dma_model *dma)
{
    const uint32_t *tcd = dma->tcd;
    if ((tcd[ATTR_SOFF] & ~(0x1Fu << 19)) != 0 || tcd[NBYTES] != 1 || tcd[SLAST] != 0) {
        return "does not move single bytes from one register";
    }
    if (tcd[CITER_DOFF] != (1u << 16 | 1) || tcd[BITER_CSR] >> 16 != 1 || tcd[DLAST] != 0) {
        return "does not begin anew after each byte";
    }
    if (ring_log2(dma) == 0 || ring_log2(dma) > RING_LOG2_MAX) {
        return "goes round in no ring";
    }
    return (tcd[BITER_CSR] & 0xFFFF & ~(uint32_t)CSR_DONE) == CSR_INTMAJOR ? NULL : "asks for no interrupt";
}

bool imxrt_dma_model_take(struct imxrt_dma_model *dma, uint32_t request, uint32_t address, uint8_t byte)
{
    if (!dma->requests || dma->chcfg != (ENABLED | request) || dma->tcd[SADDR] != address) {
        return false;
    }
    uint32_t ring = (1u << ring_log2(dma)) - 1;
    if (!dma->bus->write(dma->bus->ctx, dma->tcd[DADDR], &byte, 1)) {
        model_violation(dma->bus, "DMA writes to 0x%08x, where it reaches no memory", dma->tcd[DADDR]);
    }
    dma->tcd[DADDR] = (dma->tcd[DADDR] & ~ring) | ((dma->tcd[DADDR] + 1) & ring);
    dma->tcd[BITER_CSR] |= CSR_DONE;
    dma->interrupts = true;
    return true;
}

static bool is_tcd(uint32_t off, uint32_t size)
{
    return size == 4 && off % 4 == 0 && off >= TCD0 && off < TCD0_END;
}

static uint32_t dma_read(void *ctx, uint32_t off, uint32_t size)
{
    struct imxrt_dma_model *dma = ctx;
    if (!imxrt_ccm_model_check(dma->ccm, IMXRT_GATE_DMA, &dma->model)) {
        return 0;
    }
    if (!is_tcd(off, size)) {
        model_violation(dma->bus, "read of %u bytes from DMA at 0x%04x, which is not modelled", size, off);
        return 0;
    }
    if (dma->looked_at != NULL && off == TCD0 + 4 * DADDR) {
        dma->looked_at(dma->looked_at_ctx);
    }
    return dma->tcd[(off - TCD0) / 4];
}

static void start(struct imxrt_dma_model *dma)
{
    const char *wrong = fault(dma);
    if (wrong != NULL) {
        model_violation(dma->bus, "DMA channel 0 %s", wrong);
    } else {
        dma->requests = true;
    }
}

static void dma_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct imxrt_dma_model *dma = ctx;
    if (!imxrt_ccm_model_check(dma->ccm, IMXRT_GATE_DMA, &dma->model)) {
        return;
    }
    if (is_tcd(off, size) && dma->requests) {
        model_violation(dma->bus, "the descriptor of DMA channel 0 changes while it takes requests");
    } else if (is_tcd(off, size)) {
        dma->tcd[(off - TCD0) / 4] = value;
    } else if (size == 1 && off == SERQ && value == 0) {
        start(dma);
    } else if (size == 1 && off == CINT && value == 0) {
        dma->interrupts = false;
    } else {
        model_violation(dma->bus, "write of 0x%x to DMA at 0x%04x, which is not modelled", value, off);
    }
}

static uint32_t mux_read(void *ctx, uint32_t off, uint32_t size)
{
    const struct imxrt_dma_model *dma = ctx;
    if (size != 4 || off != 0) {
        model_violation(dma->bus, "read of DMAMUX at 0x%02x, which is not modelled", off);
    }
    return dma->chcfg;
}

static void mux_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct imxrt_dma_model *dma = ctx;
    if (!imxrt_ccm_model_check(dma->ccm, IMXRT_GATE_DMA, &dma->mux)) {
        return;
    }
    if (size != 4 || off != 0 || (value & ~(ENABLED | 0x7F))) {
        model_violation(dma->bus, "write of 0x%x to DMAMUX at 0x%02x, which is not modelled", value, off);
    } else if ((dma->chcfg & ENABLED) && value != 0) {
        model_violation(dma->bus, "the source of DMA channel 0 changes while it is on");
    } else {
        dma->chcfg = value;
    }
}

static void dma_sample(void *ctx)
{
    struct imxrt_dma_model *dma = ctx;
    if (dma->looked_at != NULL) {
        dma->looked_at(dma->looked_at_ctx);
    }
    if (dma->interrupts) {
        model_irq(dma->bus, INTERRUPT);
    }
}

void imxrt_dma_model_open(struct imxrt_dma_model *dma, const struct imxrt_part *part,
                          const struct imxrt_ccm_model *ccm, const struct model_bus *bus)
{
    *dma = (struct imxrt_dma_model){.bus = bus, .ccm = ccm};
    dma->model = (struct model){.name = "DMA",
                                .base = part->is_rt1170 ? 0x40070000 : 0x400E8000,
                                .size = TCD0_END,
                                .read = dma_read,
                                .write = dma_write,
                                .sample = dma_sample,
                                .ctx = dma};
    dma->mux = (struct model){.name = "DMAMUX",
                              .base = part->is_rt1170 ? 0x40074000 : 0x400EC000,
                              .size = 0x80,
                              .read = mux_read,
                              .write = mux_write,
                              .ctx = dma};
    imxrt_dma_model_reset(dma);
}

/* Descriptors are RAM: they hold anything. */
void imxrt_dma_model_reset(struct imxrt_dma_model *dma)
{
    memset(dma->tcd, 0xA5, sizeof dma->tcd);
    dma->chcfg = 0;
    dma->requests = false;
    dma->interrupts = false;
}
