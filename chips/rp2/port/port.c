/* What the kit asks of a port, for every board of this family. */
#include "chips/rp2/port/port.h"

#include "arch/mmio.h"
#include "chips/rp2/driver/flash.h"
#include "chips/rp2/regs/rp2040_regs.h"

static struct mprom_rp2_flash rp2_flash;

static const struct mprom_flash *open_flash(void)
{
    return mprom_rp2_flash_open(&rp2_flash, mprom_rp2_clock_hz()) ? NULL : &rp2_flash.flash;
}

/* A reset of the core alone would leave clocks and flash as they are: the watchdog resets all but the oscillators. */
static __attribute__((noreturn)) void reset(void)
{
    mprom_mmio_write32(PSM_WDSEL, PSM_WDSEL_ALL);
    mprom_mmio_write32(WATCHDOG_CTRL, WATCHDOG_CTRL_TRIGGER);
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
