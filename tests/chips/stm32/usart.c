/*
 * A board that does not exist, whose console is the USART that the build names: the contract of the console over those
 * that no board of the list has. Port and models take the pins from here.
 */
#include "chips/stm32/board.h"

const struct mprom_stm32_board mprom_stm32_board_facts = {
    .name = "USART",
    .part = USART_PART,
    .uart = USART_NUMBER,
#if USART_NUMBER == 2
    .tx = {PORT_A, 2, 7},
    .rx = {PORT_A, 3, 7},
#else
    .tx = {PORT_C, 6, 8},
    .rx = {PORT_C, 7, 8},
#endif
    .supply = USART_SUPPLY,
    .rom = {.segments = {{.name = "rom0", .off = 0x80000, .size = 0x40000}}, .segment_count = 1},
};
