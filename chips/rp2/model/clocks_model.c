/* CLOCKS, XOSC and PLL_SYS. */
#include "chips/rp2/model/peripherals.h"

enum {
    REF_CTRL = 0x30,
    REF_SELECTED = 0x38,
    SYS_CTRL = 0x3C,
    SYS_SELECTED = 0x44,
    PERI_CTRL = 0x48,

    REF_ROSC = 0,
    REF_XOSC = 2,
    SYS_AUX = 1,
    AUX_POS = 5,
    AUX_PLL = 0,
    AUX_ROSC = 2,
    SYS_BITS = 0xE1,
    PERI_ENABLE = 1 << 11,

    CTRL = 0x00,
    STATUS = 0x04,
    STARTUP = 0x0C,
    STARTUP_UNIT = 256, /* cycles of the crystal */
    STARTUP_MAX = 0x3FFF,

    CS = 0x00,
    PWR = 0x04,
    FBDIV_INT = 0x08,
    PRIM = 0x0C,
    PWR_PD = 1 << 0,
    PWR_DSMPD = 1 << 2,
    PWR_POSTDIVPD = 1 << 3,
    PWR_VCOPD = 1 << 5,
    PWR_RESET = 0x2D,
    FBDIV_MIN = 16,
    FBDIV_MAX = 320,
};

static const uint32_t XOSC_ON = 0x00FABAA0;
static const uint32_t STABLE = 0x80000000;
static const uint32_t LOCK = 0x80000000;
static const uint32_t PRIM_RESET = 0x00077000;
static const uint64_t VCO_HZ_MIN = 750000000;
static const uint64_t VCO_HZ_MAX = 1600000000;
static const uint64_t XOSC_NS_MIN = 900000; /* a crystal takes about a millisecond */
static const uint64_t LOCK_NS = 100000;
static const uint64_t NS_PER_S = 1000000000;

static const struct rp2_series *series_of(const struct rp2_clocks_model *clocks)
{
    return clocks->resets->series;
}

static bool is_stable(const struct rp2_clocks_model *clocks)
{
    return clocks->xosc_runs && clocks->xosc_starts_ns == 0;
}

static bool pll_is_powered(const struct rp2_clocks_model *clocks)
{
    return (clocks->pll_pwr & (PWR_PD | PWR_VCOPD)) == 0;
}

static bool pll_is_locked(const struct rp2_clocks_model *clocks)
{
    return pll_is_powered(clocks) && clocks->pll_locks_ns == 0;
}

static uint64_t vco_hz(const struct rp2_clocks_model *clocks)
{
    return (uint64_t)clocks->crystal_hz * clocks->pll_fbdiv;
}

static uint32_t pll_hz(const struct rp2_clocks_model *clocks)
{
    uint32_t divider = (clocks->pll_prim >> 16 & 7) * (clocks->pll_prim >> 12 & 7);
    return divider != 0 ? (uint32_t)(vco_hz(clocks) / divider) : 0;
}

static uint32_t aux_of(uint32_t sys_ctrl)
{
    return sys_ctrl >> AUX_POS & 7;
}

static bool pll_is_used(const struct rp2_clocks_model *clocks)
{
    return (clocks->sys_ctrl & SYS_AUX) && aux_of(clocks->sys_ctrl) == AUX_PLL;
}

static void rates_take(struct rp2_clocks_model *clocks)
{
    clocks->ref_hz = (clocks->ref_ctrl & 3) == REF_XOSC ? clocks->crystal_hz : series_of(clocks)->rosc_hz;
    clocks->sys_hz = !(clocks->sys_ctrl & SYS_AUX) ? clocks->ref_hz
                     : pll_is_used(clocks)         ? pll_hz(clocks)
                                                   : series_of(clocks)->rosc_hz;
}

static void write_ref(struct rp2_clocks_model *clocks, uint32_t value)
{
    if (value != REF_ROSC && value != REF_XOSC) {
        model_violation(clocks->bus, "write of 0x%08x to REF_CTRL, which is not modelled", value);
    } else if (value == REF_XOSC && !is_stable(clocks)) {
        model_violation(clocks->bus, "clk_ref is switched to the crystal, which is not stable");
    } else {
        clocks->ref_ctrl = value;
    }
}

static void write_sys(struct rp2_clocks_model *clocks, uint32_t value)
{
    bool is_ready = pll_is_locked(clocks) && !(clocks->pll_pwr & PWR_POSTDIVPD);
    bool to_pll = (value & SYS_AUX) && aux_of(value) == AUX_PLL;
    uint32_t hz_max = series_of(clocks)->sys_hz_max;
    if ((value & ~(uint32_t)SYS_BITS) || (aux_of(value) != AUX_PLL && aux_of(value) != AUX_ROSC)) {
        model_violation(clocks->bus, "write of 0x%08x to SYS_CTRL, which is not modelled", value);
    } else if ((clocks->sys_ctrl & SYS_AUX) && aux_of(value) != aux_of(clocks->sys_ctrl)) {
        model_violation(clocks->bus, "AUXSRC of clk_sys changes while clk_sys runs from it");
    } else if (to_pll && !is_ready) {
        model_violation(clocks->bus, "clk_sys is switched to PLL_SYS, which is not locked or has no output");
    } else if (to_pll && (pll_hz(clocks) == 0 || pll_hz(clocks) > hz_max)) {
        model_violation(clocks->bus, "clk_sys would run at %u Hz, and %u MHz are the most", pll_hz(clocks),
                        hz_max / 1000000);
    } else {
        clocks->sys_ctrl = value;
    }
}

