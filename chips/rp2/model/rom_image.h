/* The boot ROM that emulated boards have; the build makes it from chips/rp2/rom. */
#ifndef MPROM_RP2_ROM_IMAGE_H
#define MPROM_RP2_ROM_IMAGE_H

#include <stdint.h>

extern const uint32_t rp2_rom_size; /* bytes; 0 if there was no compiler for it */
extern const uint8_t rp2_rom_bytes[];

#endif
