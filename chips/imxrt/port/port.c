/* What the kit asks of a port, for every board of this family. */
#include "chips/imxrt/port/port.h"

#include "arch/cortex_m/cortex_m7.h"
#include "arch/cortex_m/startup.h"
#include "arch/mmio.h"
#include "chips/imxrt/driver/flexspi.h"
#include "chips/imxrt/port/series.h"

static struct mprom_flexspi flexspi;
static struct mprom_spi_nor nor;

/* The program runs from the flash, which is slow without the caches. */
static const char *start(void)
{
    mprom_imxrt_watchdog_stop(mprom_imxrt_series.rtwdog);
    for (const struct mprom_imxrt_change *clock = mprom_imxrt_series.clocks; clock->address != 0; clock++) {
        mprom_mmio_write32(clock->address, (mprom_mmio_read32(clock->address) & ~clock->off) | clock->on);
    }
    mprom_cortex_m7_cache_start();
    return NULL;
}

static const struct mprom_flash *open_flash(void)
{
    mprom_imxrt_ram_wait_open(mprom_imxrt_series.gpt);
    bool is_started = mprom_flexspi_open(&flexspi, mprom_imxrt_series.flexspi, mprom_imxrt_series.window,
                                         mprom_imxrt_ram_wait) == 0 &&
                      mprom_spi_nor_start(&nor, &flexspi.bus) == 0;
    return is_started ? &nor.flash : NULL;
}

const struct mprom_kit_port mprom_kit_port = {
    .rom = &mprom_imxrt_board_facts.rom,
    .uart = &mprom_imxrt_uart,
    .counter = &mprom_imxrt_counter,
    .power_up = mprom_imxrt_power_up,
    .start = start,
    .open_flash = open_flash,
    .reset = mprom_cpu_reset,
};
