#include "romfs/seal.h"

/* Of every seal: the kind, then the length. */
static const uint8_t seal_header[ROMFS_SEAL_HEADER_SIZE] = {0x83, 0xb5, 0xe0, 0x03, ROMFS_SEAL_PAYLOAD_SIZE};

uint32_t romfs_seal_off(const struct romfs *fs)
{
    uint32_t off = fs->size - ROMFS_SEAL_SIZE;

    if (fs->size - fs->payload_off < ROMFS_SEAL_SIZE ||
        memcmp(fs->image + off, seal_header, sizeof(seal_header)) != 0) {
        return fs->size;
    }
    return off;
}

bool romfs_seal_find_ending(const struct romfs *fs, uint32_t end_off, uint32_t kind, struct romfs_span *body)
{
    struct romfs_span span = {fs->image + fs->payload_off, fs->image + fs->size};
    const uint8_t *end = fs->image + end_off;
    uint32_t found;

    while (span.pos < end) {
        if (!romfs_record_next(&span, &found, body)) {
            return false;
        }
        if (span.pos == end) {
            return found == kind;
        }
    }
    return false;
}

int romfs_seal_read(const struct romfs *fs, uint32_t *crc)
{
    struct romfs_span body;

    if (romfs_seal_off(fs) == fs->size || !romfs_seal_find_ending(fs, fs->size, ROMFS_KIND_SEAL, &body) ||
        romfs_span_size(&body) != ROMFS_SEAL_PAYLOAD_SIZE || body.pos[0] != ROMFS_SEAL_CRC32) {
        return 0;
    }
    *crc = romfs_load_le32(body.pos + 1);
    return 1;
}
