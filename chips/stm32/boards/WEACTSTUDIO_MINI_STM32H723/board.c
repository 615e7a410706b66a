/* WeAct Mini STM32H723: STM32H723; its serial flash, on OCTOSPI, is the ROM partition. */
#include "chips/stm32/board.h"

const struct mprom_stm32_board mprom_stm32_board_facts = {
    .name = "WEACTSTUDIO_MINI_STM32H723",
    .part = "STM32H723VG",
    .uart = 3,
    .tx = {PORT_D, 8, 7},
    .rx = {PORT_D, 9, 7},
    .supply = SUPPLY_LDO,
    .rom = {.segments = {{.name = "rom0", .off = 0, .size = 0x800000}}, .segment_count = 1, .slots = MPROM_SLOTS},
    .serial = {{PORT_B, 6, 10}, {PORT_B, 2, 9}, {PORT_D, 11, 9}, {PORT_D, 12, 9}, {PORT_E, 2, 9}, {PORT_D, 13, 9}},
    .chip = "w25q64",
};
