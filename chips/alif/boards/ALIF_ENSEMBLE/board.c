/*
 * Alif's DevKit with an Ensemble E7, its core HP: AE722F80F55D5. Segment 0 is the second half of 32 MiB of octal flash of
 * ISSI, segment 1 in MRAM, as MicroPython has its partitions. MicroPython knows the kit with 64 MiB, Alif's documents with
 * 32: the firmware takes both, segments are at the same place.
 */
#include "chips/alif/board.h"

const struct mprom_alif_board mprom_alif_board_facts = {
    .name = "ALIF_ENSEMBLE",
    .part = "AE722F80F55D5",
    .core = MPROM_ALIF_HP,
    .uart = 4,
    .tx = {12, 2, 2},
    .rx = {12, 1, 2},
    .octal = {.number = 1,
              .sample_delay = 3,
              .drive_edge = 1,
              .rxds_delay = 12,
              .chip = "is25wx256",
              .quiet = {9, 7, 1},
              /* clock, select, RXDS, D0, D1, D3 to D7 */
              .pins = {{5, 5, 1},
                       {5, 7, 1},
                       {10, 7, 7},
                       {9, 5, 1},
                       {9, 6, 1},
                       {10, 0, 1},
                       {10, 1, 1},
                       {10, 2, 1},
                       {10, 3, 1},
                       {10, 4, 1}},
              .pin_count = 10},
    .rom =
        {.segments = {{.name = "rom0", .off = 0x1000000, .size = 0x1000000},
                      {.name = "rom1", .off = MPROM_ALIF_MRAM_ROM_OFF, .size = MPROM_ALIF_MRAM_ROM_SIZE, .flash = 1}},
         .segment_count = 2},
};
