/* The crystal, PLL_SYS, and the tick of a microsecond. */
#include "arch/mmio.h"
#include "chips/rp2/port/port.h"
#include "chips/rp2/port/series.h"
#include "chips/rp2/regs/rp2_regs.h"

enum {
    STARTUP_UNIT = 256000, /* of STARTUP: 256 cycles, a thousandth of a second */
    XOSC_POLLS = 100000,   /* a poll takes at least four cycles of 12 MHz: 33 ms, and a crystal takes about one */
    LOCK_POLLS = 100000,
    HZ_PER_TICK = 1000000,
};

static uint32_t clock_hz;

uint32_t mprom_rp2_clock_hz(void)
{
    return clock_hz;
}

static bool wait_bits(uint32_t address, uint32_t bits, uint32_t polls)
{
    while (polls-- > 0) {
        if (mprom_mmio_read32(address) & bits) {
            return true;
        }
    }
    return false;
}

void mprom_rp2_release(uint32_t blocks)
{
    uint32_t resets = mprom_rp2_series.resets;
    mprom_mmio_write32(resets + RESETS_RESET_OFF, mprom_mmio_read32(resets + RESETS_RESET_OFF) & ~blocks);
    while (~mprom_mmio_read32(resets + RESETS_RESET_DONE_OFF) & blocks) {
    }
}

static bool crystal_start(uint32_t crystal_hz)
{
    uint32_t xosc = mprom_rp2_series.xosc, clocks = mprom_rp2_series.clocks;
    mprom_mmio_write32(xosc + XOSC_STARTUP_OFF, (crystal_hz + STARTUP_UNIT - 1) / STARTUP_UNIT);
    mprom_mmio_write32(xosc + XOSC_CTRL_OFF, XOSC_CTRL_ENABLE);
    if (!wait_bits(xosc + XOSC_STATUS_OFF, XOSC_STATUS_STABLE, XOSC_POLLS)) {
        return false;
    }
    mprom_mmio_write32(clocks + CLOCKS_REF_CTRL_OFF, CLOCKS_REF_CTRL_XOSC);
    return wait_bits(clocks + CLOCKS_REF_SELECTED_OFF, 1u << CLOCKS_REF_CTRL_XOSC, LOCK_POLLS);
}

/* The source beside clk_ref may only change while clk_sys runs from clk_ref, which it does not after a reset of an RP2350. */
static bool switch_to_pll(void)
{
    uint32_t clocks = mprom_rp2_series.clocks;
    uint32_t other = mprom_mmio_read32(clocks + CLOCKS_SYS_CTRL_OFF) & ~CLOCKS_SYS_CTRL_AUX;
    mprom_mmio_write32(clocks + CLOCKS_SYS_CTRL_OFF, other);
    if (!wait_bits(clocks + CLOCKS_SYS_SELECTED_OFF, 1u << 0, LOCK_POLLS)) {
        return false;
    }
    mprom_mmio_write32(clocks + CLOCKS_SYS_CTRL_OFF, 0);
    mprom_mmio_write32(clocks + CLOCKS_SYS_CTRL_OFF, CLOCKS_SYS_CTRL_AUX);
    return wait_bits(clocks + CLOCKS_SYS_SELECTED_OFF, 1u << CLOCKS_SYS_CTRL_AUX, LOCK_POLLS);
}

static bool pll_start(uint32_t crystal_hz)
{
    const struct mprom_rp2_series *series = &mprom_rp2_series;
    uint32_t pll = series->pll_sys, divider = series->postdiv1 * series->postdiv2;
    mprom_rp2_release(series->held_pll);
    mprom_mmio_write32(pll + PLL_CS_OFF, 1);
    mprom_mmio_write32(pll + PLL_FBDIV_INT_OFF,
                       series->pll_hz / crystal_hz * divider + series->pll_hz % crystal_hz * divider / crystal_hz);
    mprom_mmio_write32(pll + PLL_PWR_OFF, PLL_PWR_DSMPD | PLL_PWR_POSTDIVPD);
    if (!wait_bits(pll + PLL_CS_OFF, PLL_CS_LOCK, LOCK_POLLS)) {
        return false;
    }
    mprom_mmio_write32(pll + PLL_PRIM_OFF,
                       series->postdiv1 << PLL_PRIM_POSTDIV1_POS | series->postdiv2 << PLL_PRIM_POSTDIV2_POS);
    mprom_mmio_write32(pll + PLL_PWR_OFF, PLL_PWR_DSMPD);
    return switch_to_pll();
}

const char *mprom_rp2_clocks_start(void)
{
    uint32_t crystal_hz = mprom_rp2_board_facts.crystal_hz;
    const char *fault = NULL;
    if (!crystal_start(crystal_hz)) {
        fault = "clock: the crystal does not start, the board runs from its internal oscillator";
        crystal_hz = mprom_rp2_series.rosc_hz;
        clock_hz = crystal_hz;
    } else if (!pll_start(crystal_hz)) {
        fault = "clock: the PLL does not start, the board runs from its crystal";
        clock_hz = crystal_hz;
    } else {
        clock_hz = mprom_rp2_series.pll_hz;
    }
    mprom_rp2_series.start_ticks(crystal_hz / HZ_PER_TICK);
    mprom_mmio_write32(mprom_rp2_series.clocks + CLOCKS_PERI_CTRL_OFF, CLOCKS_PERI_CTRL_ENABLE);
    return fault;
}
