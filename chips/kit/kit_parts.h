/* What the parts of the kit offer each other. */
#ifndef MPROM_KIT_PARTS_H
#define MPROM_KIT_PARTS_H

#include <stdbool.h>
#include <stdint.h>

/* Starts the port's UART. */
void mprom_console_open(void);

/* Whether the console has a byte. If not, one that comes from now on ends the next sleep. */
bool mprom_console_ready(void);

/* Starts the port's counter. */
void mprom_clock_open(void);

/* Notes the counter, which wraps every 71 minutes: to be called more often than that. */
void mprom_clock_update(void);

#endif
