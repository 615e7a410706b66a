#include "romfs/build_output.h"

#include <libdeflate.h>
#include <string.h>

#include "romfs/build_record.h"

uint32_t mprom_build_output_crc(struct mprom_build_output *output)
{
    output->crc = libdeflate_crc32(output->crc, output->buffer + output->summed, output->used - output->summed);
    output->summed = output->used;
    return output->crc;
}

static void output_hand_on(struct mprom_build_output *output, const uint8_t *data, size_t size)
{
    if (output->err == 0 && size > 0) {
        output->err = output->sink(output->ctx, data, size);
    }
    output->off += size;
}

void mprom_build_output_flush(struct mprom_build_output *output)
{
    if (output->sink == NULL) {
        return;
    }
    mprom_build_output_crc(output);
    output_hand_on(output, output->buffer, output->used);
    output->used = 0;
    output->summed = 0;
}

uint8_t *mprom_build_output_room(struct mprom_build_output *output, size_t *size)
{
    if (output->used == output->room) {
        mprom_build_output_flush(output);
    }
    if (output->err == 0 && output->used == output->room) {
        output->err = -MPROM_ENOMEM;
    }
    *size = output->room - output->used;
    return output->err == 0 ? output->buffer + output->used : NULL;
}

void mprom_build_output_put(struct mprom_build_output *output, const void *data, size_t size)
{
    if (size >= output->room && output->sink != NULL) {
        /* Not through the buffer: the bytes are in memory already. */
        mprom_build_output_flush(output);
        output->crc = libdeflate_crc32(output->crc, data, size);
        output_hand_on(output, data, size);
        return;
    }
    const uint8_t *src = data;
    while (size > 0) {
        size_t piece;
        uint8_t *dst = mprom_build_output_room(output, &piece);
        if (dst == NULL) {
            return;
        }
        piece = piece < size ? piece : size;
        memcpy(dst, src, piece);
        mprom_build_output_took(output, piece);
        src += piece;
        size -= piece;
    }
}

void mprom_build_output_zeros(struct mprom_build_output *output, uint64_t size)
{
    while (size > 0) {
        size_t piece;
        uint8_t *dst = mprom_build_output_room(output, &piece);
        if (dst == NULL) {
            return;
        }
        piece = piece < size ? piece : (size_t)size;
        memset(dst, 0, piece);
        mprom_build_output_took(output, piece);
        size -= piece;
    }
}

void mprom_build_output_le32(struct mprom_build_output *output, uint32_t value)
{
    uint8_t bytes[4];
    for (int i = 0; i < 4; i++, value >>= 8) {
        bytes[i] = (uint8_t)value;
    }
    mprom_build_output_put(output, bytes, sizeof bytes);
}

void mprom_build_output_varuint(struct mprom_build_output *output, uint64_t value)
{
    uint8_t bytes[MPROM_BUILD_VARUINT_SIZE_MAX];
    uint8_t *end = mprom_build_varuint_put(bytes, value, mprom_build_varuint_size(value));
    mprom_build_output_put(output, bytes, (size_t)(end - bytes));
}

void mprom_build_output_head(struct mprom_build_output *output, enum mprom_romfs_kind kind, uint64_t payload_size,
                             uint8_t width)
{
    uint8_t head[2 * MPROM_BUILD_VARUINT_SIZE_MAX];
    uint8_t *end = mprom_build_record_head(head, kind, payload_size, width);
    mprom_build_output_put(output, head, (size_t)(end - head));
}
