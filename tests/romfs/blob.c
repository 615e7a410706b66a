#include "romfs/blob.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SLOT_MAX = 2048,
    SEAL_SIZE = 10,
};

struct slot {
    uint32_t hash;
    uint32_t off;
};

struct slots {
    size_t count;
    struct slot slot[SLOT_MAX];
};

void blob_clear(struct blob *blob)
{
    blob->size = 0;
}

void blob_add(struct blob *blob, const void *bytes, size_t size)
{
    if (size > BLOB_ROOM - blob->size) {
        fprintf(stderr, "blob: out of room\n");
        abort();
    }
    if (size != 0) {
        memcpy(blob->bytes + blob->size, bytes, size);
    }
    blob->size += size;
}

void blob_byte(struct blob *blob, unsigned byte)
{
    uint8_t b = (uint8_t)byte;
    blob_add(blob, &b, 1);
}

void blob_le32(struct blob *blob, uint32_t value)
{
    for (unsigned shift = 0; shift < 32; shift += 8) {
        blob_byte(blob, value >> shift & 0xff);
    }
}

void blob_varuint(struct blob *blob, uint64_t value, unsigned pad)
{
    unsigned groups = 1;

    while (groups < 10 && value >> (7 * groups) != 0) {
        groups++;
    }
    while (pad-- > 0) {
        blob_byte(blob, 0x80);
    }
    while (groups-- > 0) {
        blob_byte(blob, (unsigned)(value >> (7 * groups) & 0x7f) | (groups != 0 ? 0x80 : 0));
    }
}

void blob_record(struct blob *blob, uint32_t kind, const void *payload, size_t size)
{
    blob_varuint(blob, kind, 0);
    blob_varuint(blob, size, 0);
    blob_add(blob, payload, size);
}

static void blob_named(struct blob *blob, uint32_t kind, const char *name, const void *nested, size_t nested_size)
{
    struct blob body = {0};

    blob_varuint(&body, strlen(name), 0);
    blob_add(&body, name, strlen(name));
    blob_add(&body, nested, nested_size);
    blob_record(blob, kind, body.bytes, body.size);
}

void blob_dir(struct blob *blob, const char *name, const struct blob *nested)
{
    blob_named(blob, 4, name, nested->bytes, nested->size);
}

void blob_file(struct blob *blob, const char *name, const char *contents)
{
    struct blob data = {0};

    blob_record(&data, 2, contents, strlen(contents));
    blob_named(blob, 5, name, data.bytes, data.size);
}

/* Reads a varuint of a payload that this file wrote itself, so without any check. */
static uint32_t take_varuint(const uint8_t *bytes, size_t *pos)
{
    uint32_t value = 0;

    do {
        value = value << 7 | (bytes[*pos] & 0x7f);
    } while (bytes[(*pos)++] & 0x80);
    return value;
}

/* Collects a slot for each directory and file in bytes[pos, end); shift turns their position into an image offset. */
static void collect(struct slots *slots, const uint8_t *bytes, size_t pos, size_t end, uint32_t shift,
                    uint32_t dir_off)
{
    while (pos < end) {
        uint32_t off = (uint32_t)pos + shift;
        uint32_t kind = take_varuint(bytes, &pos);
        size_t next = take_varuint(bytes, &pos);

        next += pos;
        if (kind == 4 || kind == 5) {
            uint32_t hash = 0x811c9dc5 ^ dir_off;
            size_t name_end = take_varuint(bytes, &pos);

            for (name_end += pos; pos < name_end; pos++) {
                hash = (hash ^ bytes[pos]) * 0x01000193;
            }
            if (slots->count == SLOT_MAX) {
                abort();
            }
            slots->slot[slots->count++] = (struct slot){hash, off};
            if (kind == 4) {
                collect(slots, bytes, pos, next, shift, off);
            }
        }
        pos = next;
    }
}

static int slot_compare(const void *a, const void *b)
{
    const struct slot *x = a;
    const struct slot *y = b;

    if (x->hash != y->hash) {
        return x->hash < y->hash ? -1 : 1;
    }
    return x->off < y->off ? -1 : x->off > y->off;
}

/* Adds the index record to an image that starts with header_size bytes of header; its table starts at 4n. */
static void add_index(struct blob *image, size_t header_size)
{
    struct slots *slots = calloc(1, sizeof(*slots));
    size_t table_size;
    size_t fill = 0;
    struct blob length = {0};

    if (slots == NULL) {
        abort();
    }
    collect(slots, image->bytes, header_size, image->size, 0, 0);
    qsort(slots->slot, slots->count, sizeof(slots->slot[0]), slot_compare);
    table_size = 8 * slots->count + 4;
    do {
        blob_clear(&length);
        blob_varuint(&length, table_size + fill, 0);
    } while ((image->size + 4 + length.size + fill) % 4 != 0 && ++fill);
    blob_varuint(image, 0x6d7002, 0);
    blob_add(image, length.bytes, length.size);
    blob_add(image, "\0\0\0", fill);
    for (size_t i = 0; i < slots->count; i++) {
        blob_le32(image, slots->slot[i].hash);
        blob_le32(image, slots->slot[i].off);
    }
    blob_le32(image, (uint32_t)table_size);
    free(slots);
}

static void add_seal(struct blob *image)
{
    static const uint8_t header[] = {0x83, 0xb5, 0xe0, 0x03, 5, 1};
    uint32_t crc = 0xffffffff;

    blob_add(image, header, sizeof(header));
    for (size_t i = 0; i < image->size; i++) {
        crc ^= image->bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
        }
    }
    blob_le32(image, ~crc);
}

/* Writes the image as if its length had length_size bytes. Returns whether that was so. */
static bool try_image(struct blob *image, const struct blob *payload, bool index, bool seal, size_t length_size)
{
    static const uint8_t magic[] = {0xd2, 0xcd, 0x31};
    size_t header_size = sizeof(magic) + length_size;
    struct blob length = {0};
    bool fits;

    blob_clear(image);
    blob_add(image, magic, sizeof(magic));
    blob_add(image, "\0\0\0\0", length_size);
    blob_add(image, payload->bytes, payload->size);
    if (image->size % 2 != 0 && !index) {
        blob_record(image, 1, "", 1); /* an odd size: a padding record of three bytes */
    }
    if (index) {
        add_index(image, header_size);
    }
    if (seal) {
        memset(image->bytes + sizeof(magic), 0, length_size);
        blob_varuint(&length, image->size + SEAL_SIZE - header_size, 0);
        memcpy(image->bytes + sizeof(magic), length.bytes, length_size);
        add_seal(image);
    }
    blob_clear(&length);
    blob_varuint(&length, image->size - header_size, 0);
    fits = length.size == length_size;
    memcpy(image->bytes + sizeof(magic), length.bytes, length_size);
    return fits;
}

void blob_image(struct blob *image, const struct blob *payload, bool index, bool seal)
{
    for (size_t length_size = 1; length_size <= 4; length_size++) {
        if (try_image(image, payload, index, seal, length_size)) {
            return;
        }
    }
    abort();
}

uint8_t *blob_heap(const void *bytes, size_t size)
{
    uint8_t *copy = malloc(size != 0 ? size : 1);

    if (copy == NULL) {
        abort();
    }
    if (size != 0) {
        memcpy(copy, bytes, size);
    }
    return copy;
}
