/* What the kit asks of a port, for every board of this family. */
#include "chips/rp2/port/port.h"

#include "arch/mmio.h"
#include "chips/rp2/port/series.h"
#include "chips/rp2/regs/rp2_regs.h"

static const struct mprom_flash *open_flash(void)
{
    const struct mprom_flash *flash;
    return mprom_rp2_series.open_flash(&flash, mprom_rp2_clock_hz()) ? NULL : flash;
}

/* A reset of the core alone would leave clocks and flash as they are: the watchdog resets all but the oscillators. */
static __attribute__((noreturn)) void reset(void)
{
    mprom_mmio_write32(mprom_rp2_series.psm + PSM_WDSEL_OFF, mprom_rp2_series.wdsel_all);
    mprom_mmio_write32(mprom_rp2_series.watchdog + WATCHDOG_CTRL_OFF, WATCHDOG_CTRL_TRIGGER);
    mprom_cpu_barrier();
    for (;;) {
    }
}

const struct mprom_kit_port mprom_kit_port = {
    .rom = &mprom_rp2_board_facts.rom,
    .uart = &mprom_rp2_uart,
    .counter = &mprom_rp2_counter,
    .start = mprom_rp2_clocks_start,
    .open_flash = open_flash,
    .reset = reset,
};
