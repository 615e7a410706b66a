/* TIM2, RM0090 18.4: up-counting, one compare channel. */
#include "chips/stm32/model/peripherals.h"

enum {
    CR1 = 0x00,
    DIER = 0x0C,
    SR = 0x10,
    EGR = 0x14,
    CNT = 0x24,
    PSC = 0x28,
    ARR = 0x2C,
    CCR1 = 0x34,

    CR1_CEN = 1,
    CC1 = 1 << 1, /* in DIER and SR */
    EGR_UG = 1,
    INTERRUPT = 28,
};

static const uint64_t PS_PER_S = 1000000000000;

static uint64_t step_ps(const struct timer_model *timer)
{
    return PS_PER_S * ((uint64_t)timer->prescaler + 1) / timer->gate.rcc->timer_hz;
}

static uint32_t count(const struct timer_model *timer)
{
    return (uint32_t)(timer->counted_ps / step_ps(timer));
}

static bool timer_has(uint32_t off)
{
    return off == CR1 || off == DIER || off == SR || off == PSC || off == ARR || off == CCR1;
}

/* Of a register that it has. */
static uint32_t *timer_register(struct timer_model *timer, uint32_t off)
{
    switch (off) {
    case CR1:
        return &timer->cr1;
    case DIER:
        return &timer->dier;
    case SR:
        return &timer->sr;
    case PSC:
        return &timer->psc;
    case ARR:
        return &timer->arr;
    default:
        return &timer->ccr1;
    }
}

static uint32_t timer_read(void *ctx, uint32_t off, uint32_t size)
{
    struct timer_model *timer = ctx;
    if (!rcc_gate_check(&timer->gate, &timer->model)) {
        return 0;
    }
    if (size == 4 && off == CNT) {
        timer->polled = false;
        return count(timer);
    }
    timer->polled = off == SR;
    if (size != 4 || !timer_has(off)) {
        model_violation(timer->bus, "read of %u bytes from TIM2 at 0x%02x", size, off);
        return 0;
    }
    return *timer_register(timer, off);
}

static void timer_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct timer_model *timer = ctx;
    if (!rcc_gate_check(&timer->gate, &timer->model)) {
        return;
    }
    if (size == 4 && off == EGR && value == EGR_UG) {
        timer->prescaler = timer->psc;
        timer->counted_ps = 0;
    } else if (size != 4 || !timer_has(off)) {
        model_violation(timer->bus, "write of %u bytes to TIM2 at 0x%02x", size, off);
    } else if (off == ARR && value != UINT32_MAX) {
        model_violation(timer->bus, "TIM2 is modelled only as counting through all 32 bits");
    } else if (off == SR) {
        timer->sr &= value; /* flags are cleared by 0 */
    } else {
        *timer_register(timer, off) = value;
    }
}

/* Steps until the counter equals CCR1 next, at least one. */
static uint32_t steps_to_match(const struct timer_model *timer)
{
    return timer->ccr1 - count(timer) - 1;
}

static void timer_tick(void *ctx, uint64_t ns)
{
    struct timer_model *timer = ctx;
    if (!(timer->cr1 & CR1_CEN)) {
        return;
    }
    uint64_t before = timer->counted_ps / step_ps(timer);
    uint64_t match = before + steps_to_match(timer) + 1;
    timer->counted_ps += ns * 1000;
    if (timer->counted_ps / step_ps(timer) >= match) {
        timer->sr |= CC1;
    }
}

/* Nanoseconds until the counter equals CCR1. */
static uint64_t match_ns(const struct timer_model *timer)
{
    uint64_t into_step_ps = timer->counted_ps % step_ps(timer);
    return (((uint64_t)steps_to_match(timer) + 1) * step_ps(timer) - into_step_ps + 999) / 1000;
}

/* A program that polls for the match has nothing else to do. */
static uint64_t timer_busy_ns(void *ctx)
{
    const struct timer_model *timer = ctx;
    bool waits = timer->polled && (timer->cr1 & CR1_CEN) && !(timer->sr & CC1);
    return waits ? match_ns(timer) : 0;
}

static uint64_t timer_next_event_ns(void *ctx)
{
    const struct timer_model *timer = ctx;
    if (!(timer->cr1 & CR1_CEN) || !(timer->dier & CC1)) {
        return UINT64_MAX;
    }
    return timer->sr & CC1 ? 0 : match_ns(timer);
}

static void timer_sample(void *ctx)
{
    const struct timer_model *timer = ctx;
    if (timer->sr & timer->dier & CC1) {
        model_irq(timer->bus, INTERRUPT);
    }
}

void timer_model_open(struct timer_model *timer, const struct rcc_model *rcc, const struct model_bus *bus)
{
    *timer = (struct timer_model){
        .model = {.name = "TIM2",
                  .base = 0x40000000,
                  .size = 0x400,
                  .read = timer_read,
                  .write = timer_write,
                  .tick = timer_tick,
                  .busy_ns = timer_busy_ns,
                  .next_event_ns = timer_next_event_ns,
                  .sample = timer_sample,
                  .ctx = timer},
        .bus = bus,
        .gate = {rcc, &rcc->registers[RCC_APB1_ENABLE], 0},
    };
    timer_model_reset(timer);
}

void timer_model_reset(struct timer_model *timer)
{
    timer->cr1 = 0;
    timer->dier = 0;
    timer->sr = 0;
    timer->psc = 0;
    timer->prescaler = 0;
    timer->arr = UINT32_MAX;
    timer->ccr1 = 0;
    timer->counted_ps = 0;
    timer->polled = false;
}
