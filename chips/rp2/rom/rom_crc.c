#include "chips/rp2/rom/rom_crc.h"

enum {
    BYTE_BITS = 8
};

#define POLYNOMIAL 0x04C11DB7u
#define TOP (1u << 31)

uint32_t mprom_rp2_rom_crc(const uint8_t *bytes, uint32_t size)
{
    uint32_t crc = UINT32_MAX;
    for (uint32_t i = 0; i < size; i++) {
        crc ^= (uint32_t)bytes[i] << 24;
        for (uint32_t bit = 0; bit < BYTE_BITS; bit++) {
            crc = crc & TOP ? crc << 1 ^ POLYNOMIAL : crc << 1;
        }
    }
    return crc;
}
