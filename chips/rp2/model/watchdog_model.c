/* WATCHDOG, and the registers of PSM and, on an RP2040, VREG_AND_CHIP_RESET that a reset by it needs. */
#include "chips/rp2/model/peripherals.h"

enum {
    CTRL = 0x00,
    LOAD = 0x04,
    REASON = 0x08,
    SCRATCH0 = 0x0C,
    SCRATCH7 = 0x28,
    TICK = 0x2C,

    REASON_TIMER = 1,
    REASON_FORCE = 2,
    TICK_CYCLES = 0x1FF,
    TICK_ENABLE = 1 << 9,
    TICK_RESET = 0x200,
    NS_PER_US = 1000,

    PSM_WDSEL = 0x08,
    CHIP_RESET = 0x08,
};

static const uint32_t CTRL_ENABLE = 1u << 30;
static const uint32_t CTRL_TRIGGER = 1u << 31;
static const uint32_t CTRL_PAUSES = 7u << 24;
static const uint32_t LOAD_MAX = 0x00FFFFFF;
static const uint32_t HZ_PER_TICK = 1000000;

static const struct rp2_series *series_of(const struct rp2_watchdog_model *watchdog)
{
    return watchdog->clocks->resets->series;
}

static void fire(struct rp2_watchdog_model *watchdog, uint32_t reason)
{
    uint32_t needed = series_of(watchdog)->wdsel_needed;
    if ((watchdog->wdsel & needed) != needed) {
        model_violation(watchdog->bus, "the watchdog resets a part of the chip only: WDSEL of PSM is 0x%05x",
                        watchdog->wdsel);
    }
    watchdog->reason = reason;
    watchdog->fired = true;
}

bool rp2_watchdog_model_ticks(const void *ctx)
{
    const struct rp2_watchdog_model *watchdog = ctx;
    uint32_t cycles = watchdog->tick & TICK_CYCLES;
    return (watchdog->tick & TICK_ENABLE) && cycles * HZ_PER_TICK == watchdog->clocks->ref_hz;
}

static uint32_t time_left(const struct rp2_watchdog_model *watchdog)
{
    return (uint32_t)(watchdog->left_ns * series_of(watchdog)->counts_per_tick / NS_PER_US);
}

static uint32_t watchdog_peek(void *ctx, uint32_t off)
{
    const struct rp2_watchdog_model *watchdog = ctx;
    if (off >= SCRATCH0 && off <= SCRATCH7 && off % 4 == 0) {
        return watchdog->scratch[(off - SCRATCH0) / 4];
    }
    return off == CTRL ? watchdog->ctrl | time_left(watchdog) : off == TICK ? watchdog->tick : watchdog->reason;
}

static uint32_t last_of(const struct rp2_watchdog_model *watchdog)
{
    return series_of(watchdog)->has_watchdog_tick ? TICK : SCRATCH7;
}

static uint32_t watchdog_read(void *ctx, uint32_t off, uint32_t size)
{
    const struct rp2_watchdog_model *watchdog = ctx;
    if (size != 4 || off % 4 != 0 || off == LOAD || off > last_of(watchdog)) {
        model_violation(watchdog->bus, "read of %u bytes from WATCHDOG at 0x%02x", size, off);
        return 0;
    }
    return watchdog_peek(ctx, off);
}

static void write_ctrl(struct rp2_watchdog_model *watchdog, uint32_t value)
{
    watchdog->ctrl = value & (CTRL_ENABLE | CTRL_PAUSES);
    if (value & CTRL_TRIGGER) {
        fire(watchdog, REASON_FORCE);
    } else if ((value & CTRL_ENABLE) && !watchdog->ticks(watchdog->tick_ctx)) {
        model_violation(watchdog->bus, "the watchdog is started without a tick of a microsecond");
    }
}

