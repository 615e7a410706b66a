#include "chips/rp2/model/dma_model.h"

enum {
    READ_ADDR = 0x00,
    WRITE_ADDR = 0x04,
    TRANS_COUNT = 0x08,
    CTRL_TRIG = 0x0C,
    AL1_CTRL = 0x10, /* the same without starting it */
    CHANNEL_SIZE = 0x40,
    INTR = 0x400,
    INTE0 = 0x404,

    EN = 1 << 0,
    DATA_SIZE_POS = 2,
    INCR_READ = 1 << 4,
    TREQ_NONE = 0x3F,
    SIZE_BYTE = 0,
    SIZE_WORD = 2,
    CHAINS_MAX = 8,
};

static const struct rp2_series *series_of(const struct rp2_dma_model *dma)
{
    return dma->resets->series;
}

static uint32_t field(uint32_t value, uint32_t pos, uint32_t bits)
{
    return value >> pos & ((1u << bits) - 1);
}

/* By the place of a bit, which differs between the series. */
static bool has(uint32_t ctrl, uint32_t pos)
{
    return ctrl >> pos & 1;
}

static void trigger(struct rp2_dma_model *dma, uint32_t number);

/* A block is done. */
static void complete(struct rp2_dma_model *dma, uint32_t number)
{
    struct rp2_dma_channel *channel = &dma->channels[number];
    uint32_t next = field(channel->ctrl, series_of(dma)->dma_chain_to, 4);
    channel->is_busy = false;
    dma->intr |= has(channel->ctrl, series_of(dma)->dma_irq_quiet) ? 0 : 1u << number;
    if (next == number) {
        return;
    }
    if (next >= RP2_DMA_CHANNELS || ++dma->chained > CHAINS_MAX) {
        model_violation(dma->bus, "DMA channel %u is chained to channel %u, which is not modelled or never ends",
                        number, next);
        return;
    }
    trigger(dma, next);
}

/* A register of its own onto itself: nothing changes. */
static void copy(struct rp2_dma_model *dma, struct rp2_dma_channel *channel)
{
    uint32_t sniff_data = dma->model.base + series_of(dma)->dma_sniff;
    if (channel->read_addr != sniff_data || channel->write_addr != sniff_data) {
        model_violation(dma->bus, "DMA copies from 0x%08x to 0x%08x, which is not modelled", channel->read_addr,
                        channel->write_addr);
    }
    channel->left = 0;
    complete(dma, (uint32_t)(channel - dma->channels));
}

static const char *channel_fault(const struct rp2_series *series, const struct rp2_dma_channel *channel)
{
    uint32_t ctrl = channel->ctrl;
    bool is_unpaced = field(ctrl, series->dma_treq, 6) == TREQ_NONE;
    bool counts_up = has(ctrl, series->dma_incr_write);
    if ((ctrl & series->dma_others) || (channel->reload & series->dma_count_modes)) {
        return "has other bits set";
    }
    if (is_unpaced) {
        bool is_word = field(ctrl, DATA_SIZE_POS, 2) == SIZE_WORD && !(ctrl & INCR_READ) && !counts_up;
        return is_word && channel->reload == 1 ? NULL : "copies more than a word";
    }
    if (field(ctrl, DATA_SIZE_POS, 2) != SIZE_BYTE || (ctrl & INCR_READ) || !counts_up ||
        !has(ctrl, series->dma_ring_writes)) {
        return "takes other things than bytes into a ring";
    }
    return NULL;
}

static void trigger(struct rp2_dma_model *dma, uint32_t number)
{
    struct rp2_dma_channel *channel = &dma->channels[number];
    const char *fault = channel_fault(series_of(dma), channel);
    if (!(channel->ctrl & EN) || channel->is_busy) {
        return;
    }
    if (fault != NULL || channel->reload == 0) {
        model_violation(dma->bus, "DMA channel %u %s, which is not modelled", number,
                        fault != NULL ? fault : "moves nothing");
        return;
    }
    channel->left = channel->reload;
    channel->is_busy = true;
    if (field(channel->ctrl, series_of(dma)->dma_treq, 6) == TREQ_NONE) {
        copy(dma, channel);
    }
}

