/* NXP's MIMXRT1170-EVKB. The first 16 MiB of its chip are used; all else is as on the MIMXRT1170_EVK. */
#include "chips/imxrt/board.h"

enum {
    SEGMENT_OFF = 0x180000,
    SEGMENT_SIZE = 0x40000,
};

MPROM_IMXRT_KEEP(SEGMENT_OFF, SEGMENT_SIZE, 0, 0x180000, "the boot header or the program");
MPROM_IMXRT_KEEP(SEGMENT_OFF, SEGMENT_SIZE, 0x1C0000, 0x200000, "the image of the second core");

const struct mprom_imxrt_board mprom_imxrt_board_facts = {
    .name = "MIMXRT1170_EVKB",
    .part = "RT1176",
    .chip = "w25q256jv",
    .uart = 1,
    .program = 0x2000,
    .rom = {.segments = {{.name = "rom0", .off = SEGMENT_OFF, .size = SEGMENT_SIZE}}, .segment_count = 1},
};
