/*
 * What programs find in the table of the boot ROM of an RP2350. All of it asks for access to coprocessor 7, which the real
 * one checks itself with: ours needs none, and reports a program that has not given it. RE and RP report what they would not
 * check.
 */
#ifndef MPROM_RP2350_ROM_API_H
#define MPROM_RP2350_ROM_API_H

#include <stdint.h>

/*
 * Where the table has the 16 bits for a code of two letters and the first of these flags that it knows it by; 0: nowhere.
 * Then these bits, or 0.
 */
uint32_t mprom_rp2350_rom_api_lookup_entry(uint32_t code, uint32_t flags);
uint32_t mprom_rp2350_rom_api_lookup_value(uint32_t code, uint32_t flags);

void mprom_rp2350_rom_api_connect(void);
void mprom_rp2350_rom_api_exit_xip(void);
void mprom_rp2350_rom_api_erase(uint32_t off, uint32_t count, uint32_t block, uint32_t cmd);
void mprom_rp2350_rom_api_program(uint32_t off, const uint8_t *data, uint32_t count);
void mprom_rp2350_rom_api_flush(void);
void mprom_rp2350_rom_api_enter_xip(void);
void mprom_rp2350_rom_api_select_read(uint32_t read, uint32_t divider);

#endif
