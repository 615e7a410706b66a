/* Arduino GIGA R1: STM32H747, its CM7; of its serial flash of 16 MB, on QUADSPI, 4 MiB are the ROM partition. */
#include "chips/stm32/board.h"

const struct mprom_stm32_board mprom_stm32_board_facts = {
    .name = "ARDUINO_GIGA",
    .part = "STM32H747XI",
    .uart = 1,
    .tx = {PORT_A, 9, 7},
    .rx = {PORT_B, 7, 7},
    .supply = SUPPLY_LDO,
    .rom = {.segments = {{.name = "rom0", .off = 0xB00000, .size = 0x400000}},
            .segment_count = 1,
            .slots = MPROM_SLOTS},
    .serial = {{PORT_G, 6, 10}, {PORT_F, 10, 9}, {PORT_D, 11, 9}, {PORT_D, 12, 9}, {PORT_E, 2, 9}, {PORT_F, 6, 9}},
    .chip = "w25q128",
};
