/* What a board of this family is, in constants: its folder under boards/ defines one `const struct mprom_rp2_board`. */
#ifndef MPROM_RP2_BOARD_H
#define MPROM_RP2_BOARD_H

#include <stdint.h>

#include "chips/kit/facts.h"

struct mprom_rp2_board {
    const char *name;
    const char *part;    /* "RP2040" */
    const char *chip;    /* the flash of the emulated board, of emulator/parts/nor_parts.c; firmware asks the chip */
    uint32_t crystal_hz; /* whole MHz */
    uint8_t tx;          /* pins of UART0, the console */
    uint8_t rx;
    struct mprom_kit_rom rom;
};

/* The board that the firmware is for. On the PC, which knows them all, each has a name of its own (CMakeLists.txt). */
extern const struct mprom_rp2_board mprom_rp2_board_facts;

#endif
