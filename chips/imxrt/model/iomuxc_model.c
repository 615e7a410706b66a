/* IOMUXC: the pins of LPUART1 and LPUART6, and GPR16 and GPR17 of RT10xx. */
#include "chips/imxrt/model/peripherals.h"

enum {
    GPR16 = 0x40,
    GPR17 = 0x44,
    BANK_CFG_SEL = 1 << 2,
    GPR16_RESET = 0x00200003, /* both tightly coupled memories on */
    BANKS_FUSED = 0,
};

/* TX then RX; LPUART1 then, of RT10xx, LPUART6. */
static const struct row {
    uint32_t mux;
    uint32_t select; /* 0 if there is none */
    uint32_t function;
    uint32_t selected;
} rt10xx[IMXRT_MUX_MAX] = {{0x0EC, 0, 2, 0}, {0x0F0, 0, 2, 0}, {0x0C4, 0x554, 2, 1}, {0x0C8, 0x550, 2, 1}},
  rt1170[IMXRT_MUX_MAX] = {{0x16C, 0x620, 0, 0}, {0x170, 0x61C, 0, 0}, {0}, {0}};

static const struct row *rows(const struct imxrt_iomuxc_model *iomuxc)
{
    return iomuxc->part->is_rt1170 ? rt1170 : rt10xx;
}

/* The register at an offset, or NULL. */
static uint32_t *find(struct imxrt_iomuxc_model *iomuxc, uint32_t off, uint32_t size)
{
    for (uint32_t i = 0; i < IMXRT_MUX_MAX && size == 4 && off != 0; i++) {
        if (rows(iomuxc)[i].mux == off) {
            return &iomuxc->mux[i];
        }
        if (rows(iomuxc)[i].select == off) {
            return &iomuxc->select[i];
        }
    }
    return NULL;
}

static uint32_t pins_read(void *ctx, uint32_t off, uint32_t size)
{
    struct imxrt_iomuxc_model *iomuxc = ctx;
    const uint32_t *value = find(iomuxc, off, size);
    if (value == NULL) {
        model_violation(iomuxc->bus, "read of IOMUXC at 0x%03x, which is not modelled", off);
    }
    return value != NULL ? *value : 0;
}

static void pins_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct imxrt_iomuxc_model *iomuxc = ctx;
    uint32_t *place = find(iomuxc, off, size);
    if (place == NULL || value > 0x1F) {
        model_violation(iomuxc->bus, "write of 0x%x to IOMUXC at 0x%03x, which is not modelled", value, off);
    } else {
        *place = value;
    }
}

bool imxrt_iomuxc_model_connects(const struct imxrt_iomuxc_model *iomuxc, uint32_t lpuart)
{
    uint32_t first = lpuart == 6 ? 2 : 0;
    bool connects = true;
    for (uint32_t i = first; i < first + 2; i++) {
        const struct row *row = &rows(iomuxc)[i];
        connects = connects && row->mux != 0 && iomuxc->mux[i] == row->function &&
                   (row->select == 0 || iomuxc->select[i] == row->selected);
    }
    return connects;
}

static uint32_t general_read(void *ctx, uint32_t off, uint32_t size)
{
    const struct imxrt_iomuxc_model *iomuxc = ctx;
    if (size == 4 && (off == GPR16 || off == GPR17)) {
        return off == GPR16 ? iomuxc->gpr16 : iomuxc->gpr17;
    }
    model_violation(iomuxc->bus, "read of IOMUXC_GPR at 0x%02x, which is not modelled", off);
    return 0;
}

static void general_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct imxrt_iomuxc_model *iomuxc = ctx;
    if (size == 4 && off == GPR17 && value == iomuxc->part->banks) {
        iomuxc->gpr17 = value;
    } else if (size == 4 && off == GPR16 && value == (iomuxc->gpr16 | BANK_CFG_SEL)) {
        iomuxc->gpr16 = value;
    } else {
        model_violation(iomuxc->bus, "write of 0x%08x to IOMUXC_GPR at 0x%02x, which moves RAM", value, off);
    }
}

bool imxrt_iomuxc_model_has_ram(const struct imxrt_iomuxc_model *iomuxc)
{
    return iomuxc->part->banks == 0 || (iomuxc->gpr17 == iomuxc->part->banks && (iomuxc->gpr16 & BANK_CFG_SEL));
}

void imxrt_iomuxc_model_open(struct imxrt_iomuxc_model *iomuxc, const struct imxrt_part *part,
                             const struct model_bus *bus)
{
    *iomuxc = (struct imxrt_iomuxc_model){.bus = bus, .part = part};
    iomuxc->pins = (struct model){.name = "IOMUXC",
                                  .base = part->is_rt1170 ? 0x400E8000 : 0x401F8000,
                                  .size = 0x800,
                                  .read = pins_read,
                                  .write = pins_write,
                                  .ctx = iomuxc};
    iomuxc->general = (struct model){.name = "IOMUXC_GPR",
                                     .base = 0x400AC000,
                                     .size = 0x80,
                                     .read = general_read,
                                     .write = general_write,
                                     .ctx = iomuxc};
    imxrt_iomuxc_model_reset(iomuxc);
}

void imxrt_iomuxc_model_reset(struct imxrt_iomuxc_model *iomuxc)
{
    for (uint32_t i = 0; i < IMXRT_MUX_MAX; i++) {
        iomuxc->mux[i] = 5; /* GPIO */
        iomuxc->select[i] = rows(iomuxc)[i].selected ^ 1;
    }
    iomuxc->gpr16 = GPR16_RESET;
    iomuxc->gpr17 = BANKS_FUSED;
}
