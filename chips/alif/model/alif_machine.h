/* The boards with an Ensemble, for mprom-machine. */
#ifndef MPROM_ALIF_MACHINE_H
#define MPROM_ALIF_MACHINE_H

#include "emulator/machine/target.h"

extern const struct machine_family alif_machine_family;

#endif
