/* What else a boot ROM offers to programs: memory, bits, and the lookup itself. */
#ifndef MPROM_RP2040_ROM_LIB_H
#define MPROM_RP2040_ROM_LIB_H

#include <stdint.h>

/* The address that a table has for a code of two letters, 0 if it has none. */
uint32_t mprom_rp2_rom_lookup(const uint16_t *table, uint32_t code);

/* MS, S4, MC, C4: fill and copy; S4 and C4 take whole words. */
void *mprom_rp2_rom_set(void *dst, uint32_t byte, uint32_t size);
void *mprom_rp2_rom_set_words(void *dst, uint32_t byte, uint32_t size);
void *mprom_rp2_rom_copy(void *dst, const void *src, uint32_t size);
void *mprom_rp2_rom_copy_words(void *dst, const void *src, uint32_t size);

/* P3, R3, L3, T3: bits that are 1, reversed, zeros before the first 1, zeros behind the last. */
uint32_t mprom_rp2_rom_popcount(uint32_t value);
uint32_t mprom_rp2_rom_reverse(uint32_t value);
uint32_t mprom_rp2_rom_leading(uint32_t value);
uint32_t mprom_rp2_rom_trailing(uint32_t value);

/* UB: goes to the USB boot, which this one has not. */
void mprom_rp2_rom_usb_boot(void);

/* What the tables of floating point hold. */
void mprom_rp2_rom_no_float(void);

#endif
