/* Pyboard D-series SF2: STM32F722; the second half of its second serial flash, on QUADSPI, is the ROM partition. The
 * first half holds a part of the program. */
#include "chips/stm32/board.h"

const struct mprom_stm32_board mprom_stm32_board_facts = {
    .name = "PYBD_SF2",
    .part = "STM32F722IE",
    .uart = 1,
    .tx = {PORT_A, 9, 7},
    .rx = {PORT_A, 10, 7},
    .clock_hz = 120000000,
    .hse_hz = 25000000,
    .rom = {.segments = {{.name = "rom0", .off = 0x100000, .size = 0x100000}}, .segment_count = 1},
    .serial = {{PORT_B, 6, 10}, {PORT_B, 2, 9}, {PORT_D, 11, 9}, {PORT_D, 12, 9}, {PORT_E, 2, 9}, {PORT_D, 13, 9}},
    .chip = "w25q16old",
};
