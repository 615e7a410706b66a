/*
 * Records as bytes: how much room they need, and their heads.
 */
#ifndef MPROM_ROMFS_BUILD_RECORD_H
#define MPROM_ROMFS_BUILD_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "mprom/romfs.h"

enum {
    MPROM_BUILD_VARUINT_SIZE_MAX = 10,
    MPROM_BUILD_KIND_SIZE_LONG = 4, /* of mprom's kinds; MicroPython's fit one byte */
    MPROM_BUILD_PAD_SIZE_MIN = 2,   /* a padding record cannot be smaller */
};

/* Bytes that value needs. */
static inline uint8_t mprom_build_varuint_size(uint64_t value)
{
    uint8_t size = 1;
    while (value >>= 7) {
        size++;
    }
    return size;
}

/* Writes value in exactly width bytes, padded in front with 80. Returns the byte behind. */
static inline uint8_t *mprom_build_varuint_put(uint8_t *dst, uint64_t value, uint8_t width)
{
    for (uint8_t i = width; i-- > 0; value >>= 7) {
        dst[i] = (uint8_t)((value & 0x7f) | (i + 1 < width ? 0x80 : 0));
    }
    return dst + width;
}

/* Writes kind and payload length, the latter in exactly width bytes. Returns the byte behind. */
static inline uint8_t *mprom_build_record_head(uint8_t *dst, enum mprom_romfs_kind kind, uint64_t payload_size,
                                               uint8_t width)
{
    dst = mprom_build_varuint_put(dst, kind, mprom_build_varuint_size(kind));
    return mprom_build_varuint_put(dst, payload_size, width);
}

/*
 * Bytes that the length takes in a padding record of pad_size bytes altogether. There are sizes for which it has to
 * be padded itself: 1 + 1 + 128 is 130 bytes, but 128 does not fit one byte.
 */
static inline uint8_t mprom_build_record_pad_width(uint64_t pad_size)
{
    uint8_t width = 1;
    while (mprom_build_varuint_size(pad_size - 1 - width) > width) {
        width++;
    }
    return width;
}

#endif
