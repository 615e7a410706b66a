/* Pyboard D-series SF6: STM32F767; its second serial flash, on QUADSPI, is the ROM partition. */
#include "chips/stm32/board.h"

const struct mprom_stm32_board mprom_stm32_board_facts = {
    .name = "PYBD_SF6",
    .part = "STM32F767II",
    .uart = 1,
    .tx = {PORT_A, 9, 7},
    .rx = {PORT_A, 10, 7},
    .clock_hz = 216000000,
    .hse_hz = 25000000,
    .rom = {.segments = {{.name = "rom0", .off = 0, .size = 0}}, .segment_count = 1, .slots = MPROM_SLOTS},
    .serial = {{PORT_B, 6, 10}, {PORT_B, 2, 9}, {PORT_D, 11, 9}, {PORT_D, 12, 9}, {PORT_E, 2, 9}, {PORT_D, 13, 9}},
    .chip = "w25q64",
};
