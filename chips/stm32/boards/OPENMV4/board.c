/* OpenMV Cam H7: STM32H743; the last sector of its flash is the ROM partition. */
#include "chips/stm32/board.h"

const struct mprom_stm32_board mprom_stm32_board_facts = {
    .name = "OPENMV4",
    .part = "STM32H743VI",
    .uart = 3,
    .tx = {PORT_B, 10, 7},
    .rx = {PORT_B, 11, 7},
    .supply = SUPPLY_LDO,
    .rom = {.segments = {{.name = "rom0", .off = 0x1E0000, .size = 0x20000}}, .segment_count = 1},
};
