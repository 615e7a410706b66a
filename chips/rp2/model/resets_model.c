#include "chips/rp2/model/resets_model.h"

enum {
    RESET = 0x0,
    WDSEL = 0x4,
    RESET_DONE = 0x8,
};

static uint32_t resets_peek(void *ctx, uint32_t off)
{
    const struct rp2_resets_model *resets = ctx;
    return off == RESET        ? resets->held
           : off == WDSEL      ? resets->wdsel
           : off == RESET_DONE ? ~resets->held & resets->series->resets_all
                               : 0;
}

static uint32_t resets_read(void *ctx, uint32_t off, uint32_t size)
{
    struct rp2_resets_model *resets = ctx;
    if (size != 4 || off > RESET_DONE) {
        model_violation(resets->bus, "read of %u bytes from RESETS at 0x%03x", size, off);
        return 0;
    }
    return resets_peek(resets, off);
}

static void hold(struct rp2_resets_model *resets, uint32_t value)
{
    uint32_t begins = value & ~resets->held;
    resets->held = value;
    for (uint32_t i = 0; i < RP2_RESETS_MAX; i++) {
        if ((begins >> i & 1) && resets->blocks[i].clear != NULL) {
            resets->blocks[i].clear(resets->blocks[i].ctx);
        }
    }
}

static void resets_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct rp2_resets_model *resets = ctx;
    /* Bits that stand for no block are written by others' start-up code; they are not kept. */
    value &= resets->series->resets_all;
    if (size != 4 || (off != RESET && off != WDSEL)) {
        model_violation(resets->bus, "write of 0x%08x to RESETS at 0x%03x", value, off);
    } else if (off == WDSEL) {
        resets->wdsel = value;
    } else {
        hold(resets, value);
    }
}

void rp2_resets_model_open(struct rp2_resets_model *resets, const struct rp2_series *series,
                           const struct model_bus *bus)
{
    *resets = (struct rp2_resets_model){.model = {.name = "RESETS",
                                                  .base = series->resets,
                                                  .size = 0x1000,
                                                  .read = resets_read,
                                                  .write = resets_write,
                                                  .peek = resets_peek,
                                                  .ctx = resets},
                                        .bus = bus,
                                        .series = series,
                                        .held = series->resets_all};
}

void rp2_resets_model_add(struct rp2_resets_model *resets, uint8_t number, void (*clear)(void *ctx), void *ctx)
{
    resets->blocks[number] = (struct rp2_block){.clear = clear, .ctx = ctx};
}

void rp2_resets_model_reset(struct rp2_resets_model *resets)
{
    resets->held = 0;
    resets->wdsel = 0;
    hold(resets, resets->series->resets_all);
}

bool rp2_block_check(const struct rp2_resets_model *resets, uint8_t number, const struct model *model)
{
    bool is_held = (resets->held >> number & 1) != 0;
    if (is_held) {
        model_violation(resets->bus, "access to %s while it is held in reset", model->name);
    }
    return !is_held;
}
