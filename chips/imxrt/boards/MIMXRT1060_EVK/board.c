/* NXP's MIMXRT1060-EVK. Upstream's partition is the segment. */
#include "chips/imxrt/board.h"

enum {
    SEGMENT_OFF = 0xC0000,
    SEGMENT_SIZE = 0x40000,
};

MPROM_IMXRT_KEEP(SEGMENT_OFF, SEGMENT_SIZE, 0, 0xC0000, "the boot header or the program");

const struct mprom_imxrt_board mprom_imxrt_board_facts = {
    .name = "MIMXRT1060_EVK",
    .part = "RT1062",
    .chip = "mx25r6435f",
    .uart = 1,
    .program = 0x2000,
    .rom = {.segments = {{.name = "rom0", .off = SEGMENT_OFF, .size = SEGMENT_SIZE}}, .segment_count = 1},
};
