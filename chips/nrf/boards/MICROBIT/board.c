/*
 * BBC micro:bit V1, nRF51822: as QEMU's `microbit`, whose memories can be enlarged. The firmware needs more than the
 * chip's 256 KiB of flash and 16 KiB of RAM, so this board is only emulated.
 */
#include "chips/nrf/board.h"

const struct mprom_nrf_board mprom_nrf_board_facts = {
    .name = "MICROBIT",
    .part = "nRF51822",
    .flash_size = 0x100000,
    .ram_size = 0x40000,
    .tx = 24,
    .rx = 25,
    .rom = {.segments = {{.name = "rom0", .off = 0x80000, .size = 0x40000}}, .segment_count = 1},
};
