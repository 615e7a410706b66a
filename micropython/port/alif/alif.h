/* The flashes that the alif port may have its partition in. Each returns NULL, or what is wrong. */
#ifndef MPROM_PORT_ALIF_H
#define MPROM_PORT_ALIF_H

#include <stdbool.h>
#include <stdint.h>

#include "mprom/flash.h"

/* MRAM of the chip; the partition is size bytes from start. */
bool mprom_port_alif_is_mram(uintptr_t start, uint32_t size);
const char *mprom_port_alif_mram(uintptr_t start, uint32_t size, const struct mprom_flash **flash);

/* The octal flash, which the HP core alone has. */
bool mprom_port_alif_is_ospi(uintptr_t start, uint32_t size);
const char *mprom_port_alif_ospi(uintptr_t start, uint32_t size, const struct mprom_flash **flash);

#endif
