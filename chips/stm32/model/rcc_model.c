/* RCC, RM0090 7.3; reset values from the fact sheet's section 17. */
#include "peripherals.h"

enum {
    CR = 0x00,
    CFGR = 0x08,
    AHB3RSTR = 0x18,
    AHB1ENR = 0x30,
    AHB3ENR = 0x38,
    APB1ENR = 0x40,
    APB2ENR = 0x44,
    DCKCFGR2 = 0x90,
};

static const uint32_t CR_RESET = 0x00000083;
static const uint32_t AHB1ENR_RESET = 0x00100000;

static bool is_enable_register(uint32_t off)
{
    return off == AHB1ENR || off == APB1ENR || off == APB2ENR;
}

static uint32_t *enable_register(struct rcc_model *rcc, uint32_t off)
{
    return off == AHB1ENR ? &rcc->ahb1enr : off == APB1ENR ? &rcc->apb1enr : &rcc->apb2enr;
}

/* A register that an F7 has beyond those of the F4, or NULL. */
static uint32_t *f7_register(struct rcc_model *rcc, uint32_t off)
{
    uint32_t *found = off == AHB3ENR    ? &rcc->ahb3enr
                      : off == AHB3RSTR ? &rcc->ahb3rstr
                      : off == DCKCFGR2 ? &rcc->dckcfgr2
                                        : NULL;
    return rcc->is_f7 ? found : NULL;
}

static uint32_t rcc_read(void *ctx, uint32_t off, uint32_t size)
{
    struct rcc_model *rcc = ctx;
    if (size == 4 && is_enable_register(off)) {
        return *enable_register(rcc, off);
    }
    if (size == 4 && f7_register(rcc, off) != NULL) {
        return *f7_register(rcc, off);
    }
    if (size == 4 && (off == CR || off == CFGR)) {
        return off == CR ? CR_RESET : 0;
    }
    model_violation(rcc->report, "read of %u bytes from RCC at 0x%02x", size, off);
    return 0;
}

static void rcc_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct rcc_model *rcc = ctx;
    if (size == 4 && f7_register(rcc, off) != NULL) {
        rcc->ahb3_resets += off == AHB3RSTR && (value & ~rcc->ahb3rstr);
        *f7_register(rcc, off) = value;
    } else if (size != 4 || !is_enable_register(off)) {
        model_violation(rcc->report, "write of %u bytes to RCC at 0x%02x", size, off);
    } else if (off == AHB1ENR && !(value & AHB1ENR_RESET)) {
        model_violation(rcc->report, "the clock of the CCM RAM is turned off");
    } else {
        *enable_register(rcc, off) = value;
    }
}

void rcc_model_open(struct rcc_model *rcc, bool is_f7, const struct model_report *report)
{
    *rcc = (struct rcc_model){
        .model = {.name = "RCC",
                  .base = 0x40023800,
                  .size = 0x94,
                  .read = rcc_read,
                  .write = rcc_write,
                  .interrupt_number = -1,
                  .ctx = rcc},
        .report = report,
        .is_f7 = is_f7,
    };
    rcc_model_reset(rcc);
}

void rcc_model_reset(struct rcc_model *rcc)
{
    rcc->ahb1enr = AHB1ENR_RESET;
    rcc->apb1enr = 0;
    rcc->dckcfgr2 = 0x20003010; /* not to be relied on: sources differ about what a reset leaves */
    rcc->apb2enr = 0;
    rcc->ahb3enr = 0;
    rcc->ahb3rstr = 0;
}

bool rcc_gate_check(const struct rcc_gate *gate, const struct model *model)
{
    bool on = (*gate->enable >> gate->bit & 1) != 0;
    if (!on) {
        model_violation(gate->rcc->report, "access to %s while its clock is off", model->name);
    }
    return on;
}
