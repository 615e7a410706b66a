/* The bus that the machine gives to the models: its memories for DMA, its interrupts. */
#ifndef MPROM_EMULATOR_MACHINE_BUS_H
#define MPROM_EMULATOR_MACHINE_BUS_H

#include "emulator/machine/machine_state.h"

struct model_bus machine_bus(struct machine *machine);

#endif