static void watchdog_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct rp2_watchdog_model *watchdog = ctx;
    if (size == 4 && off >= SCRATCH0 && off <= SCRATCH7 && off % 4 == 0) {
        watchdog->scratch[(off - SCRATCH0) / 4] = value;
    } else if (size == 4 && off == CTRL) {
        write_ctrl(watchdog, value);
    } else if (size == 4 && off == LOAD && value <= LOAD_MAX) {
        watchdog->left_ns = (uint64_t)value * NS_PER_US / series_of(watchdog)->counts_per_tick;
    } else if (size == 4 && off == TICK && off <= last_of(watchdog) &&
               (value & ~(uint32_t)(TICK_CYCLES | TICK_ENABLE)) == 0) {
        watchdog->tick = value;
    } else {
        model_violation(watchdog->bus, "write of 0x%08x to WATCHDOG at 0x%02x", value, off);
    }
}

static void watchdog_tick(void *ctx, uint64_t ns)
{
    struct rp2_watchdog_model *watchdog = ctx;
    if (!(watchdog->ctrl & CTRL_ENABLE) || watchdog->fired) {
        return;
    }
    watchdog->left_ns -= ns < watchdog->left_ns ? ns : watchdog->left_ns;
    if (watchdog->left_ns == 0) {
        fire(watchdog, REASON_TIMER);
    }
}

static uint32_t psm_peek(void *ctx, uint32_t off)
{
    const struct rp2_watchdog_model *watchdog = ctx;
    return off == PSM_WDSEL ? watchdog->wdsel : 0;
}

static uint32_t psm_read(void *ctx, uint32_t off, uint32_t size)
{
    const struct rp2_watchdog_model *watchdog = ctx;
    if (size != 4 || off != PSM_WDSEL) {
        model_violation(watchdog->bus, "read of %u bytes from PSM at 0x%02x", size, off);
    }
    return psm_peek(ctx, off);
}

static void psm_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct rp2_watchdog_model *watchdog = ctx;
    if (size != 4 || off != PSM_WDSEL || (value & ~series_of(watchdog)->wdsel_bits)) {
        model_violation(watchdog->bus, "write of 0x%08x to PSM at 0x%02x", value, off);
        return;
    }
    watchdog->wdsel = value;
}

/* The rescue flag is never set. */
static uint32_t vreg_read(void *ctx, uint32_t off, uint32_t size)
{
    const struct rp2_watchdog_model *watchdog = ctx;
    if (size != 4 || off != CHIP_RESET) {
        model_violation(watchdog->bus, "read of %u bytes from VREG_AND_CHIP_RESET at 0x%02x", size, off);
    }
    return 0;
}

static void vreg_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    const struct rp2_watchdog_model *watchdog = ctx;
    (void)size;
    model_violation(watchdog->bus, "write of 0x%08x to VREG_AND_CHIP_RESET at 0x%02x", value, off);
}

void rp2_watchdog_model_open(struct rp2_watchdog_model *watchdog, const struct rp2_clocks_model *clocks,
                             const struct model_bus *bus)
{
    *watchdog = (struct rp2_watchdog_model){.model = {.name = "WATCHDOG",
                                                      .base = clocks->resets->series->watchdog,
                                                      .size = 0x1000,
                                                      .read = watchdog_read,
                                                      .write = watchdog_write,
                                                      .peek = watchdog_peek,
                                                      .tick = watchdog_tick,
                                                      .ctx = watchdog},
                                            .psm = {.name = "PSM",
                                                    .base = clocks->resets->series->psm,
                                                    .size = 0x1000,
                                                    .read = psm_read,
                                                    .write = psm_write,
                                                    .peek = psm_peek,
                                                    .ctx = watchdog},
                                            .vreg = {.name = "VREG_AND_CHIP_RESET",
                                                     .base = 0x40064000,
                                                     .size = 0x1000,
                                                     .read = vreg_read,
                                                     .write = vreg_write,
                                                     .ctx = watchdog},
                                            .bus = bus,
                                            .clocks = clocks,
                                            .ticks = rp2_watchdog_model_ticks,
                                            .tick_ctx = watchdog};
    rp2_watchdog_model_reset(watchdog);
}

void rp2_watchdog_model_reset(struct rp2_watchdog_model *watchdog)
{
    watchdog->wdsel = 0;
    watchdog->ctrl = CTRL_PAUSES;
    watchdog->left_ns = 0;
    watchdog->reason = watchdog->fired ? watchdog->reason : 0;
    watchdog->tick = TICK_RESET;
    watchdog->fired = false;
}
