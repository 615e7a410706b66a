/* A board of this family as a machine: which models it has and where. */
#ifndef MPROM_STM32_MACHINE_H
#define MPROM_STM32_MACHINE_H

#include "emulator/machine/target.h"

/* As machine_target.open; facts is a const struct mprom_stm32_board. */
struct machine_board *stm32_machine_open(const void *facts, const struct machine_console *console,
                                         struct machine_flash *flash);

#endif
