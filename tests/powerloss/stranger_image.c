#include "powerloss/stranger_image.h"

#include <string.h>

enum {
    SEAL_SIZE = 10,
    SEAL_VALUE_SIZE = 4,
};

static uint32_t crc32(const uint8_t *bytes, uint32_t size)
{
    uint32_t crc = 0xFFFFFFFFU;
    for (uint32_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320U : 0);
        }
    }
    return ~crc;
}

static uint8_t *put(uint8_t *at, const void *bytes, size_t size)
{
    memcpy(at, bytes, size);
    return at + size;
}

/* In exactly three bytes: a length may be padded in front. */
static uint8_t *put_length(uint8_t *at, uint32_t length)
{
    *at++ = (uint8_t)(0x80 | length >> 14);
    *at++ = (uint8_t)(0x80 | (length >> 7 & 0x7F));
    *at++ = (uint8_t)(length & 0x7F);
    return at;
}

/* An outer length is never padded: one flipped bit of a padded one makes a valid empty image. */
static uint8_t *put_outer_length(uint8_t *at, uint32_t image_size)
{
    if (image_size - 4 < 0x80) {
        *at++ = (uint8_t)(image_size - 4);
    } else if (image_size - 5 < 0x4000) {
        *at++ = (uint8_t)(0x80 | (image_size - 5) >> 7);
        *at++ = (uint8_t)((image_size - 5) & 0x7F);
    } else {
        at = put_length(at, image_size - 6);
    }
    return at;
}

static void put_seal(struct stranger_image *image)
{
    uint8_t *seal = image->bytes + image->size - SEAL_SIZE;
    seal = put(seal, "\x83\xB5\xE0\x03\x05\x01", 6);
    uint32_t crc = crc32(image->bytes, image->size - SEAL_VALUE_SIZE);
    for (int i = 0; i < SEAL_VALUE_SIZE; i++) {
        *seal++ = (uint8_t)(crc >> 8 * i);
    }
}

/* Where the file's data starts and ends. */
static void data_range(const struct stranger_image *image, uint32_t *start, uint32_t *end)
{
    *end = image->size - (image->is_sealed ? (uint32_t)SEAL_SIZE : 0U);
    *start = image->size < 0x80 + 4 ? 4 : image->size < 0x4000 + 5 ? 5 : 6;
    *start += (image->is_sealed ? 7U : 0U) + 4 + 2 + 4;
}

void stranger_image_make(struct stranger_image *image, struct stranger_random *random, uint32_t size, bool is_sealed)
{
    uint32_t start, end;
    if (size == 0x80 + 4 || size == 0x4000 + 5) {
        size--; /* no unpadded outer length gives these sizes */
    }
    *image = (struct stranger_image){.size = size, .is_sealed = is_sealed};
    data_range(image, &start, &end);
    uint8_t *at = put(image->bytes, "\xD2\xCD\x31", 3);
    at = put_outer_length(at, size);
    if (is_sealed) {
        at = put(at, "\x83\xB5\xE0\x01\x02\x07\x00", 7);
    }
    *at++ = 5;
    at = put_length(at, end - start + 4 + 2);
    at = put(at,
             "\x01"
             "f",
             2);
    *at++ = 2;
    at = put_length(at, end - start);
    bool is_sparse = stranger_once_in(random, 4);
    while (at < image->bytes + end) {
        *at++ = is_sparse && !stranger_once_in(random, 9) ? 0xFF : (uint8_t)stranger_random(random);
    }
    if (is_sealed) {
        put_seal(image);
    }
}

void stranger_image_edit(struct stranger_image *image, struct stranger_random *random)
{
    uint32_t start, end;
    data_range(image, &start, &end);
    uint32_t at = start + stranger_below(random, end - start);
    uint32_t stop = at + 1 + stranger_below(random, 30);
    for (; at < end && at < stop; at++) {
        image->bytes[at] ^= (uint8_t)(1 + stranger_below(random, 255));
    }
    if (image->is_sealed) {
        put_seal(image);
    }
}
