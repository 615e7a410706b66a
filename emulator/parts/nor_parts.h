/* The SPI-NOR parts that are simulated. Tables as chips gave them; see nor_parts.c for where from. */
#ifndef MPROM_EMULATOR_NOR_PARTS_H
#define MPROM_EMULATOR_NOR_PARTS_H

#include "emulator/parts/nor_chip.h"

enum {
    NOR_PART_COUNT = 7
};

/*
 * w25q64      8 MiB; quad enable by rule 4; continuous read, QPI
 * w25q256fv   32 MiB; nine dwords of table; 4-byte addresses by mode only
 * w25q256jv   32 MiB; 4-byte addresses by opcodes, but not for 32K erases
 * mx25r6435f  8 MiB; quad enable by rule 2
 * w25q16old   2 MiB; no tables
 * w25q32      4 MiB; else as w25q16old: of its tables nothing is known here
 * w25q128     16 MiB, the most that three address bytes reach; else as w25q64
 */
extern const struct nor_part nor_parts[NOR_PART_COUNT];

/* The part of that name, or NULL. */
const struct nor_part *nor_part_find(const char *name);

#endif