bool rp2_dma_model_take(struct rp2_dma_model *dma, uint32_t request, uint32_t from, uint8_t byte)
{
    struct rp2_dma_channel *channel = &dma->channels[0];
    uint32_t ring = 1u << field(channel->ctrl, series_of(dma)->dma_ring_size, 4);
    if (!channel->is_busy || field(channel->ctrl, series_of(dma)->dma_treq, 6) != request) {
        return false;
    }
    if (channel->read_addr != from) {
        model_violation(dma->bus, "DMA reads from 0x%08x when 0x%08x has a byte", channel->read_addr, from);
    }
    if (!dma->bus->write(dma->bus->ctx, channel->write_addr, &byte, 1)) {
        model_violation(dma->bus, "DMA writes to 0x%08x, where no memory is", channel->write_addr);
    }
    channel->write_addr = (channel->write_addr & ~(ring - 1)) | ((channel->write_addr + 1) & (ring - 1));
    dma->chained = 0;
    if (--channel->left == 0) {
        complete(dma, 0);
    }
    return true;
}

static uint32_t dma_peek(void *ctx, uint32_t off)
{
    const struct rp2_dma_model *dma = ctx;
    const struct rp2_dma_channel *channel = &dma->channels[off / CHANNEL_SIZE % RP2_DMA_CHANNELS];
    if (off == INTR || off == INTE0) {
        return off == INTR ? dma->intr : dma->inte0;
    }
    switch (off % CHANNEL_SIZE) {
    case READ_ADDR:
        return channel->read_addr;
    case WRITE_ADDR:
        return channel->write_addr;
    case TRANS_COUNT:
        return channel->left;
    default:
        return channel->ctrl | (uint32_t)channel->is_busy << series_of(dma)->dma_busy;
    }
}

static bool is_there(uint32_t off, uint32_t size)
{
    bool is_channel = off < RP2_DMA_CHANNELS * CHANNEL_SIZE && off % CHANNEL_SIZE <= AL1_CTRL && off % 4 == 0;
    return size == 4 && (is_channel || off == INTR || off == INTE0);
}

static uint32_t dma_read(void *ctx, uint32_t off, uint32_t size)
{
    struct rp2_dma_model *dma = ctx;
    if (!rp2_block_check(dma->resets, series_of(dma)->dma.reset, &dma->model)) {
        return 0;
    }
    if (!is_there(off, size)) {
        model_violation(dma->bus, "read of %u bytes from DMA at 0x%03x, which is not modelled", size, off);
        return 0;
    }
    if (off == WRITE_ADDR && dma->looked_at != NULL) {
        dma->looked_at(dma->ctx);
    }
    return dma_peek(dma, off);
}

static void write_channel(struct rp2_dma_model *dma, uint32_t off, uint32_t value)
{
    uint32_t number = off / CHANNEL_SIZE;
    struct rp2_dma_channel *channel = &dma->channels[number];
    uint32_t *const registers[] = {&channel->read_addr, &channel->write_addr, &channel->reload, &channel->ctrl,
                                   &channel->ctrl};
    if (channel->is_busy) {
        model_violation(dma->bus, "DMA channel %u is changed while it is busy", number);
        return;
    }
    *registers[off % CHANNEL_SIZE / 4] = value;
    if (off % CHANNEL_SIZE == CTRL_TRIG) {
        trigger(dma, number);
    }
}

static void dma_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct rp2_dma_model *dma = ctx;
    if (!rp2_block_check(dma->resets, series_of(dma)->dma.reset, &dma->model)) {
        return;
    }
    if (!is_there(off, size)) {
        model_violation(dma->bus, "write of 0x%08x to DMA at 0x%03x, which is not modelled", value, off);
    } else if (off == INTR) {
        dma->intr &= ~value;
    } else if (off == INTE0) {
        dma->inte0 = value;
    } else {
        write_channel(dma, off, value);
    }
}

static void dma_sample(void *ctx)
{
    const struct rp2_dma_model *dma = ctx;
    if (dma->intr & dma->inte0) {
        model_irq(dma->bus, series_of(dma)->dma.interrupt);
    }
}

static void dma_clear(void *ctx)
{
    struct rp2_dma_model *dma = ctx;
    for (uint32_t i = 0; i < RP2_DMA_CHANNELS; i++) {
        dma->channels[i] = (struct rp2_dma_channel){.ctrl = i << series_of(dma)->dma_chain_to};
    }
    dma->intr = 0;
    dma->inte0 = 0;
    dma->chained = 0;
}

void rp2_dma_model_open(struct rp2_dma_model *dma, struct rp2_resets_model *resets, const struct model_bus *bus)
{
    *dma = (struct rp2_dma_model){.model = {.name = "DMA",
                                            .base = resets->series->dma.base,
                                            .size = 0x1000,
                                            .read = dma_read,
                                            .write = dma_write,
                                            .peek = dma_peek,
                                            .sample = dma_sample,
                                            .ctx = dma},
                                  .bus = bus,
                                  .resets = resets};
    rp2_resets_model_add(resets, resets->series->dma.reset, dma_clear, dma);
    dma_clear(dma);
}
