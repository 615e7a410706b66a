/* What a board of this family is, in constants: its folder under boards/ defines one. */
#ifndef MPROM_TEMPLATE_BOARD_H
#define MPROM_TEMPLATE_BOARD_H

#include "chips/kit/facts.h"

struct mprom_template_board {
    const char *name;
    const char *part; /* the microcontroller, as ordered */
    struct mprom_kit_rom rom;
};

/* The board that the firmware is for. On the PC, which knows them all, each has a name of its own. */
extern const struct mprom_template_board mprom_template_board_facts;

#endif
