/* The flashes that the stm32 port may have its partition in. Each returns NULL, or what is wrong. */
#ifndef MPROM_PORT_STM32_H
#define MPROM_PORT_STM32_H

#include <stdbool.h>
#include <stdint.h>

#include "mprom/flash.h"

/* Of the chip itself; the partition is size bytes from start. */
bool mprom_port_stm32_is_internal(uintptr_t start);
const char *mprom_port_stm32_internal(uintptr_t start, uint32_t size, const struct mprom_flash **flash);

/* A serial flash, which the CPU reads through QUADSPI, OCTOSPI or XSPI. */
bool mprom_port_stm32_is_serial(uintptr_t start);
const char *mprom_port_stm32_serial(uintptr_t start, uint32_t size, const struct mprom_flash **flash);

#endif
