/*
 * Varuints, one byte at a time, so that the reader (memory) and the check (a callback) decode them alike.
 */
#ifndef MPROM_ROMFS_VARUINT_H
#define MPROM_ROMFS_VARUINT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Adds the next byte of a varuint to *value, which starts as 0. The varuint goes on if the byte's high bit is set;
 * any number of bytes 80 may stand in front. Returns false, and leaves *value alone, if the number does not fit 32
 * bits.
 */
static inline bool mprom_romfs_varuint_push(uint32_t *value, uint8_t byte)
{
    if (*value >> 25 != 0) {
        return false;
    }
    *value = *value << 7 | (byte & 0x7fU);
    return true;
}

/* The same for a number of up to 64 bits. */
static inline bool mprom_romfs_varuint_push64(uint64_t *value, uint8_t byte)
{
    if (*value >> 57 != 0) {
        return false;
    }
    *value = *value << 7 | (byte & 0x7fU);
    return true;
}

#endif