static bool is_wake(const struct rp2_clocks_model *clocks, uint32_t off)
{
    return off == series_of(clocks)->wake || off == series_of(clocks)->wake + 4;
}

static uint32_t clocks_peek(void *ctx, uint32_t off)
{
    const struct rp2_clocks_model *clocks = ctx;
    if (is_wake(clocks, off)) {
        return clocks->wake[off != series_of(clocks)->wake];
    }
    switch (off) {
    case REF_CTRL:
        return clocks->ref_ctrl;
    case REF_SELECTED:
        return 1u << (clocks->ref_ctrl & 3);
    case SYS_CTRL:
        return clocks->sys_ctrl;
    case SYS_SELECTED:
        return 1u << (clocks->sys_ctrl & 1);
    case PERI_CTRL:
        return clocks->peri_ctrl;
    default:
        return UINT32_MAX;
    }
}

static uint32_t clocks_read(void *ctx, uint32_t off, uint32_t size)
{
    const struct rp2_clocks_model *clocks = ctx;
    bool is_there = off == REF_CTRL || off == REF_SELECTED || off == SYS_CTRL || off == SYS_SELECTED ||
                    off == PERI_CTRL || is_wake(clocks, off);
    if (size != 4 || !is_there) {
        model_violation(clocks->bus, "read of %u bytes from CLOCKS at 0x%03x", size, off);
        return 0;
    }
    return clocks_peek(ctx, off);
}

static void clocks_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct rp2_clocks_model *clocks = ctx;
    if (size == 4 && off == REF_CTRL) {
        write_ref(clocks, value);
    } else if (size == 4 && off == SYS_CTRL) {
        write_sys(clocks, value);
    } else if (size == 4 && off == PERI_CTRL && (value == 0 || value == PERI_ENABLE)) {
        clocks->peri_ctrl = value;
    } else if (size == 4 && is_wake(clocks, off)) {
        clocks->wake[off != series_of(clocks)->wake] = value;
    } else {
        model_violation(clocks->bus, "write of 0x%08x to CLOCKS at 0x%03x, which is not modelled", value, off);
    }
    rates_take(clocks);
}

static uint32_t xosc_read(void *ctx, uint32_t off, uint32_t size)
{
    const struct rp2_clocks_model *clocks = ctx;
    if (size == 4 && off == STATUS) {
        return is_stable(clocks) ? STABLE : 0;
    }
    if (size == 4 && (off == CTRL || off == STARTUP)) {
        return off == STARTUP ? clocks->xosc_startup : clocks->xosc_runs ? XOSC_ON : 0;
    }
    model_violation(clocks->bus, "read of %u bytes from XOSC at 0x%02x", size, off);
    return 0;
}

static void xosc_start(struct rp2_clocks_model *clocks)
{
    uint64_t ns = clocks->xosc_startup * STARTUP_UNIT * NS_PER_S / clocks->crystal_hz;
    if (ns < XOSC_NS_MIN) {
        model_violation(clocks->bus, "the crystal is started with STARTUP %u, too short for it",
                        clocks->xosc_startup);
    }
    clocks->xosc_starts_ns = clocks->xosc_runs ? clocks->xosc_starts_ns : ns;
    clocks->xosc_runs = true;
}

static void xosc_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct rp2_clocks_model *clocks = ctx;
    if (size == 4 && off == STARTUP && value <= STARTUP_MAX && !clocks->xosc_runs) {
        clocks->xosc_startup = value;
    } else if (size == 4 && off == CTRL && value == XOSC_ON) {
        xosc_start(clocks);
    } else {
        model_violation(clocks->bus, "write of 0x%08x to XOSC at 0x%02x", value, off);
    }
}

static uint32_t *pll_register(struct rp2_clocks_model *clocks, uint32_t off)
{
    uint32_t *const registers[] = {&clocks->pll_cs, &clocks->pll_pwr, &clocks->pll_fbdiv, &clocks->pll_prim};
    return off % 4 == 0 && off <= PRIM ? registers[off / 4] : NULL;
}

static uint32_t pll_peek(void *ctx, uint32_t off)
{
    const uint32_t *found = pll_register(ctx, off);
    return found != NULL ? *found : 0;
}

