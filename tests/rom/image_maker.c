#include "rom/image_maker.h"
#include "rom/require.h"

#include <string.h>

uint32_t image_crc(const uint8_t *bytes, uint32_t size)
{
    uint32_t crc = 0xFFFFFFFF;
    for (uint32_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
        }
    }
    return ~crc;
}

static uint32_t varuint_size(uint32_t n)
{
    uint32_t size = 1;
    while (n >>= 7) {
        size++;
    }
    return size;
}

static uint8_t *put_varuint(uint8_t *p, uint32_t n)
{
    for (uint32_t left = varuint_size(n); left > 0; left--) {
        *p++ = (uint8_t)((n >> 7 * (left - 1) & 0x7F) | (left > 1 ? 0x80 : 0));
    }
    return p;
}

/* Bytes of a record of a one-byte kind. */
static uint32_t record_size(uint32_t payload_size)
{
    return 1 + varuint_size(payload_size) + payload_size;
}

/* Byte i of the file's contents, which stands at off in the image. */
static uint8_t content_byte(enum image_contents contents, uint32_t i, uint32_t off, uint8_t random)
{
    switch (contents) {
    case IMAGE_SPARSE:
        return i / 1024 % 64 == 0 ? random : 0xFF;
    case IMAGE_RECORDS:
        return off % 2 == 0 ? 1 : 0;
    case IMAGE_RANDOM:
        break;
    }
    return random;
}

/* The seal of an image whose other bytes end at p. Returns its end. */
static uint8_t *put_seal(const uint8_t *image, uint8_t *p)
{
    memcpy(p, "\x83\xB5\xE0\x03\x05\x01", 6);
    p += 6;
    uint32_t crc = image_crc(image, (uint32_t)(p - image));
    for (int i = 0; i < 4; i++) {
        *p++ = (uint8_t)(crc >> 8 * i);
    }
    return p;
}

void make_image(uint8_t *image, uint32_t size, uint32_t seed, bool sealed)
{
    make_image_of(image, size, seed, sealed, IMAGE_RANDOM);
}

void make_image_of(uint8_t *image, uint32_t size, uint32_t seed, bool sealed, enum image_contents contents)
{
    enum {
        SEAL_SIZE = 10,
        NAME_SIZE = 2
    };
    REQUIRE(size % 2 == 0 && size >= IMAGE_SIZE_MIN);
    uint32_t payload_size = size - 4;
    while (3 + varuint_size(payload_size) + payload_size > size) {
        payload_size--;
    }
    REQUIRE(3 + varuint_size(payload_size) + payload_size == size);
    uint32_t room = payload_size - (sealed ? SEAL_SIZE : 0);
    uint32_t data_size = room - 6;
    /* What the file leaves is a padding record, which is at least two bytes. */
    while (record_size(NAME_SIZE + record_size(data_size)) + 2 > room) {
        data_size--;
    }
    uint32_t padding = room - record_size(NAME_SIZE + record_size(data_size)) - 2;

    uint8_t *p = image;
    memcpy(p, "\xD2\xCD\x31", 3);
    p = put_varuint(p + 3, payload_size);
    *p++ = 5;
    p = put_varuint(p, NAME_SIZE + record_size(data_size));
    *p++ = 1;
    *p++ = 'f';
    *p++ = 2;
    p = put_varuint(p, data_size);
    uint32_t random = seed * 2654435761u + 12345;
    for (uint32_t i = 0; i < data_size; i++) {
        random = random * 1664525 + 1013904223;
        *p = content_byte(contents, i, (uint32_t)(p - image), (uint8_t)(random >> 24));
        p++;
    }
    REQUIRE(padding < 128);
    *p++ = 1;
    *p++ = (uint8_t)padding;
    memset(p, 0xAA, padding);
    p += padding;
    if (sealed) {
        p = put_seal(image, p);
    }
    REQUIRE((uint32_t)(p - image) == size);
}

void make_small_image(uint8_t *image, uint32_t seed, bool sealed)
{
    enum {
        INFO_SIZE = 7,
        SEAL_SIZE = 10
    };
    uint32_t file_size = IMAGE_SIZE_SMALL - 4 - (sealed ? INFO_SIZE + SEAL_SIZE : 0);
    uint8_t *p = image;
    memcpy(p, "\xD2\xCD\x31", 3);
    p[3] = IMAGE_SIZE_SMALL - 4;
    p += 4;
    if (sealed) {
        memcpy(p, "\x83\xB5\xE0\x01\x02\x07\x00", INFO_SIZE);
        p += INFO_SIZE;
    }
    const uint8_t file[] = {5, (uint8_t)(file_size - 2), 1, 'f', 2, (uint8_t)(file_size - 6)};
    memcpy(p, file, sizeof file);
    p += sizeof file;
    for (uint32_t i = 6; i < file_size; i++) {
        *p++ = (uint8_t)(seed * 37 + i * 11);
    }
    if (sealed) {
        put_seal(image, p);
    }
}
