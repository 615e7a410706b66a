/* OpenMV Cam M4: STM32F427, of whose flash OpenMV uses 1 MB; the last sector is the ROM partition. */
#include "chips/stm32/board.h"

const struct mprom_stm32_board mprom_stm32_board_facts = {
    .name = "OPENMV2",
    .part = "STM32F427VG",
    .uart = 3,
    .tx = {PORT_B, 10, 7},
    .rx = {PORT_B, 11, 7},
    .rom = {.segments = {{.name = "rom0", .off = 0xE0000, .size = 0x20000}}, .segment_count = 1},
};
