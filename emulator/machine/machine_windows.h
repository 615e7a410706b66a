/* What the CPU does with memory: callbacks of Unicorn. */
#ifndef MPROM_EMULATOR_MACHINE_WINDOWS_H
#define MPROM_EMULATOR_MACHINE_WINDOWS_H

#include "emulator/machine/machine_state.h"

/* The memory or window that holds an address, and where in it; NULL if there is none. */
struct region *machine_region_at(struct machine *machine, uint32_t address, uint32_t *off);

/* What lies between two offsets was replaced, or all that changed since the last call. */
void machine_forget_code(struct machine *machine, struct region *region, uint32_t start, uint32_t end);
void machine_forget_dirty_code(struct machine *machine);

/* Maps the memories, full of rubbish, the windows, and their aliases. Returns false if Unicorn does not take them. */
bool machine_map_regions(struct machine *machine);

/* Asks the models of the windows whether they want to see loads and fetches. */
void machine_guard(struct machine *machine);

/* The callbacks for blocks, for memory, and for what goes wrong. Returns false if Unicorn does not take them. */
bool machine_add_hooks(struct machine *machine);

/* Where the CPU has stopped. */
uint32_t machine_stopped_pc(struct machine *machine);

/* After a store to a register: RAM may be used from now on if the SoC says so. */
void machine_open_memory(struct machine *machine);

#endif
