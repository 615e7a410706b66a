/* Teensy 4.1. Upstream's partition is the segment. */
#include "chips/imxrt/board.h"

enum {
    SEGMENT_OFF = 0xC0000,
    SEGMENT_SIZE = 0x40000,
};

MPROM_IMXRT_KEEP(SEGMENT_OFF, SEGMENT_SIZE, 0, 0xC0000, "the boot header or the program");
MPROM_IMXRT_KEEP(SEGMENT_OFF, SEGMENT_SIZE, 0x7C0000, 0x800000, "Teensy's EEPROM and its block for restoring");

const struct mprom_imxrt_board mprom_imxrt_board_facts = {
    .name = "TEENSY41",
    .part = "RT1062",
    .chip = "w25q64",
    .uart = 6,
    .program = 0x2000,
    .rom = {.segments = {{.name = "rom0", .off = SEGMENT_OFF, .size = SEGMENT_SIZE}}, .segment_count = 1},
};
