/* REFCLK and UTIMER. Both go on at their rates whatever the core; the SE has chosen their clocks. */
#include "chips/alif/model/peripherals.h"

enum {
    CNTCR = 0x0, /* of REFCLK */
    CNTCR_EN = 1,
    CNTCVL = 0x0,
    CNTCVH = 0x4,

    GLB_CNTR_START = 0x00, /* of UTIMER */
    GLB_CLOCK_ENABLE = 0x20,
    START_1_SRC = 0x004, /* of a channel */
    CNTR_CTRL = 0x080,
    COMPARE_CTRL_A = 0x08C,
    CNTR = 0x0A0,
    CNTR_PTR = 0x0A4,
    COMPARE_A_BUF1 = 0x0D4,
    CHAN_INTERRUPT = 0x118,
    CHAN_INTERRUPT_MASK = 0x11C,

    CHANNEL = 11,
    COMPARE_A_BUF1_BIT = 1 << 2,
    COMPARE_EN = 1 << 11,
    CNTR_EN = 1,
    INTERRUPT = 377 + CHANNEL * 8 + 2,
};

static const uint32_t PGM_EN = 1u << 31;
static const uint64_t REFCLK_PER_US = 100;
static const uint64_t UTIMER_PER_US = 400;
static const uint64_t NS_PER_US = 1000;

static uint32_t refclk_control_read(void *ctx, uint32_t off, uint32_t size)
{
    const struct alif_refclk_model *refclk = ctx;
    if (size != 4 || off != CNTCR) {
        model_violation(refclk->bus, "read of %u bytes of REFCLK_CNTControl at 0x%03x", size, off);
    }
    return refclk->runs;
}

static void refclk_control_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct alif_refclk_model *refclk = ctx;
    if (size != 4 || off != CNTCR || value != CNTCR_EN) {
        model_violation(refclk->bus, "write of 0x%x to REFCLK_CNTControl at 0x%03x", value, off);
        return;
    }
    refclk->runs = true;
}

static uint32_t refclk_read(void *ctx, uint32_t off, uint32_t size)
{
    const struct alif_refclk_model *refclk = ctx;
    uint64_t count = refclk->counted_ns * REFCLK_PER_US / NS_PER_US;
    if (size != 4 || off > CNTCVH || !refclk->runs) {
        model_violation(refclk->bus, "read of %u bytes of REFCLK_CNTRead at 0x%03x%s", size, off,
                        refclk->runs ? "" : ", which does not run");
    }
    return (uint32_t)(off == CNTCVH ? count >> 32 : count);
}

static void refclk_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    const struct alif_refclk_model *refclk = ctx;
    (void)size;
    model_violation(refclk->bus, "write of 0x%x to REFCLK_CNTRead at 0x%03x, which can only be read", value, off);
}

static void refclk_tick(void *ctx, uint64_t ns)
{
    struct alif_refclk_model *refclk = ctx;
    refclk->counted_ns += refclk->runs ? ns : 0;
}

void alif_refclk_model_open(struct alif_refclk_model *refclk, const struct model_bus *bus)
{
    *refclk = (struct alif_refclk_model){.bus = bus};
    refclk->control = (struct model){.name = "REFCLK_CNTControl",
                                     .base = 0x1A200000,
                                     .size = 0x1000,
                                     .read = refclk_control_read,
                                     .write = refclk_control_write,
                                     .ctx = refclk};
    refclk->reader = (struct model){.name = "REFCLK_CNTRead",
                                    .base = 0x1A210000,
                                    .size = 0x1000,
                                    .read = refclk_read,
                                    .write = refclk_write,
                                    .tick = refclk_tick,
                                    .ctx = refclk};
}

void alif_refclk_model_reset(struct alif_refclk_model *refclk)
{
    refclk->runs = false;
    refclk->counted_ns = 0;
}

static uint64_t steps(const struct alif_utimer_model *utimer)
{
    return utimer->counted_ns * UTIMER_PER_US / NS_PER_US;
}

/* Nanoseconds until the counter equals what it is compared with, next. */
static uint64_t match_ns(const struct alif_utimer_model *utimer)
{
    uint64_t more = (uint64_t)(uint32_t)(utimer->compare - (uint32_t)steps(utimer) - 1) + 1;
    return ((steps(utimer) + more) * NS_PER_US + UTIMER_PER_US - 1) / UTIMER_PER_US - utimer->counted_ns;
}

static bool compares(const struct alif_utimer_model *utimer)
{
    return utimer->runs && (utimer->compare_control & COMPARE_EN);
}

static uint32_t global_read(void *ctx, uint32_t off, uint32_t size)
{
    const struct alif_utimer_model *utimer = ctx;
    if (size != 4 || off != GLB_CLOCK_ENABLE) {
        model_violation(utimer->bus, "read of %u bytes of UTIMER at 0x%02x", size, off);
    }
    return utimer->has_clock ? 1u << CHANNEL : 0;
}

