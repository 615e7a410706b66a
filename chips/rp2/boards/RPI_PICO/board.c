/* Raspberry Pi Pico: RP2040 with 2 MiB of flash. The segment begins where 384 KiB of program may end. */
#include "chips/rp2/board.h"

const struct mprom_rp2_board mprom_rp2_board_facts = {
    .name = "RPI_PICO",
    .part = "RP2040",
    .chip = "w25q16old",
    .crystal_hz = 12000000,
    .tx = 0,
    .rx = 1,
    .rom = {.segments = {{.name = "rom0", .off = 0x60000, .size = 0x40000}},
            .segment_count = 1,
            .slots = MPROM_SLOTS},
};
