/* Raspberry Pi Pico 2: RP2350 with 4 MiB of flash. The segment begins where 512 KiB of program may end. */
#include "chips/rp2/board.h"

const struct mprom_rp2_board mprom_rp2_board_facts = {
    .name = "RPI_PICO2",
    .part = "RP2350",
    .chip = "w25q32",
    .crystal_hz = 12000000,
    .tx = 0,
    .rx = 1,
    .rom = {.segments = {{.name = "rom0", .off = 0x80000, .size = 0x80000}}, .segment_count = 1},
};
