/* CCM of RT10xx (CSCMR1, CSCDR1, CCGRn), and of RT1176 (roots and LPCG). */
#include "chips/imxrt/model/peripherals.h"

#include <string.h>

enum {
    CSCMR1 = 0x1C,
    CSCDR1 = 0x24,
    CCGR0 = 0x68,
    CCGR6 = 0x80,
    RT10XX_SIZE = 0x88,
    SEL_24M = 1 << 6,
    PODF = 0x3F,
    PLL3_6_HZ = 80000000,
    CRYSTAL_HZ = 24000000,

    ROOT_NEXT = 0x80,
    ROOTS_END = 0x2780, /* 79 roots */
    ROOT_GPT1 = 14,
    ROOT_LPUART1 = 25,
    LPCG = 0x6000,
    LPCG_NEXT = 0x20,
    LPCG_END = LPCG + 138 * LPCG_NEXT,
    MUX_CRYSTAL = 1,
};

static const uint32_t FLEXSPI_BITS = 7u << 23 | 3u << 29; /* of CSCMR1 */
static const uint32_t ROOT_BITS = 1u << 24 | 7u << 8 | 0xFF;

/* CCGR and its gates; LPCG. */
static const struct {
    uint32_t ccgr;
    uint32_t bits;
    uint32_t lpcg;
} gates[IMXRT_GATES] = {
    [IMXRT_GATE_DMA] = {5, 3u << 6, 22},
    [IMXRT_GATE_GPT1] = {1, 15u << 20, 64},
    [IMXRT_GATE_LPUART1] = {5, 3u << 24, 86},
    [IMXRT_GATE_LPUART6] = {3, 3u << 6, 91},
};

static uint32_t word(const struct imxrt_ccm_model *ccm, uint32_t off)
{
    return ccm->registers[off / 4];
}

static bool gate_is_open(const struct imxrt_ccm_model *ccm, enum imxrt_gate gate)
{
    if (ccm->is_rt1170) {
        return word(ccm, LPCG + gates[gate].lpcg * LPCG_NEXT) & 1;
    }
    return (word(ccm, CCGR0 + 4 * gates[gate].ccgr) & gates[gate].bits) == gates[gate].bits;
}

bool imxrt_ccm_model_check(const struct imxrt_ccm_model *ccm, enum imxrt_gate gate, const struct model *model)
{
    if (!gate_is_open(ccm, gate)) {
        model_violation(ccm->bus, "access to %s while its clock is off", model->name);
        return false;
    }
    return true;
}

static uint32_t root_hz(const struct imxrt_ccm_model *ccm, uint32_t root)
{
    uint32_t control = word(ccm, root * ROOT_NEXT);
    bool is_crystal = (control >> 8 & 7) == MUX_CRYSTAL && !(control >> 24 & 1);
    return is_crystal ? CRYSTAL_HZ / ((control & 0xFF) + 1) : 0;
}

uint32_t imxrt_ccm_model_uart_hz(const struct imxrt_ccm_model *ccm)
{
    if (ccm->is_rt1170) {
        return root_hz(ccm, ROOT_LPUART1);
    }
    uint32_t cscdr1 = word(ccm, CSCDR1);
    return (cscdr1 & SEL_24M ? CRYSTAL_HZ : PLL3_6_HZ) / ((cscdr1 & PODF) + 1);
}

uint32_t imxrt_ccm_model_gpt_hz(const struct imxrt_ccm_model *ccm)
{
    if (ccm->is_rt1170) {
        return root_hz(ccm, ROOT_GPT1);
    }
    uint32_t cscmr1 = word(ccm, CSCMR1);
    return cscmr1 & SEL_24M ? CRYSTAL_HZ / ((cscmr1 & PODF) + 1) : 0;
}

static bool has(const struct imxrt_ccm_model *ccm, uint32_t off, uint32_t size)
{
    if (size != 4 || off % 4 != 0) {
        return false;
    }
    if (!ccm->is_rt1170) {
        return off == CSCMR1 || off == CSCDR1 || (off >= CCGR0 && off <= CCGR6 + 4);
    }
    return (off < ROOTS_END && off % ROOT_NEXT == 0) || (off >= LPCG && off < LPCG_END && off % LPCG_NEXT == 0);
}

static uint32_t ccm_read(void *ctx, uint32_t off, uint32_t size)
{
    const struct imxrt_ccm_model *ccm = ctx;
    if (!has(ccm, off, size)) {
        model_violation(ccm->bus, "read of %u bytes from CCM at 0x%04x, which is not modelled", size, off);
        return 0;
    }
    return word(ccm, off);
}

/* The clock that the program's own flash runs from stays. */
static void ccm_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct imxrt_ccm_model *ccm = ctx;
    if (!has(ccm, off, size) || (ccm->is_rt1170 && off < ROOTS_END && (value & ~ROOT_BITS))) {
        model_violation(ccm->bus, "write of 0x%08x to CCM at 0x%04x, which is not modelled", value, off);
    } else if (!ccm->is_rt1170 && off == CSCMR1 && ((value ^ word(ccm, off)) & FLEXSPI_BITS)) {
        model_violation(ccm->bus, "CSCMR1 changes the clock of FlexSPI, which is in use");
    } else {
        ccm->registers[off / 4] = value;
    }
}

void imxrt_ccm_model_open(struct imxrt_ccm_model *ccm, const struct imxrt_part *part, const struct model_bus *bus)
{
    *ccm = (struct imxrt_ccm_model){.bus = bus, .is_rt1170 = part->is_rt1170};
    ccm->model = (struct model){.name = "CCM",
                                .base = part->is_rt1170 ? 0x40CC0000 : 0x400FC000,
                                .size = part->is_rt1170 ? (uint32_t)LPCG_END : (uint32_t)RT10XX_SIZE,
                                .read = ccm_read,
                                .write = ccm_write,
                                .ctx = ccm};
    imxrt_ccm_model_reset(ccm);
}

/* The gates of what the boot ROM needs are open; those of our peripherals are closed, for strictness. */
void imxrt_ccm_model_reset(struct imxrt_ccm_model *ccm)
{
    memset(ccm->registers, 0, sizeof ccm->registers);
    if (!ccm->is_rt1170) {
        ccm->registers[CSCMR1 / 4] = 3u << 29 | 5u << 23 | 1;
        ccm->registers[CSCDR1 / 4] = 1;
        ccm->registers[CCGR6 / 4] = 3u << 10;
    }
}
