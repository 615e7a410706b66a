/* The boards of this family as emulated machines. */
#ifndef MPROM_NRF_MACHINE_H
#define MPROM_NRF_MACHINE_H

#include "chips/nrf/board.h"
#include "emulator/machine/target.h"

extern const struct machine_family nrf_machine_family;

#endif
