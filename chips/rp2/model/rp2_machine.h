/* Emulated boards of this family: `rp2_machine_family` is for the table of the machine. */
#ifndef MPROM_RP2_MACHINE_H
#define MPROM_RP2_MACHINE_H

#include "chips/rp2/board.h"
#include "emulator/machine/target.h"

extern const struct machine_family rp2_machine_family;

#endif
