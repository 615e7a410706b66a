/* What went wrong, and where. */
#ifndef MPROM_EMULATOR_MACHINE_FAULT_H
#define MPROM_EMULATOR_MACHINE_FAULT_H

#include "emulator/machine/machine_state.h"

/*
 * The first violation counts: what follows may be its consequence. Where it happened is known to the block: Unicorn
 * keeps the CPU's PC up to date no better.
 */
void machine_violate(struct machine *machine, const char *text, uint32_t pc);

/* As struct model_bus has it. */
void machine_report(void *ctx, const char *text);

/* Adds where it happened to what happened. */
void machine_locate_fault(struct machine *machine);

#endif
