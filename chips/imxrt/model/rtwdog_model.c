/* RTWDOG: on after a reset, changed only within a moment after its key. */
#include "chips/imxrt/model/peripherals.h"

enum {
    CS = 0x0,
    CNT = 0x4,
    TOVAL = 0x8,
    CS_UPDATE = 1 << 5,
    CS_EN = 1 << 7,
    CS_RESET = 0x2980,
    TOVAL_RESET = 0x400,
    TICK_NS = 31250,    /* 32 kHz */
    UNLOCKED_NS = 1000, /* 128 clocks of the bus */
};

static const uint32_t KEY = 0xD928C520;

static uint32_t rtwdog_read(void *ctx, uint32_t off, uint32_t size)
{
    const struct imxrt_rtwdog_model *rtwdog = ctx;
    if (size == 4 && (off == CS || off == TOVAL)) {
        return off == CS ? rtwdog->cs : rtwdog->toval;
    }
    model_violation(rtwdog->bus, "read of RTWDOG at 0x%x, which is not modelled", off);
    return 0;
}

static void rtwdog_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct imxrt_rtwdog_model *rtwdog = ctx;
    if (size == 4 && off == CNT && value == KEY) {
        rtwdog->unlocked_ns = rtwdog->now_ns + UNLOCKED_NS;
    } else if (size != 4 || (off != CS && off != TOVAL)) {
        model_violation(rtwdog->bus, "write of 0x%08x to RTWDOG at 0x%x, which resets the chip or is not modelled",
                        value, off);
    } else if (rtwdog->now_ns >= rtwdog->unlocked_ns || !(rtwdog->cs & CS_UPDATE)) {
        model_violation(rtwdog->bus, "write of RTWDOG at 0x%x, which is locked", off);
    } else if (off == TOVAL) {
        rtwdog->toval = value;
    } else {
        rtwdog->cs = value;
    }
}

/* Time runs in full since the reset: the counter is never refreshed here. */
static void rtwdog_tick(void *ctx, uint64_t ns)
{
    struct imxrt_rtwdog_model *rtwdog = ctx;
    rtwdog->now_ns += ns;
    rtwdog->fired = rtwdog->fired || ((rtwdog->cs & CS_EN) && rtwdog->now_ns >= (uint64_t)rtwdog->toval * TICK_NS);
}

void imxrt_rtwdog_model_open(struct imxrt_rtwdog_model *rtwdog, const struct imxrt_part *part,
                             const struct model_bus *bus)
{
    *rtwdog = (struct imxrt_rtwdog_model){.bus = bus};
    rtwdog->model = (struct model){.name = "RTWDOG",
                                   .base = part->is_rt1170 ? 0x40038000 : 0x400BC000,
                                   .size = 0x10,
                                   .read = rtwdog_read,
                                   .write = rtwdog_write,
                                   .tick = rtwdog_tick,
                                   .ctx = rtwdog};
    imxrt_rtwdog_model_reset(rtwdog);
}

void imxrt_rtwdog_model_reset(struct imxrt_rtwdog_model *rtwdog)
{
    rtwdog->cs = CS_RESET | CS_UPDATE;
    rtwdog->toval = TOVAL_RESET;
    rtwdog->now_ns = 0;
    rtwdog->unlocked_ns = 0;
    rtwdog->fired = false;
}
