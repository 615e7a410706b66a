/* SIM with --plain or --compat: the same flash, and three segments of their own, as simple boards have them. */
#include "chips/sim/board.h"

const struct mprom_sim_board mprom_sim_board_facts = {
    .name = "SIM_PLAIN",
    .rom = {.segments = {{.name = "rom0", .off = 0, .size = 0x100000},
                         {.name = "rom1", .off = 0x100000, .size = 0x100000},
                         {.name = "rom2", .off = 0x200000, .size = 0x100000}},
            .segment_count = 3},
};
