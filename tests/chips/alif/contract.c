/* The flashes of the Ensemble for the contract tests. */
#include "tests/chips/contract/contract.h"

#include <stddef.h>

#include "rig.h"

static struct rig rig;

static const struct mprom_flash *open_mram(void)
{
    rig_open(&rig);
    return mprom_alif_mram_open(&rig.driver, 0, rig.mram.geometry.size) ? NULL : &rig.driver.flash;
}

static void close_mram(void)
{
    rig_close(&rig);
}

const struct contract_flash contract_flashes[] = {
    /* The CPU waits for its store: there is no time in which it could execute from MRAM that is busy. */
    {.name = "mram.c",
     .open = open_mram,
     .close = close_mram,
     .always_ready = true,
     .cells = &rig.cells,
     .stray = "which the MPU makes read-only"},
    {0},
};
