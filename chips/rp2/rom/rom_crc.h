/* CRC-32 as boot2 has it: 04C11DB7, from FFFFFFFF on, nothing reflected, no final xor. */
#ifndef MPROM_RP2_ROM_CRC_H
#define MPROM_RP2_ROM_CRC_H

#include <stdint.h>

uint32_t mprom_rp2_rom_crc(const uint8_t *bytes, uint32_t size);

#endif