/* What start the program asks for, the channel must allow. */
static void channel_start(struct alif_utimer_model *utimer)
{
    if (!utimer->starts_by_program || utimer->control != CNTR_EN || utimer->top != UINT32_MAX) {
        model_violation(utimer->bus, "a channel of UTIMER is started that is not set up to count through 32 bits");
    }
    utimer->runs = true;
}

static void global_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct alif_utimer_model *utimer = ctx;
    if (size == 4 && off == GLB_CLOCK_ENABLE && value == 1u << CHANNEL) {
        utimer->has_clock = true;
    } else if (size == 4 && off == GLB_CNTR_START && value == 1u << CHANNEL) {
        channel_start(utimer);
    } else {
        model_violation(utimer->bus, "write of 0x%x to UTIMER at 0x%02x", value, off);
    }
}

static uint32_t channel_read(void *ctx, uint32_t off, uint32_t size)
{
    struct alif_utimer_model *utimer = ctx;
    utimer->polled = off == CHAN_INTERRUPT;
    if (size == 4 && utimer->has_clock && off == CNTR) {
        return (uint32_t)steps(utimer);
    }
    if (size == 4 && utimer->has_clock && off == CHAN_INTERRUPT) {
        return utimer->flags;
    }
    model_violation(utimer->bus, "read of %u bytes of a channel of UTIMER at 0x%03x", size, off);
    return 0;
}

static bool channel_set_up(struct alif_utimer_model *utimer, uint32_t off, uint32_t value)
{
    if (off == START_1_SRC && value == PGM_EN) {
        utimer->starts_by_program = true;
    } else if (off == CNTR_CTRL && value == CNTR_EN && !utimer->runs) {
        utimer->control = value;
    } else if (off == CNTR_PTR && !utimer->runs) {
        utimer->top = value;
    } else if (off == COMPARE_CTRL_A && value == COMPARE_EN) {
        utimer->compare_control = value;
    } else {
        return false;
    }
    return true;
}

static void channel_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct alif_utimer_model *utimer = ctx;
    if (size != 4 || !utimer->has_clock) {
        model_violation(utimer->bus, "write of %u bytes to a channel of UTIMER at 0x%03x%s", size, off,
                        utimer->has_clock ? "" : ", which has no clock");
    } else if (off == COMPARE_A_BUF1) {
        utimer->compare = value;
    } else if (off == CHAN_INTERRUPT && value == COMPARE_A_BUF1_BIT) {
        utimer->flags = 0;
    } else if (off == CHAN_INTERRUPT_MASK && (value | COMPARE_A_BUF1_BIT) == 0xFF) {
        utimer->mask = value;
    } else if (!channel_set_up(utimer, off, value)) {
        model_violation(utimer->bus, "write of 0x%x to a channel of UTIMER at 0x%03x", value, off);
    }
}

static void channel_tick(void *ctx, uint64_t ns)
{
    struct alif_utimer_model *utimer = ctx;
    if (compares(utimer) && ns >= match_ns(utimer)) {
        utimer->flags = COMPARE_A_BUF1_BIT;
    }
    utimer->counted_ns += utimer->runs ? ns : 0;
}

/* A program that polls for the match has nothing else to do. */
static uint64_t channel_busy_ns(void *ctx)
{
    const struct alif_utimer_model *utimer = ctx;
    return utimer->polled && compares(utimer) && utimer->flags == 0 ? match_ns(utimer) : 0;
}

static bool asks(const struct alif_utimer_model *utimer)
{
    return (utimer->flags & ~utimer->mask) != 0;
}

static uint64_t channel_next_event_ns(void *ctx)
{
    const struct alif_utimer_model *utimer = ctx;
    if (!compares(utimer) || (utimer->mask & COMPARE_A_BUF1_BIT)) {
        return UINT64_MAX;
    }
    return asks(utimer) ? 0 : match_ns(utimer);
}

static void channel_sample(void *ctx)
{
    const struct alif_utimer_model *utimer = ctx;
    if (asks(utimer)) {
        model_irq(utimer->bus, INTERRUPT);
    }
}

void alif_utimer_model_open(struct alif_utimer_model *utimer, const struct model_bus *bus)
{
    *utimer = (struct alif_utimer_model){.bus = bus};
    utimer->global = (struct model){.name = "UTIMER",
                                    .base = 0x48000000,
                                    .size = 0x1000,
                                    .read = global_read,
                                    .write = global_write,
                                    .ctx = utimer};
    utimer->channel = (struct model){.name = "a channel of UTIMER",
                                     .base = 0x48001000 + CHANNEL * 0x1000,
                                     .size = 0x1000,
                                     .read = channel_read,
                                     .write = channel_write,
                                     .tick = channel_tick,
                                     .busy_ns = channel_busy_ns,
                                     .next_event_ns = channel_next_event_ns,
                                     .sample = channel_sample,
                                     .ctx = utimer};
    alif_utimer_model_reset(utimer);
}

void alif_utimer_model_reset(struct alif_utimer_model *utimer)
{
    utimer->has_clock = utimer->starts_by_program = utimer->runs = utimer->polled = false;
    utimer->control = utimer->top = utimer->compare_control = utimer->compare = utimer->flags = 0;
    utimer->mask = 0xFF;
    utimer->counted_ns = 0;
}
