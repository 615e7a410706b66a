/* What the start of an octal flash is made of. */
#ifndef MPROM_ALIF_OCTAL_START_H
#define MPROM_ALIF_OCTAL_START_H

#include "chips/alif/driver/octal.h"
#include "chips/alif/driver/octal_chips.h"

/* Within an operation: finds the chip and brings it to eight lines. As mprom_alif_octal_start(). */
int mprom_alif_octal_find(struct mprom_alif_octal *octal);

#endif
