/* What a board of this family is, in constants: its folder under boards/ defines one `const struct mprom_imxrt_board`. */
#ifndef MPROM_IMXRT_BOARD_H
#define MPROM_IMXRT_BOARD_H

#include <stdbool.h>
#include <stdint.h>

#include "chips/kit/facts.h"

struct mprom_imxrt_board {
    const char *name;
    const char *part; /* "RT1062": one of those in model/parts.c */
    const char *chip; /* the flash of the emulated board, of emulator/parts/nor_parts.c; firmware asks the chip */
    uint8_t uart;     /* the console: LPUART 1 or, of an RT10xx, 6 */
    bool has_loader;  /* the maker's loader starts the firmware; else its own boot header does */
    uint32_t program; /* where the program's vectors lie, from the start of the flash */
    struct mprom_kit_rom rom;
};

/* The board that the firmware is for. On the PC, which knows them all, each has a name of its own (CMakeLists.txt). */
extern const struct mprom_imxrt_board mprom_imxrt_board_facts;

/*
 * A segment never holds a byte from `from` up to `to`, of the flash: boot header, program, the maker's own blocks. A board says
 * so of each that it has, next to its facts; a segment that overlaps one does not compile.
 */
#define MPROM_IMXRT_KEEP(off, size, from, to, what)                                                                  \
    _Static_assert((off) >= (to) || (off) + (size) <= (from), "the segment overlaps " what)

#endif
