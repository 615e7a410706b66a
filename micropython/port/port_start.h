/* The start of the segments; the wraps call it. */
#ifndef MPROM_PORT_START_H
#define MPROM_PORT_START_H

/* Opens the segments. Without them, or without some of them, the board starts all the same and says why. */
void mprom_port_start(void);

#endif
