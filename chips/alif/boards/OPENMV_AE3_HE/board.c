/*
 * OpenMV AE3, its core HE: AE302F80F55D5AE. The segment is in MRAM, where MicroPython has partition 0 of this core. The
 * console is at P4 and P5 of the board, for MicroPython has none at a UART.
 */
#include "chips/alif/board.h"

const struct mprom_alif_board mprom_alif_board_facts = {
    .name = "OPENMV_AE3_HE",
    .part = "AE302F80F55D5AE",
    .core = MPROM_ALIF_HE,
    .uart = 1,
    .tx = {0, 5, 2},
    .rx = {0, 4, 2},
    .rom = {.segments = {{.name = "rom0", .off = MPROM_ALIF_MRAM_ROM_OFF, .size = MPROM_ALIF_MRAM_ROM_SIZE}},
            .segment_count = 1},
};
