/*
 * mprom inside MicroPython's own ports: what the common part and the part of a flash layer ask of each other
 * (docs/ports.md).
 */
#ifndef MPROM_PORT_H
#define MPROM_PORT_H

#include <stdint.h>

#include "mprom/flash.h"

/* Where the port keeps its ROMFS. */
struct mprom_port_partition {
    const struct mprom_flash *flash; /* readable by the CPU, see map() */
    uint32_t off;                    /* bytes from the start of the flash; where an erase block begins */
    uint32_t size;                   /* bytes; whole erase blocks */
};

/*
 * Finds the partition; a flash layer defines it. Called once after each hard reset, when Python runs: it may raise.
 * Returns NULL, or what is wrong.
 */
const char *mprom_port_open(struct mprom_port_partition *partition);

#endif
