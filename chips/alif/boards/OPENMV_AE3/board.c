/*
 * OpenMV AE3, its core HP: AE302F80F55D5AE with 32 MiB of octal flash, mostly Macronix MX25UM25645G. Segment 0 lies behind
 * the 8 MiB of the writable filesystem, segment 1 in MRAM, as MicroPython has its partitions. On the few with 8 MiB of
 * Everspin MRAM segment 0 lies outside of the chip, and the firmware says so. The console is at P4 and P5 of the board.
 */
#include "chips/alif/board.h"

const struct mprom_alif_board mprom_alif_board_facts = {
    .name = "OPENMV_AE3",
    .part = "AE302F80F55D5AE",
    .core = MPROM_ALIF_HP,
    .uart = 1,
    .tx = {0, 5, 2},
    .rx = {0, 4, 2},
    .octal = {.number = 0,
              .sample_delay = 4,
              .drive_edge = 0,
              .rxds_delay = 12,
              .chip = "mx25um25645g",
              .quiet = {2, 2, 1},
              /* both clocks, select, RXDS, D0, D1, D3 to D7 */
              .pins = {{3, 0, 1},
                       {3, 1, 1},
                       {3, 2, 1},
                       {1, 6, 1},
                       {2, 0, 1},
                       {2, 1, 1},
                       {2, 3, 1},
                       {2, 4, 1},
                       {2, 5, 1},
                       {2, 6, 1},
                       {2, 7, 1}},
              .pin_count = 11},
    .rom =
        {.segments = {{.name = "rom0", .off = 0x800000, .size = 0x1800000},
                      {.name = "rom1", .off = MPROM_ALIF_MRAM_ROM_OFF, .size = MPROM_ALIF_MRAM_ROM_SIZE, .flash = 1}},
         .segment_count = 2},
};
