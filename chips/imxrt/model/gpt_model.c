/* GPT1 from the clock of its root, free running, with one compare channel. */
#include "chips/imxrt/model/peripherals.h"

enum {
    CR = 0x00,
    PR = 0x04,
    SR = 0x08,
    IR = 0x0C,
    OCR1 = 0x10,
    CNT = 0x24,
    SIZE = 0x28,
    CR_EN = 1 << 0,
    CR_CLKSRC = 7 << 6,
    CR_CLKSRC_ROOT = 1 << 6,
    CR_FRR = 1 << 9,
    OF1 = 1 << 0,
};

static const uint64_t PS_PER_S = 1000000000000;

static bool runs(const struct imxrt_gpt_model *gpt)
{
    return (gpt->cr & (CR_EN | CR_CLKSRC)) == (CR_EN | CR_CLKSRC_ROOT) && imxrt_ccm_model_gpt_hz(gpt->ccm) != 0;
}

static uint64_t step_ps(const struct imxrt_gpt_model *gpt)
{
    return PS_PER_S * ((uint64_t)gpt->pr + 1) / imxrt_ccm_model_gpt_hz(gpt->ccm);
}

static uint32_t count(const struct imxrt_gpt_model *gpt)
{
    return runs(gpt) ? (uint32_t)(gpt->counted_ps / step_ps(gpt)) : 0;
}

static uint32_t *find(struct imxrt_gpt_model *gpt, uint32_t off)
{
    uint32_t *const registers[] = {&gpt->cr, &gpt->pr, &gpt->sr, &gpt->ir, &gpt->ocr1};
    return off % 4 == 0 && off <= OCR1 ? registers[off / 4] : NULL;
}

static uint32_t gpt_read(void *ctx, uint32_t off, uint32_t size)
{
    struct imxrt_gpt_model *gpt = ctx;
    if (!imxrt_ccm_model_check(gpt->ccm, IMXRT_GATE_GPT1, &gpt->model)) {
        return 0;
    }
    gpt->polled = off == SR;
    if (size == 4 && off == CNT) {
        return count(gpt);
    }
    if (size != 4 || find(gpt, off) == NULL) {
        model_violation(gpt->bus, "read of %u bytes from GPT1 at 0x%02x", size, off);
        return 0;
    }
    return *find(gpt, off);
}

static void gpt_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct imxrt_gpt_model *gpt = ctx;
    if (!imxrt_ccm_model_check(gpt->ccm, IMXRT_GATE_GPT1, &gpt->model)) {
        return;
    }
    bool is_on = (gpt->cr & CR_EN) != 0;
    if (size != 4 || find(gpt, off) == NULL || (off == CR && (value & ~(uint32_t)(CR_EN | CR_CLKSRC | CR_FRR)))) {
        model_violation(gpt->bus, "write of 0x%08x to GPT1 at 0x%02x, which is not modelled", value, off);
    } else if (is_on && (off == PR || (off == CR && ((value ^ gpt->cr) & CR_CLKSRC)))) {
        model_violation(gpt->bus, "GPT1's rate is changed while it counts");
    } else if (off == OCR1 && !(gpt->cr & CR_FRR)) {
        model_violation(gpt->bus, "OCR1 is written while GPT1 begins anew at it");
    } else if (off == SR) {
        gpt->sr &= ~value;
    } else {
        *find(gpt, off) = value;
    }
}

/* Nanoseconds until the counter equals OCR1 next, at least one step. */
static uint64_t match_ns(const struct imxrt_gpt_model *gpt)
{
    uint64_t steps = (uint64_t)(uint32_t)(gpt->ocr1 - count(gpt) - 1) + 1;
    return (steps * step_ps(gpt) - gpt->counted_ps % step_ps(gpt) + 999) / 1000;
}

static void gpt_tick(void *ctx, uint64_t ns)
{
    struct imxrt_gpt_model *gpt = ctx;
    if (!runs(gpt)) {
        return;
    }
    gpt->sr |= ns >= match_ns(gpt) ? OF1 : 0;
    gpt->counted_ps += ns * 1000;
}

/* A program that polls for the match has nothing else to do. */
static uint64_t gpt_busy_ns(void *ctx)
{
    const struct imxrt_gpt_model *gpt = ctx;
    return gpt->polled && runs(gpt) && !(gpt->sr & OF1) ? match_ns(gpt) : 0;
}

static uint64_t gpt_next_event_ns(void *ctx)
{
    const struct imxrt_gpt_model *gpt = ctx;
    if (!runs(gpt) || !(gpt->ir & OF1)) {
        return UINT64_MAX;
    }
    return gpt->sr & OF1 ? 0 : match_ns(gpt);
}

static void gpt_sample(void *ctx)
{
    const struct imxrt_gpt_model *gpt = ctx;
    if (gpt->sr & gpt->ir & OF1) {
        model_irq(gpt->bus, gpt->interrupt);
    }
}

void imxrt_gpt_model_open(struct imxrt_gpt_model *gpt, const struct imxrt_part *part,
                          const struct imxrt_ccm_model *ccm, const struct model_bus *bus)
{
    *gpt = (struct imxrt_gpt_model){.bus = bus, .ccm = ccm, .interrupt = part->is_rt1170 ? 119 : 100};
    gpt->model = (struct model){.name = "GPT1",
                                .base = part->is_rt1170 ? 0x400EC000 : 0x401EC000,
                                .size = SIZE,
                                .read = gpt_read,
                                .write = gpt_write,
                                .tick = gpt_tick,
                                .busy_ns = gpt_busy_ns,
                                .next_event_ns = gpt_next_event_ns,
                                .sample = gpt_sample,
                                .ctx = gpt};
    imxrt_gpt_model_reset(gpt);
}

void imxrt_gpt_model_reset(struct imxrt_gpt_model *gpt)
{
    gpt->cr = 0;
    gpt->pr = 0;
    gpt->sr = 0;
    gpt->ir = 0;
    gpt->ocr1 = UINT32_MAX;
    gpt->counted_ps = 0;
    gpt->polled = false;
}
