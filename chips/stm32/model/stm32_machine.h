/* A board of this family as a machine: which models it has and where. */
#ifndef MPROM_STM32_MACHINE_H
#define MPROM_STM32_MACHINE_H

#include "emulator/machine/target.h"

/* The facts of its boards are const struct mprom_stm32_board. */
extern const struct machine_family stm32_machine_family;

#endif
