/* MicroPython looks for this header by name; what it declares is in hal.c. */
#ifndef MPROM_MPHALPORT_H
#define MPROM_MPHALPORT_H

#include "shared/runtime/interrupt_char.h"

#endif
