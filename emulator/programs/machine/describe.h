/* mprom-machine --describe: what a board is, as JSON, for builds, tests and the tables of the documentation. */
#ifndef MPROM_MACHINE_DESCRIBE_H
#define MPROM_MACHINE_DESCRIBE_H

#include "emulator/machine/target.h"

/* Prints one JSON object to stdout. Returns false if the board's facts are wrong. */
bool describe_print(const struct machine_target *target);

#endif
