/* What went wrong, and where. */
#include "emulator/machine/machine_fault.h"

#include <stdio.h>
#include <string.h>

void machine_violate(struct machine *machine, const char *text, uint32_t pc)
{
    if (machine->fault[0] == '\0') {
        snprintf(machine->fault, FAULT_SIZE, "%s", text);
        machine->fault_pc = pc;
    }
    machine->stop = true;
    uc_emu_stop(machine->uc);
}

/* Adds where it happened to what happened. */
void machine_locate_fault(struct machine *machine)
{
    uint32_t inner = 0;
    uint32_t pc = machine->fault_pc;
    const char *symbol = machine->elf != NULL ? elf_symbol_at(machine->elf, pc, &inner) : NULL;
    size_t length = strlen(machine->fault);
    if (symbol != NULL) {
        snprintf(machine->fault + length, FAULT_SIZE - length, ", at 0x%08x (%s+0x%x)", pc, symbol, inner);
    } else {
        snprintf(machine->fault + length, FAULT_SIZE - length, ", at 0x%08x", pc);
    }
}

void machine_report(void *ctx, const char *text)
{
    struct machine *machine = ctx;
    machine_violate(machine, text, machine->block);
}
