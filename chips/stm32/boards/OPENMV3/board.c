/* OpenMV Cam M7: STM32F765 of 2 MB; the last 256K are the ROM partition: one sector, or two where the flash has two
 * banks. */
#include "chips/stm32/board.h"

const struct mprom_stm32_board mprom_stm32_board_facts = {
    .name = "OPENMV3",
    .part = "STM32F765VI",
    .uart = 3,
    .tx = {PORT_B, 10, 7},
    .rx = {PORT_B, 11, 7},
    .rom = {.segments = {{.name = "rom0", .off = 0x1C0000, .size = 0x40000}}, .segment_count = 1},
};
