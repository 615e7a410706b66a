/* The crystal, PLL_SYS at 125 MHz, and the tick of a microsecond. */
#include "arch/mmio.h"
#include "chips/rp2/port/port.h"
#include "chips/rp2/regs/rp2040_regs.h"

enum {
    ROSC_HZ = 6500000, /* about: until the crystal runs */
    PLL_HZ = 125000000,
    POSTDIV1 = 6,
    POSTDIV2 = 2,
    STARTUP_UNIT = 256000, /* of STARTUP: 256 cycles, a thousandth of a second */
    XOSC_POLLS = 100000,   /* a poll takes at least four cycles of 12 MHz: 33 ms, and a crystal takes about one */
    LOCK_POLLS = 100000,
    HZ_PER_TICK = 1000000,
};

static uint32_t clock_hz = ROSC_HZ;

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
    mprom_mmio_write32(RESETS_RESET, mprom_mmio_read32(RESETS_RESET) & ~blocks);
    while (~mprom_mmio_read32(RESETS_RESET_DONE) & blocks) {
    }
}

static bool crystal_start(uint32_t crystal_hz)
{
    mprom_mmio_write32(XOSC_STARTUP, (crystal_hz + STARTUP_UNIT - 1) / STARTUP_UNIT);
    mprom_mmio_write32(XOSC_CTRL, XOSC_CTRL_ENABLE);
    if (!wait_bits(XOSC_STATUS, XOSC_STATUS_STABLE, XOSC_POLLS)) {
        return false;
    }
    mprom_mmio_write32(CLOCKS_REF_CTRL, CLOCKS_REF_CTRL_XOSC);
    return wait_bits(CLOCKS_REF_SELECTED, 1u << CLOCKS_REF_CTRL_XOSC, LOCK_POLLS);
}

static bool pll_start(uint32_t crystal_hz)
{
    mprom_rp2_release(RESETS_PLL_SYS);
    mprom_mmio_write32(PLL_SYS_CS, 1);
    mprom_mmio_write32(PLL_SYS_FBDIV_INT, PLL_HZ / crystal_hz * POSTDIV1 * POSTDIV2 +
                                              PLL_HZ % crystal_hz * POSTDIV1 * POSTDIV2 / crystal_hz);
    mprom_mmio_write32(PLL_SYS_PWR, PLL_PWR_DSMPD | PLL_PWR_POSTDIVPD);
    if (!wait_bits(PLL_SYS_CS, PLL_CS_LOCK, LOCK_POLLS)) {
        return false;
    }
    mprom_mmio_write32(PLL_SYS_PRIM,
                       (uint32_t)POSTDIV1 << PLL_PRIM_POSTDIV1_POS | (uint32_t)POSTDIV2 << PLL_PRIM_POSTDIV2_POS);
    mprom_mmio_write32(PLL_SYS_PWR, PLL_PWR_DSMPD);
    mprom_mmio_write32(CLOCKS_SYS_CTRL, CLOCKS_SYS_CTRL_AUX);
    return wait_bits(CLOCKS_SYS_SELECTED, 1u << CLOCKS_SYS_CTRL_AUX, LOCK_POLLS);
}

const char *mprom_rp2_clocks_start(void)
{
    uint32_t crystal_hz = mprom_rp2_board_facts.crystal_hz;
    const char *fault = NULL;
    if (!crystal_start(crystal_hz)) {
        fault = "clock: the crystal does not start, the board runs from its internal oscillator";
        crystal_hz = ROSC_HZ;
    } else if (!pll_start(crystal_hz)) {
        fault = "clock: the PLL does not start, the board runs from its crystal";
        clock_hz = crystal_hz;
    } else {
        clock_hz = PLL_HZ;
    }
    mprom_mmio_write32(WATCHDOG_TICK, crystal_hz / HZ_PER_TICK | WATCHDOG_TICK_ENABLE);
    mprom_mmio_write32(CLOCKS_PERI_CTRL, CLOCKS_PERI_CTRL_ENABLE);
    return fault;
}
