/* The flashes of the nRF family for the contract tests. A CPU of 1 MHz polls less until the driver gives up. */
#include "tests/chips/contract/contract.h"

#include <stddef.h>

#include "rig.h"

enum {
    SLOW_HZ = 1000000
};

static struct rig rig;

static const struct mprom_flash *open_part(const char *part)
{
    rig_open(&rig, part);
    return mprom_nvmc_open(&rig.driver, rig_part(part), 0, SLOW_HZ) ? NULL : &rig.driver.flash;
}

static const struct mprom_flash *open_nrf51(void)
{
    return open_part("nRF51822");
}

static const struct mprom_flash *open_nrf52832(void)
{
    return open_part("nRF52832");
}

static const struct mprom_flash *open_nrf52840(void)
{
    return open_part("nRF52840");
}

static void close_rig(void)
{
    rig_close(&rig);
}

static void hang(void)
{
    rig.model.hangs = true;
}

#define NVMC(part, opens)                                                                                            \
    {                                                                                                                \
        .name = "nvmc.c, " part, .open = opens, .close = close_rig, .hang = hang, .cells = &rig.cells,               \
        .busy = "while it is busy", .stray = "while NVMC_CONFIG is 0",                                               \
    }

const struct contract_flash contract_flashes[] = {
    NVMC("nRF51822", open_nrf51),
    NVMC("nRF52832", open_nrf52832),
    NVMC("nRF52840", open_nrf52840),
    {0},
};
