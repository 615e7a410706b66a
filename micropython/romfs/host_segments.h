/*
 * Segments in files of a PC, for MicroPython's unix port.
 */
#ifndef MPROM_HOST_SEGMENTS_H
#define MPROM_HOST_SEGMENTS_H

#include "mprom/rom.h"

/*
 * The segments that the environment variable MPROM_SEGMENTS lists as NAME=FILE:SIZE with commas between them; SIZE is
 * in bytes, or with K or M behind it, and a multiple of 4096. Files are made when they are not there. Opened at the
 * first call; without the variable there are none.
 *
 * Returns NULL if that fails, and *why says in one sentence what is wrong.
 */
struct mprom_rom *mprom_host_segments(const struct mprom_rom_hooks *hooks, const char **why);

#endif
