#include "chips/rp2/model/xip_rp2350_model.h"

#include <string.h>

enum {
    CTRL = 0x00,
    STAT = 0x08,

    CTRL_EN_SECURE = 1 << 0,
    CTRL_RESET = 0x83, /* EN_SECURE, EN_NONSECURE, NO_UNTRANSLATED_NONSEC */
    STAT_VALUE = 2,    /* FIFO_EMPTY */

    OP_BITS = 7,
    OP_DROP_LINE = 0, /* by set and way */
    MAINTENANCE_SIZE = RP2350_XIP_LINES * RP2_XIP_LINE_SIZE,
};

/* The last 16 KiB: what the boot ROM uses. The places before it are not modelled. */
static const uint32_t MAINTENANCE_BASE = 0x1BFFC000;

static uint32_t xip_peek(void *ctx, uint32_t off)
{
    const struct rp2350_xip_model *xip = ctx;
    return off == CTRL ? xip->ctrl : 0;
}

static uint32_t xip_read(void *ctx, uint32_t off, uint32_t size)
{
    const struct rp2350_xip_model *xip = ctx;
    if (size == 4 && (off == CTRL || off == STAT)) {
        return off == CTRL ? xip->ctrl : STAT_VALUE;
    }
    model_violation(xip->bus, "read of %u bytes from XIP_CTRL at 0x%02x", size, off);
    return 0;
}

static void xip_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct rp2350_xip_model *xip = ctx;
    if (size == 4 && off == CTRL && (value & ~(uint32_t)CTRL_RESET) == 0) {
        xip->ctrl = value;
        xip->window.is_cached = value & CTRL_EN_SECURE;
    } else {
        model_violation(xip->bus, "write of 0x%08x to XIP_CTRL at 0x%02x", value, off);
    }
}

static uint32_t maintenance_read(void *ctx, uint32_t off, uint32_t size)
{
    const struct rp2350_xip_model *xip = ctx;
    model_violation(xip->bus, "read of %u bytes where stores maintain the cache, at 0x%08x", size,
                    MAINTENANCE_BASE + off);
    return 0;
}

/* Only when all lines are dropped none can hold what was there before. */
static void drop_line(struct rp2350_xip_model *xip, uint32_t line)
{
    uint64_t now = xip->window.reader->chip->cells->number;
    if (now != xip->dropped_at) {
        memset(xip->is_dropped, 0, sizeof xip->is_dropped);
        xip->dropped = 0;
        xip->dropped_at = now;
    }
    xip->dropped += !xip->is_dropped[line];
    xip->is_dropped[line] = true;
    if (xip->dropped == RP2350_XIP_LINES) {
        memset(xip->is_dropped, 0, sizeof xip->is_dropped);
        xip->dropped = 0;
        rp2_window_model_flush(&xip->window);
    }
}

static void maintenance_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct rp2350_xip_model *xip = ctx;
    (void)value;
    if (size != 1 || (off & OP_BITS) != OP_DROP_LINE) {
        model_violation(xip->bus, "store of %u bytes to maintain the cache, operation %u, which is not modelled",
                        size, off & OP_BITS);
        return;
    }
    drop_line(xip, off / RP2_XIP_LINE_SIZE);
}

void rp2350_xip_model_open(struct rp2350_xip_model *xip, const struct rp2_reader *reader, const struct model_bus *bus)
{
    *xip = (struct rp2350_xip_model){.model = {.name = "XIP_CTRL",
                                               .base = 0x400C8000,
                                               .size = 0x1000,
                                               .read = xip_read,
                                               .write = xip_write,
                                               .peek = xip_peek,
                                               .ctx = xip},
                                     .maintenance = {.name = "the maintenance of the cache",
                                                     .base = MAINTENANCE_BASE,
                                                     .size = MAINTENANCE_SIZE,
                                                     .read = maintenance_read,
                                                     .write = maintenance_write,
                                                     .ctx = xip},
                                     .bus = bus,
                                     .ctrl = CTRL_RESET};
    rp2_window_model_open(&xip->window, reader, bus);
}

void rp2350_xip_model_reset(struct rp2350_xip_model *xip)
{
    xip->ctrl = CTRL_RESET;
    xip->dropped = 0;
    memset(xip->is_dropped, 0, sizeof xip->is_dropped);
    rp2_window_model_reset(&xip->window);
    xip->dropped_at = xip->window.seen;
}
