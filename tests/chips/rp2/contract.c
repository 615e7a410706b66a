/* The flash of the RP2 family for the contract tests. A CPU of 1 MHz polls less until the driver gives up. */
#include "tests/chips/contract/contract.h"

#include <stddef.h>

#include "rig.h"

enum {
    SLOW_HZ = 1000000
};

static struct rig rig;

static const struct mprom_flash *open_flash(const struct rig_series *series)
{
    rig_open(&rig, series);
    return series->open_driver(&rig.driver, SLOW_HZ) ? NULL : &rig.driver.flash;
}

static const struct mprom_flash *open_rp2040(void)
{
    return open_flash(&rig_rp2040);
}

static const struct mprom_flash *open_rp2350(void)
{
    return open_flash(&rig_rp2350);
}

static void close_rig(void)
{
    rig_close(&rig);
}

/* The chip is busy before the boot ROM is called: that waits for ever for what it has begun itself (README.md). */
static void hang(void)
{
    rig_hang(&rig);
}

const struct contract_flash contract_flashes[] = {
    {.name = "flash.c of an RP2040, W25Q16",
     .open = open_rp2040,
     .close = close_rig,
     .hang = hang,
     .cells = &rig.cells,
     .busy = "while chip select is forced",
     .stray = "which it never reaches"},
    {.name = "flash.c of an RP2350, W25Q32",
     .open = open_rp2350,
     .close = close_rig,
     .hang = hang,
     .cells = &rig.cells,
     .busy = "while direct mode is on",
     .stray = "which it never reaches"},
    {0},
};
