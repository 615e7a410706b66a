#include "chips/rp2/model/xip_model.h"

#include <string.h>

enum {
    CTRL = 0x00,
    FLUSH = 0x04,
    STAT = 0x08,

    CTRL_EN = 1 << 0,
    CTRL_RESET = 3,    /* EN, ERR_BADWRITE */
    STAT_VALUE = 3,    /* FLUSH_READY, FIFO_EMPTY */
    SELECT_CLOCKS = 4, /* around a read: chip select, and the cache */
};

static const uint64_t PS_PER_S = 1000000000000;

static bool is_stale(const struct rp2_xip_model *xip)
{
    return (xip->ctrl & CTRL_EN) && xip->ssi->chip->cells->number != xip->seen;
}

static void flush(struct rp2_xip_model *xip)
{
    xip->erases += xip->ssi->chip->cells->number != xip->seen;
    xip->seen = xip->ssi->chip->cells->number;
    memset(xip->lines, 0, sizeof xip->lines);
}

static uint32_t xip_peek(void *ctx, uint32_t off)
{
    const struct rp2_xip_model *xip = ctx;
    return off == CTRL ? xip->ctrl : 0;
}

static uint32_t xip_read(void *ctx, uint32_t off, uint32_t size)
{
    const struct rp2_xip_model *xip = ctx;
    switch (size == 4 ? off : UINT32_MAX) {
    case CTRL:
        return xip->ctrl;
    case FLUSH:
        return 0;
    case STAT:
        return STAT_VALUE;
    default:
        model_violation(xip->bus, "read of %u bytes from XIP_CTRL at 0x%02x", size, off);
        return 0;
    }
}

static void xip_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct rp2_xip_model *xip = ctx;
    if (size == 4 && off == CTRL && (value & ~(uint32_t)CTRL_RESET) == 0) {
        xip->ctrl = value;
    } else if (size == 4 && off == FLUSH && value == 1) {
        flush(xip);
    } else {
        model_violation(xip->bus, "write of 0x%08x to XIP_CTRL at 0x%02x", value, off);
    }
}

static void window_store(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    (void)value;
    const struct rp2_xip_model *xip = ctx;
    model_violation(xip->bus, "store of %u bytes to the flash at 0x%08x, which it never reaches", size,
                    RP2_XIP_BASE + off);
}

static bool window_guarded(void *ctx)
{
    const struct rp2_xip_model *xip = ctx;
    return !xip->ssi->is_checked || is_stale(xip);
}

static void window_access(void *ctx, uint32_t off, uint32_t size, enum model_access access)
{
    struct rp2_xip_model *xip = ctx;
    (void)size;
    const char *fault = rp2_ssi_model_check(xip->ssi, off);
    if (fault == NULL && is_stale(xip)) {
        fault = "which the cache may hold as it was before: it was not flushed";
    }
    if (fault != NULL) {
        model_violation(xip->bus, "%s of the flash at 0x%08x, %s", access == MODEL_FETCH ? "execution" : "read",
                        RP2_XIP_BASE + off, fault);
    }
}

/* Reads a line. Returns whether the cache held it; it does now. */
static bool line_read(struct rp2_xip_model *xip, uint32_t off)
{
    uint32_t set = off / RP2_XIP_LINE_SIZE % RP2_XIP_SETS;
    uint32_t tag = (off & ~(RP2_XIP_LINE_SIZE - 1u)) | 1;
    for (uint32_t way = 0; way < RP2_XIP_WAYS; way++) {
        if (xip->lines[set][way] == tag) {
            return true;
        }
    }
    if (xip->ctrl & CTRL_EN) {
        xip->lines[set][xip->oldest[set]] = tag;
        xip->oldest[set] ^= 1;
    }
    return false;
}

static uint64_t window_wait_ns(void *ctx, uint32_t off, uint32_t size, enum model_access access)
{
    (void)access;
    struct rp2_xip_model *xip = ctx;
    const struct rp2_ssi_model *ssi = xip->ssi;
    uint64_t clocks = 0;
    for (uint32_t at = off & ~(RP2_XIP_LINE_SIZE - 1u); at < off + size; at += RP2_XIP_LINE_SIZE) {
        clocks += line_read(xip, at) ? 0 : rp2_ssi_model_read_clocks(ssi, RP2_XIP_LINE_SIZE) + SELECT_CLOCKS;
    }
    if (clocks == 0 || ssi->clock_hz == NULL) {
        return 0;
    }
    return clocks * ssi->baudr * (PS_PER_S / *ssi->clock_hz) / 1000;
}

void rp2_xip_model_open(struct rp2_xip_model *xip, struct rp2_ssi_model *ssi, const struct model_bus *bus)
{
    *xip = (struct rp2_xip_model){.model = {.name = "XIP_CTRL",
                                            .base = 0x14000000,
                                            .size = 0x1000,
                                            .read = xip_read,
                                            .write = xip_write,
                                            .peek = xip_peek,
                                            .ctx = xip},
                                  .window = {.base = RP2_XIP_BASE,
                                             .size = ssi->chip->part->geometry->size,
                                             .erases = &xip->erases,
                                             .store = window_store,
                                             .guarded = window_guarded,
                                             .access = window_access,
                                             .wait_ns = window_wait_ns,
                                             .ctx = xip},
                                  .bus = bus,
                                  .ssi = ssi,
                                  .ctrl = CTRL_RESET};
}

void rp2_xip_model_reset(struct rp2_xip_model *xip)
{
    xip->ctrl = CTRL_RESET;
    xip->window.bytes = xip->ssi->chip->cells->bytes;
    xip->seen = xip->ssi->chip->cells->number;
    memset(xip->lines, 0, sizeof xip->lines);
}
