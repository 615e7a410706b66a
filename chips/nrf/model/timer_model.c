/* TIMER0 of an nRF51: the only one that counts through 32 bits. */
#include "chips/nrf/model/peripherals.h"

enum {
    START = 0x000,
    CAPTURE_1 = 0x044,
    COMPARE_0 = 0x140,
    INTENSET = 0x304,
    BITMODE = 0x508,
    PRESCALER = 0x510,
    CC_0 = 0x540,
    CC_1 = 0x544,

    COMPARE_0_BIT = 1 << 16,
    BITMODE_32 = 3,
    PRESCALER_MAX = 9,
    INTERRUPT = 8,
};

static const uint64_t HFCLK_HZ = 16000000;
static const uint64_t NS_PER_S = 1000000000;

/* Steps through more than 32 bits. */
static uint64_t steps(const struct nrf_timer_model *timer)
{
    return timer->counted_ns * (HFCLK_HZ >> timer->prescaler) / NS_PER_S;
}

/* Steps until the counter equals CC[0] next, at least one. */
static uint64_t steps_to_match(const struct nrf_timer_model *timer)
{
    return (uint64_t)(uint32_t)(timer->compare - (uint32_t)steps(timer) - 1) + 1;
}

static uint64_t match_ns(const struct nrf_timer_model *timer)
{
    uint64_t hz = HFCLK_HZ >> timer->prescaler;
    return ((steps(timer) + steps_to_match(timer)) * NS_PER_S + hz - 1) / hz - timer->counted_ns;
}

static uint32_t timer_read(void *ctx, uint32_t off, uint32_t size)
{
    struct nrf_timer_model *timer = ctx;
    timer->polled = off == COMPARE_0;
    if (size == 4 && off == COMPARE_0) {
        return timer->matched;
    }
    if (size == 4 && off == CC_1) {
        return timer->captured;
    }
    model_violation(timer->bus, "read of %u bytes from TIMER0 at 0x%03x", size, off);
    return 0;
}

static void write_mode(struct nrf_timer_model *timer, uint32_t off, uint32_t value)
{
    if (timer->runs) {
        model_violation(timer->bus, "BITMODE or PRESCALER of TIMER0 is changed while it runs");
    } else if (off == BITMODE && value == BITMODE_32) {
        timer->bitmode = value;
    } else if (off == PRESCALER && value <= PRESCALER_MAX) {
        timer->prescaler = value;
    } else {
        model_violation(timer->bus, "write of 0x%x to TIMER0 at 0x%03x, which is not modelled", value, off);
    }
}

static void timer_start(struct nrf_timer_model *timer)
{
    if (timer->bitmode != BITMODE_32) {
        model_violation(timer->bus, "TIMER0 is modelled only as counting through 32 bits");
    }
    timer->runs = true;
}

static void timer_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct nrf_timer_model *timer = ctx;
    if (size != 4) {
        model_violation(timer->bus, "write of %u bytes to TIMER0 at 0x%03x", size, off);
    } else if (off == BITMODE || off == PRESCALER) {
        write_mode(timer, off, value);
    } else if (off == START && value == 1) {
        timer_start(timer);
    } else if (off == CAPTURE_1 && value == 1) {
        timer->captured = (uint32_t)steps(timer);
        timer->polled = false;
    } else if (off == COMPARE_0 && value == 0) {
        timer->matched = false;
    } else if (off == CC_0) {
        timer->compare = value;
    } else if (off == INTENSET && value == COMPARE_0_BIT) {
        timer->interrupts = true;
    } else {
        model_violation(timer->bus, "write of 0x%x to TIMER0 at 0x%03x", value, off);
    }
}

static void timer_tick(void *ctx, uint64_t ns)
{
    struct nrf_timer_model *timer = ctx;
    if (timer->runs) {
        uint64_t match = steps(timer) + steps_to_match(timer);
        timer->counted_ns += ns;
        timer->matched = timer->matched || steps(timer) >= match;
    }
}

/* A program that polls for the match has nothing else to do. */
static uint64_t timer_busy_ns(void *ctx)
{
    const struct nrf_timer_model *timer = ctx;
    return timer->polled && timer->runs && !timer->matched ? match_ns(timer) : 0;
}

static uint64_t timer_next_event_ns(void *ctx)
{
    const struct nrf_timer_model *timer = ctx;
    if (!timer->runs || !timer->interrupts) {
        return UINT64_MAX;
    }
    return timer->matched ? 0 : match_ns(timer);
}

static void timer_sample(void *ctx)
{
    const struct nrf_timer_model *timer = ctx;
    if (timer->matched && timer->interrupts) {
        model_irq(timer->bus, INTERRUPT);
    }
}

void nrf_timer_model_open(struct nrf_timer_model *timer, const struct model_bus *bus)
{
    *timer = (struct nrf_timer_model){.model = {.name = "TIMER0",
                                                .base = 0x40008000,
                                                .size = 0x1000,
                                                .read = timer_read,
                                                .write = timer_write,
                                                .tick = timer_tick,
                                                .busy_ns = timer_busy_ns,
                                                .next_event_ns = timer_next_event_ns,
                                                .sample = timer_sample,
                                                .ctx = timer},
                                      .bus = bus};
    nrf_timer_model_reset(timer);
}

void nrf_timer_model_reset(struct nrf_timer_model *timer)
{
    timer->bitmode = 0;
    timer->prescaler = 4;
    timer->runs = false;
    timer->counted_ns = 0;
    timer->compare = 0;
    timer->captured = 0;
    timer->matched = false;
    timer->interrupts = false;
    timer->polled = false;
}
