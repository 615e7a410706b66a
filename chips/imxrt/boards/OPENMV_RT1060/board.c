/* OpenMV Cam RT1062. Its loader starts the program; upstream's partition is the segment. */
#include "chips/imxrt/board.h"

enum {
    SEGMENT_OFF = 0x800000,
    SEGMENT_SIZE = 0x800000,
};

MPROM_IMXRT_KEEP(SEGMENT_OFF, SEGMENT_SIZE, 0, 0x40000, "the boot header and OpenMV's loader");
MPROM_IMXRT_KEEP(SEGMENT_OFF, SEGMENT_SIZE, 0x40000, 0x800000, "the program, or OpenMV's filesystem");

const struct mprom_imxrt_board mprom_imxrt_board_facts = {
    .name = "OPENMV_RT1060",
    .part = "RT1062",
    .chip = "w25q128",
    .uart = 1,
    .has_loader = true,
    .program = 0x43000,
    .rom = {.segments = {{.name = "rom0", .off = SEGMENT_OFF, .size = SEGMENT_SIZE}},
            .segment_count = 1,
            .slots = MPROM_SLOTS},
};
