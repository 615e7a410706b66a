/* TICKS of an RP2350: what TIMER0, the watchdog and others count. */
#include "chips/rp2/model/peripherals.h"

enum {
    CTRL = 0x0, /* of each tick; CYCLES and COUNT behind it */
    CYCLES = 0x4,
    NEXT = 0xC,
    ENABLE = 1 << 0,
    RUNNING = 1 << 1,
    CYCLES_MAX = 0x1FF,
    HZ_PER_TICK = 1000000,
};

static bool is_there(uint32_t off, uint32_t size)
{
    return size == 4 && off < RP2350_TICKS * NEXT && (off % NEXT == CTRL || off % NEXT == CYCLES);
}

static uint32_t ticks_peek(void *ctx, uint32_t off)
{
    const struct rp2350_ticks_model *ticks = ctx;
    const struct rp2350_tick *tick = &ticks->ticks[off / NEXT % RP2350_TICKS];
    return off % NEXT == CYCLES ? tick->cycles : tick->runs ? ENABLE | RUNNING : 0;
}

static uint32_t ticks_read(void *ctx, uint32_t off, uint32_t size)
{
    const struct rp2350_ticks_model *ticks = ctx;
    if (!is_there(off, size)) {
        model_violation(ticks->bus, "read of %u bytes from TICKS at 0x%02x", size, off);
        return 0;
    }
    return ticks_peek(ctx, off);
}

static void ticks_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct rp2350_ticks_model *ticks = ctx;
    struct rp2350_tick *tick = &ticks->ticks[off / NEXT % RP2350_TICKS];
    if (is_there(off, size) && off % NEXT == CYCLES && value <= CYCLES_MAX && !tick->runs) {
        tick->cycles = value;
    } else if (is_there(off, size) && off % NEXT == CTRL && value <= ENABLE) {
        tick->runs = value;
    } else {
        model_violation(ticks->bus, "write of 0x%08x to TICKS at 0x%02x%s", value, off,
                        tick->runs ? ", while it runs" : "");
    }
}

bool rp2350_tick_is_microsecond(const void *ctx)
{
    const struct rp2350_tick *tick = ctx;
    return tick->runs && tick->cycles * HZ_PER_TICK == tick->clocks->ref_hz;
}

void rp2350_ticks_model_open(struct rp2350_ticks_model *ticks, const struct rp2_clocks_model *clocks,
                             const struct model_bus *bus)
{
    *ticks = (struct rp2350_ticks_model){.model = {.name = "TICKS",
                                                   .base = 0x40108000,
                                                   .size = 0x1000,
                                                   .read = ticks_read,
                                                   .write = ticks_write,
                                                   .peek = ticks_peek,
                                                   .ctx = ticks},
                                         .bus = bus};
    for (uint32_t i = 0; i < RP2350_TICKS; i++) {
        ticks->ticks[i].clocks = clocks;
    }
}

void rp2350_ticks_model_reset(struct rp2350_ticks_model *ticks)
{
    for (uint32_t i = 0; i < RP2350_TICKS; i++) {
        ticks->ticks[i].cycles = 0;
        ticks->ticks[i].runs = false;
    }
}
