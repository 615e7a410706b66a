/*
 * Collects the bytes of an image in a buffer, sums them up, and hands them on in large pieces.
 *
 * After a failure everything is ignored until the end, where `err` tells: callers that write many small things look
 * once.
 */
#ifndef MPROM_ROMFS_BUILD_OUTPUT_H
#define MPROM_ROMFS_BUILD_OUTPUT_H

#include "mprom/romfs_build.h"

struct mprom_build_output {
    mprom_romfs_build_sink *sink; /* NULL: the buffer has room for the whole image */
    void *ctx;
    uint8_t *buffer;
    size_t room;
    size_t used;
    size_t summed; /* bytes of the buffer that are in crc */
    uint32_t crc;
    uint64_t off; /* in the image, of the buffer's first byte */
    int err;      /* negative; the first failure */
};

/*
 * Free room in the buffer, so that bytes can be read straight into it: *size says how much, at least one. Say _took()
 * afterwards. NULL after a failure.
 */
uint8_t *mprom_build_output_room(struct mprom_build_output *output, size_t *size);

static inline void mprom_build_output_took(struct mprom_build_output *output, size_t size)
{
    output->used += size;
}

void mprom_build_output_put(struct mprom_build_output *output, const void *data, size_t size);
void mprom_build_output_zeros(struct mprom_build_output *output, uint64_t size);
void mprom_build_output_le32(struct mprom_build_output *output, uint32_t value);
void mprom_build_output_varuint(struct mprom_build_output *output, uint64_t value);

/* Kind and payload length of a record, the latter in exactly width bytes. */
void mprom_build_output_head(struct mprom_build_output *output, enum mprom_romfs_kind kind, uint64_t payload_size,
                             uint8_t width);

/* The checksum of everything so far. */
uint32_t mprom_build_output_crc(struct mprom_build_output *output);

/* Hands on what is in the buffer. */
void mprom_build_output_flush(struct mprom_build_output *output);

static inline uint64_t mprom_build_output_off(const struct mprom_build_output *output)
{
    return output->off + output->used;
}

#endif
