/* What the kit asks of a port, for every board of this family. */
#include "chips/nrf/port/port.h"

#include <string.h>

#include "arch/cortex_m/startup.h"
#include "arch/mmio.h"
#include "chips/nrf/driver/nvmc.h"
#include "chips/nrf/regs/nrf_regs.h"

enum {
    CPU_HZ = 16000000,
    CRYSTAL_POLLS = 100000, /* a poll takes at least four cycles: 25 ms, and the crystal takes about one */
    ID_SIZE = 8,
};

static struct mprom_nvmc nvmc;
static uint8_t id[ID_SIZE];

/* A UART needs a clock that is more exact than the oscillator inside. */
static const char *start(void)
{
    mprom_mmio_write32(CLOCK_EVENTS_HFCLKSTARTED, 0);
    mprom_mmio_write32(CLOCK_TASKS_HFCLKSTART, 1);
    for (uint32_t polls = 0; polls < CRYSTAL_POLLS; polls++) {
        if (mprom_mmio_read32(CLOCK_EVENTS_HFCLKSTARTED)) {
            return NULL;
        }
    }
    return "clock: the crystal does not start, the board runs from its internal oscillator";
}

static const struct mprom_flash *open_flash(void)
{
    if (mprom_nvmc_open(&nvmc, &mprom_nvmc_nrf51, mprom_nrf_board_facts.flash_size, CPU_HZ)) {
        return NULL;
    }
    nvmc.while_busy = mprom_nrf_uart_keep;
    return &nvmc.flash;
}

static const uint8_t *read_id(size_t *size)
{
    const uint32_t words[] = {mprom_mmio_read32(FICR_DEVICEID), mprom_mmio_read32(FICR_DEVICEID + 4)};
    memcpy(id, words, sizeof id);
    *size = sizeof id;
    return id;
}

const struct mprom_kit_port mprom_kit_port = {
    .rom = &mprom_nrf_board_facts.rom,
    .uart = &mprom_nrf_uart,
    .counter = &mprom_nrf_counter,
    .start = start,
    .open_flash = open_flash,
    .reset = mprom_cpu_reset,
    .id = read_id,
};
