/* TIMER, which an RP2350 calls TIMER0: microseconds, and the first alarm. */
#include "chips/rp2/model/peripherals.h"

enum {
    ALARM0 = 0x10,
    ARMED = 0x20,
    TIMERAWL = 0x28,
    ALARM_0 = 1,
    NS_PER_US = 1000,
};

static const struct rp2_series *series_of(const struct rp2_timer_model *timer)
{
    return timer->resets->series;
}

/* INTE lies behind it. */
static uint32_t intr(const struct rp2_timer_model *timer)
{
    return series_of(timer)->timer_intr;
}

static uint32_t count(const struct rp2_timer_model *timer)
{
    return (uint32_t)(timer->counted_ns / NS_PER_US);
}

/* Nanoseconds until the counter is equal to the alarm next. */
static uint64_t match_ns(const struct rp2_timer_model *timer)
{
    uint64_t us = (uint64_t)(uint32_t)(timer->alarm - count(timer) - 1) + 1;
    return us * NS_PER_US - timer->counted_ns % NS_PER_US;
}

static bool is_alive(const struct rp2_timer_model *timer)
{
    if (!rp2_block_check(timer->resets, series_of(timer)->timer.reset, &timer->model)) {
        return false;
    }
    if (!timer->ticks(timer->tick_ctx)) {
        model_violation(timer->bus, "TIMER is used without a tick of a microsecond");
        return false;
    }
    return true;
}

static uint32_t timer_read(void *ctx, uint32_t off, uint32_t size)
{
    struct rp2_timer_model *timer = ctx;
    timer->polled = off == intr(timer);
    if (!is_alive(timer)) {
        return 0;
    }
    if (size == 4 && (off == intr(timer) || off == intr(timer) + 4)) {
        return off == intr(timer) ? timer->fired : timer->interrupts;
    }
    switch (size == 4 ? off : UINT32_MAX) {
    case TIMERAWL:
        return count(timer);
    case ARMED:
        return timer->is_armed;
    default:
        model_violation(timer->bus, "read of %u bytes from TIMER at 0x%02x", size, off);
        return 0;
    }
}

static void timer_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct rp2_timer_model *timer = ctx;
    timer->polled = false;
    if (!is_alive(timer)) {
        return;
    }
    if (size == 4 && off == ALARM0) {
        timer->alarm = value;
        timer->is_armed = true;
    } else if (size == 4 && off == ARMED && value == ALARM_0) {
        timer->is_armed = false;
    } else if (size == 4 && off == intr(timer) && value == ALARM_0) {
        timer->fired = false;
    } else if (size == 4 && off == intr(timer) + 4 && value <= ALARM_0) {
        timer->interrupts = value;
    } else {
        model_violation(timer->bus, "write of 0x%08x to TIMER at 0x%02x", value, off);
    }
}

static void timer_tick(void *ctx, uint64_t ns)
{
    struct rp2_timer_model *timer = ctx;
    if (timer->is_armed && ns >= match_ns(timer)) {
        timer->is_armed = false;
        timer->fired = true;
    }
    timer->counted_ns += ns;
}

static uint64_t timer_busy_ns(void *ctx)
{
    const struct rp2_timer_model *timer = ctx;
    return timer->polled && timer->is_armed ? match_ns(timer) : 0;
}

static uint64_t timer_next_event_ns(void *ctx)
{
    const struct rp2_timer_model *timer = ctx;
    if (timer->fired && timer->interrupts) {
        return 0;
    }
    return timer->is_armed && timer->interrupts ? match_ns(timer) : UINT64_MAX;
}

static void timer_sample(void *ctx)
{
    const struct rp2_timer_model *timer = ctx;
    if (timer->fired && timer->interrupts) {
        model_irq(timer->bus, series_of(timer)->timer.interrupt);
    }
}

static void timer_clear(void *ctx)
{
    struct rp2_timer_model *timer = ctx;
    timer->counted_ns = 0;
    timer->alarm = 0;
    timer->is_armed = false;
    timer->fired = false;
    timer->interrupts = false;
    timer->polled = false;
}

void rp2_timer_model_open(struct rp2_timer_model *timer, struct rp2_resets_model *resets,
                          bool (*ticks)(const void *ctx), const void *tick_ctx, const struct model_bus *bus)
{
    *timer = (struct rp2_timer_model){.model = {.name = "TIMER",
                                                .base = resets->series->timer.base,
                                                .size = 0x1000,
                                                .read = timer_read,
                                                .write = timer_write,
                                                .tick = timer_tick,
                                                .busy_ns = timer_busy_ns,
                                                .next_event_ns = timer_next_event_ns,
                                                .sample = timer_sample,
                                                .ctx = timer},
                                      .bus = bus,
                                      .resets = resets,
                                      .ticks = ticks,
                                      .tick_ctx = tick_ctx};
    rp2_resets_model_add(resets, resets->series->timer.reset, timer_clear, timer);
}