static uint32_t pll_read(void *ctx, uint32_t off, uint32_t size)
{
    struct rp2_clocks_model *clocks = ctx;
    if (!rp2_block_check(clocks->resets, series_of(clocks)->pll_sys.reset, &clocks->pll)) {
        return 0;
    }
    if (size != 4 || pll_register(clocks, off) == NULL) {
        model_violation(clocks->bus, "read of %u bytes from PLL_SYS at 0x%02x", size, off);
        return 0;
    }
    return pll_peek(clocks, off) | (off == CS && pll_is_locked(clocks) ? LOCK : 0);
}

static void pll_write_power(struct rp2_clocks_model *clocks, uint32_t value)
{
    bool was_powered = pll_is_powered(clocks);
    clocks->pll_pwr = value;
    if (was_powered || !pll_is_powered(clocks)) {
        return;
    }
    clocks->pll_locks_ns = LOCK_NS;
    if (!is_stable(clocks)) {
        model_violation(clocks->bus, "PLL_SYS is started without a crystal that is stable");
    } else if (vco_hz(clocks) < VCO_HZ_MIN || vco_hz(clocks) > VCO_HZ_MAX) {
        model_violation(clocks->bus, "PLL_SYS is started with FBDIV %u: its VCO runs at 750 to 1600 MHz",
                        clocks->pll_fbdiv);
    }
}

static void pll_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct rp2_clocks_model *clocks = ctx;
    if (!rp2_block_check(clocks->resets, series_of(clocks)->pll_sys.reset, &clocks->pll)) {
        return;
    }
    if (pll_is_used(clocks)) {
        model_violation(clocks->bus, "write of PLL_SYS at 0x%02x while clk_sys runs from it", off);
    } else if (size == 4 && off == PWR && (value & ~(uint32_t)PWR_RESET) == 0 && (value & PWR_DSMPD)) {
        pll_write_power(clocks, value);
    } else if (size == 4 && off == FBDIV_INT && value >= FBDIV_MIN && value <= FBDIV_MAX && !pll_is_powered(clocks)) {
        clocks->pll_fbdiv = value;
    } else if (size == 4 && off == PRIM && (value & ~PRIM_RESET) == 0) {
        clocks->pll_prim = value;
    } else if (size != 4 || off != CS || value != 1) {
        model_violation(clocks->bus, "write of 0x%08x to PLL_SYS at 0x%02x", value, off);
    }
}

static void pll_clear(void *ctx)
{
    struct rp2_clocks_model *clocks = ctx;
    if (pll_is_used(clocks)) {
        model_violation(clocks->bus, "PLL_SYS is reset while clk_sys runs from it");
    }
    clocks->pll_cs = 1;
    clocks->pll_pwr = PWR_RESET;
    clocks->pll_fbdiv = 0;
    clocks->pll_prim = PRIM_RESET;
}

static void clocks_tick(void *ctx, uint64_t ns)
{
    struct rp2_clocks_model *clocks = ctx;
    if (clocks->xosc_runs) {
        clocks->xosc_starts_ns -= ns < clocks->xosc_starts_ns ? ns : clocks->xosc_starts_ns;
    }
    clocks->pll_locks_ns -= ns < clocks->pll_locks_ns ? ns : clocks->pll_locks_ns;
}

void rp2_clocks_model_open(struct rp2_clocks_model *clocks, struct rp2_resets_model *resets,
                           const struct model_bus *bus)
{
    *clocks = (struct rp2_clocks_model){.clocks = {.name = "CLOCKS",
                                                   .base = resets->series->clocks,
                                                   .size = 0x1000,
                                                   .read = clocks_read,
                                                   .write = clocks_write,
                                                   .peek = clocks_peek,
                                                   .tick = clocks_tick,
                                                   .ctx = clocks},
                                        .xosc = {.name = "XOSC",
                                                 .base = resets->series->xosc,
                                                 .size = 0x1000,
                                                 .read = xosc_read,
                                                 .write = xosc_write,
                                                 .ctx = clocks},
                                        .pll = {.name = "PLL_SYS",
                                                .base = resets->series->pll_sys.base,
                                                .size = 0x1000,
                                                .read = pll_read,
                                                .write = pll_write,
                                                .peek = pll_peek,
                                                .ctx = clocks},
                                        .bus = bus,
                                        .resets = resets,
                                        .crystal_hz = 12000000};
    rp2_resets_model_add(resets, resets->series->pll_sys.reset, pll_clear, clocks);
    rp2_clocks_model_reset(clocks);
}

void rp2_clocks_model_reset(struct rp2_clocks_model *clocks)
{
    clocks->ref_ctrl = REF_ROSC;
    clocks->sys_ctrl = series_of(clocks)->sys_ctrl_reset;
    clocks->peri_ctrl = 0;
    clocks->wake[0] = UINT32_MAX;
    clocks->wake[1] = UINT32_MAX;
    clocks->xosc_runs = false;
    clocks->xosc_startup = 0;
    clocks->xosc_starts_ns = 0;
    clocks->pll_locks_ns = 0;
    pll_clear(clocks);
    rates_take(clocks);
}
