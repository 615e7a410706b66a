/* A program on the PC: two slots of one group, and a segment of its own. */
#include "chips/sim/board.h"

const struct mprom_sim_board mprom_sim_board_facts = {
    .name = "SIM",
    .rom = {.segments = {{.name = "rom0", .off = 0, .size = 0x100000, .has_trailer = true, .group = 1},
                         {.name = "rom1", .off = 0x100000, .size = 0x100000, .has_trailer = true, .group = 1},
                         {.name = "rom2", .off = 0x200000, .size = 0x100000}},
            .segment_count = 3},
};
