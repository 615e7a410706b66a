/* The registers of the models, as Unicorn asks for them. */
#ifndef MPROM_EMULATOR_MACHINE_REGISTERS_H
#define MPROM_EMULATOR_MACHINE_REGISTERS_H

#include "emulator/machine/machine_state.h"

/*
 * Finds the pages that hold registers, and their aliases. Returns NULL, or what is wrong, a constant.
 */
const char *machine_find_pages(struct machine *machine);

/* Adds one more. Returns false if there are too many. */
bool machine_add_page(struct machine *machine, uint32_t base);

/* Maps them. Returns false if Unicorn cannot. */
bool machine_map_pages(struct machine *machine);

#endif
