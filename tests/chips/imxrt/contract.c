/* The flash of this family for the contract tests: FlexSPI of each kind, and the chips that boards have. */
#include <stddef.h>

#include "rig.h"
#include "tests/chips/contract/contract.h"

static struct rig rig;

static const struct mprom_flash *open_rt1052(void)
{
    rig_open_driver(&rig, "RT1052", "mx25r6435f", RIG_READS_SINGLY);
    return rig.flash;
}

static const struct mprom_flash *open_rt1062(void)
{
    rig_open_driver(&rig, "RT1062", "w25q64", RIG_READS_QUAD);
    return rig.flash;
}

static const struct mprom_flash *open_rt1064(void)
{
    rig_open_driver(&rig, "RT1064", "w25q32", RIG_READS_SINGLY);
    return rig.flash;
}

static const struct mprom_flash *open_rt1176(void)
{
    rig_open_driver(&rig, "RT1176", "w25q128", RIG_READS_QUAD);
    return rig.flash;
}

static void close_flash(void)
{
    rig_close(&rig);
}

static void hang(void)
{
    rig.chip.never_ready = true;
}

#define FLEXSPI(says, opens)                                                                                         \
    {                                                                                                                \
        .name = "flexspi.c, " says, .open = opens, .close = close_flash, .hang = hang, .cells = &rig.cells,          \
        .busy = "is on its lines", .stray = "which can only be read",                                                \
    }

const struct contract_flash contract_flashes[] = {
    FLEXSPI("RT1052, MX25R6435F", open_rt1052),
    FLEXSPI("RT1062, W25Q64", open_rt1062),
    FLEXSPI("RT1064, W25Q32", open_rt1064),
    FLEXSPI("RT1176, W25Q128", open_rt1176),
    {0},
};
