/* What a board of this family is, in constants: its folder under boards/ defines one `const struct mprom_sim_board`. */
#ifndef MPROM_SIM_BOARD_H
#define MPROM_SIM_BOARD_H

#include "chips/kit/facts.h"

struct mprom_sim_board {
    const char *name;
    struct mprom_kit_rom rom; /* sizes: without --segment-size; the segments lie one behind the other */
};

/* A board's own file defines it by this name. The build gives each a name of its own, since one program has them all. */
extern const struct mprom_sim_board mprom_sim_board_facts;

extern const struct mprom_sim_board sim_facts_SIM;
extern const struct mprom_sim_board sim_facts_SIM_PLAIN;

#endif
