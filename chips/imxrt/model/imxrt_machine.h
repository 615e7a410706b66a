/* Boards of this family, for mprom-machine. */
#ifndef MPROM_IMXRT_MACHINE_H
#define MPROM_IMXRT_MACHINE_H

#include "emulator/machine/target.h"

/* facts: a struct mprom_imxrt_board. */
extern const struct machine_family imxrt_machine_family;

#endif
