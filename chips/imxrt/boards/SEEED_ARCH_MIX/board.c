/* Seeed Arch Mix. Upstream's partition is the segment. */
#include "chips/imxrt/board.h"

enum {
    SEGMENT_OFF = 0x180000,
    SEGMENT_SIZE = 0x80000,
};

MPROM_IMXRT_KEEP(SEGMENT_OFF, SEGMENT_SIZE, 0, 0x180000, "the boot header or the program");

const struct mprom_imxrt_board mprom_imxrt_board_facts = {
    .name = "SEEED_ARCH_MIX",
    .part = "RT1052",
    .chip = "mx25r6435f",
    .uart = 1,
    .program = 0x2000,
    .rom = {.segments = {{.name = "rom0", .off = SEGMENT_OFF, .size = SEGMENT_SIZE}}, .segment_count = 1},
};
