/* OpenMV Cam H7 Plus: STM32H743; of its serial flash of 32 MB, on QUADSPI, the last 8 MiB are the ROM partition. */
#include "chips/stm32/board.h"

const struct mprom_stm32_board mprom_stm32_board_facts = {
    .name = "OPENMV4P",
    .part = "STM32H743II",
    .uart = 3,
    .tx = {PORT_B, 10, 7},
    .rx = {PORT_B, 11, 7},
    .supply = SUPPLY_LDO,
    .rom = {.segments = {{.name = "rom0", .off = 0x1800000, .size = 0x800000}},
            .segment_count = 1,
            .slots = MPROM_SLOTS},
    .serial = {{PORT_G, 6, 10}, {PORT_F, 10, 9}, {PORT_F, 8, 10}, {PORT_F, 9, 10}, {PORT_F, 7, 9}, {PORT_F, 6, 9}},
    .chip = "w25q256jv",
};
