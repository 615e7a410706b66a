#include "romfs/seal.h"

/* Of every seal: the kind, then the length. */
static const uint8_t seal_header[MPROM_ROMFS_SEAL_HEADER_SIZE] = {0x83, 0xb5, 0xe0, 0x03,
                                                                  MPROM_ROMFS_SEAL_PAYLOAD_SIZE};

uint32_t mprom_romfs_seal_off(const struct mprom_romfs *fs)
{
    uint32_t off = fs->size - MPROM_ROMFS_SEAL_SIZE;

    if (fs->size - fs->payload_off < MPROM_ROMFS_SEAL_SIZE ||
        memcmp(fs->image + off, seal_header, sizeof(seal_header)) != 0) {
        return fs->size;
    }
    return off;
}

bool mprom_romfs_seal_find_ending(const struct mprom_romfs *fs, uint32_t end_off, uint32_t kind,
                                  struct mprom_romfs_span *body)
{
    struct mprom_romfs_span span = {fs->image + fs->payload_off, fs->image + fs->size};
    const uint8_t *end = fs->image + end_off;
    uint32_t found;

    while (span.pos < end) {
        if (!mprom_romfs_record_next(&span, &found, body)) {
            return false;
        }
        if (span.pos == end) {
            return found == kind;
        }
    }
    return false;
}

int mprom_romfs_seal_read(const struct mprom_romfs *fs, uint32_t *crc)
{
    struct mprom_romfs_span body;

    if (mprom_romfs_seal_off(fs) == fs->size ||
        !mprom_romfs_seal_find_ending(fs, fs->size, MPROM_ROMFS_KIND_SEAL, &body) ||
        mprom_romfs_span_size(&body) != MPROM_ROMFS_SEAL_PAYLOAD_SIZE || body.pos[0] != MPROM_ROMFS_SEAL_CRC32) {
        return 0;
    }
    *crc = mprom_romfs_load_le32(body.pos + 1);
    return 1;
}
