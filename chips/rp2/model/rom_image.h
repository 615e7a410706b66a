/* The boot ROMs that emulated boards have; the build makes them from chips/rp2/rom. */
#ifndef MPROM_RP2_ROM_IMAGE_H
#define MPROM_RP2_ROM_IMAGE_H

#include <stdint.h>

extern const uint32_t rp2040_rom_size; /* bytes; 0 if there was no compiler for it */
extern const uint8_t rp2040_rom_bytes[];
extern const uint32_t rp2350_rom_size;
extern const uint8_t rp2350_rom_bytes[];

#endif
