/* The registers of the models, as Unicorn asks for them. */
#ifndef MPROM_EMULATOR_MACHINE_REGISTERS_H
#define MPROM_EMULATOR_MACHINE_REGISTERS_H

#include "emulator/machine/machine_state.h"

/* Maps a page of registers, or those of all models. Returns false if Unicorn cannot, or for too many. */
bool machine_map_page(struct machine *machine, uint32_t base);
bool machine_map_registers(struct machine *machine);

#endif
