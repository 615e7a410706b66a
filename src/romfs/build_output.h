/*
 * Collects the bytes of an image in a buffer, sums them up, and hands them on in large pieces.
 *
 * After a failure everything is ignored until the end, where `err` tells: callers that write many small things look
 * once.
 */
#ifndef MPROM_ROMFS_BUILD_OUTPUT_H
#define MPROM_ROMFS_BUILD_OUTPUT_H

#include "mprom/romfs_build.h"

struct build_output {
    romfs_build_sink *sink; /* NULL: the buffer has room for the whole image */
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
uint8_t *build_output_room(struct build_output *output, size_t *size);

static inline void build_output_took(struct build_output *output, size_t size)
{
    output->used += size;
}

void build_output_put(struct build_output *output, const void *data, size_t size);
void build_output_zeros(struct build_output *output, uint64_t size);
void build_output_le32(struct build_output *output, uint32_t value);
void build_output_varuint(struct build_output *output, uint64_t value);

/* Kind and payload length of a record, the latter in exactly width bytes. */
void build_output_head(struct build_output *output, enum romfs_kind kind, uint64_t payload_size, uint8_t width);

/* The checksum of everything so far. */
uint32_t build_output_crc(struct build_output *output);

/* Hands on what is in the buffer. */
void build_output_flush(struct build_output *output);

static inline uint64_t build_output_off(const struct build_output *output)
{
    return output->off + output->used;
}

#endif
