/* Any board with an STM32F405 of 1 MB and USART1 on PB6 and PB7; its segment lies over sectors of 16K, 64K and 128K.
 */
#include "chips/stm32/board.h"

const struct mprom_stm32_board mprom_stm32_board_facts = {
    .name = "GENERIC_F405",
    .part = "STM32F405RG",
    .uart = 1,
    .tx = {PORT_B, 6, 7},
    .rx = {PORT_B, 7, 7},
    .rom = {.segments = {{.name = "rom0", .off = 0xC000, .size = 0x34000}}, .segment_count = 1},
};
