#include "chips/rp2/model/xip_rp2040_model.h"

enum {
    CTRL = 0x00,
    FLUSH = 0x04,
    STAT = 0x08,

    CTRL_EN = 1 << 0,
    CTRL_RESET = 3, /* EN, ERR_BADWRITE */
    STAT_VALUE = 3, /* FLUSH_READY, FIFO_EMPTY */
};

static uint32_t xip_peek(void *ctx, uint32_t off)
{
    const struct rp2040_xip_model *xip = ctx;
    return off == CTRL ? xip->ctrl : 0;
}

static uint32_t xip_read(void *ctx, uint32_t off, uint32_t size)
{
    const struct rp2040_xip_model *xip = ctx;
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
    struct rp2040_xip_model *xip = ctx;
    if (size == 4 && off == CTRL && (value & ~(uint32_t)CTRL_RESET) == 0) {
        xip->ctrl = value;
        xip->window.is_cached = value & CTRL_EN;
    } else if (size == 4 && off == FLUSH && value == 1) {
        rp2_window_model_flush(&xip->window);
    } else {
        model_violation(xip->bus, "write of 0x%08x to XIP_CTRL at 0x%02x", value, off);
    }
}

void rp2040_xip_model_open(struct rp2040_xip_model *xip, const struct rp2_reader *reader, const struct model_bus *bus)
{
    *xip = (struct rp2040_xip_model){.model = {.name = "XIP_CTRL",
                                               .base = 0x14000000,
                                               .size = 0x1000,
                                               .read = xip_read,
                                               .write = xip_write,
                                               .peek = xip_peek,
                                               .ctx = xip},
                                     .bus = bus,
                                     .ctrl = CTRL_RESET};
    rp2_window_model_open(&xip->window, reader, bus);
}

void rp2040_xip_model_reset(struct rp2040_xip_model *xip)
{
    xip->ctrl = CTRL_RESET;
    rp2_window_model_reset(&xip->window);
}
