#include "rom/image_source.h"

#include <string.h>

#include "romfs/varuint.h"

/* Bytes read at a time for a checksum; on the stack, so small. */
enum {
    CRC_PIECE_SIZE = 64
};

/* Reads from the one place that holds the byte at off, as much of size as lies there. Returns how much, or an error.
 */
static int64_t read_piece(struct mprom_rom *rom, uint32_t off, uint8_t *dst, uint32_t size)
{
    struct mprom_rom_source *source = &rom->source;
    const struct mprom_rom_update *overlay = source->overlay;
    if (overlay != NULL) {
        uint32_t tail_off = overlay->written_end - overlay->tail_size;
        if (off < overlay->first_size) {
            size = mprom_rom_min(size, overlay->first_size - off);
            memcpy(dst, overlay->first + off, size);
            return size;
        }
        if (off >= tail_off && off - tail_off < overlay->tail_size) {
            size = mprom_rom_min(size, overlay->written_end - off);
            memcpy(dst, overlay->tail + (off - tail_off), size);
            return size;
        }
        if (off < tail_off) {
            size = mprom_rom_min(size, tail_off - off);
        }
    }
    int err = mprom_rom_flash_read(rom, source->segment, off, dst, size);
    if (err == -MPROM_EBADMSG) {
        source->bad_off = off;
    }
    return err ? err : (int64_t)size;
}

static int source_read(void *ctx, uint32_t off, void *dst, uint32_t size)
{
    struct mprom_rom *rom = ctx;
    uint8_t *bytes = dst;
    while (size > 0) {
        int64_t taken = read_piece(rom, off, bytes, size);
        if (taken < 0) {
            return (int)taken;
        }
        off += (uint32_t)taken;
        bytes += taken;
        size -= (uint32_t)taken;
    }
    return 0;
}

void mprom_rom_source_open(struct mprom_rom *rom, uint32_t segment, const struct mprom_rom_update *overlay,
                           uint32_t size)
{
    rom->source = (struct mprom_rom_source){
        .source = {.read = source_read, .ctx = rom, .size = size},
        .segment = segment,
        .overlay = overlay,
    };
}

/* Makes sure that what cannot be read is on record too. */
static int record_unreadable(struct mprom_rom *rom, int err)
{
    if (err == -MPROM_EBADMSG) {
        mprom_rom_fail(rom, err, rom->source.segment, rom->source.bad_off, "the flash cannot be read here");
    }
    return err;
}

int mprom_rom_source_crc(struct mprom_rom *rom, uint32_t off, uint32_t size, uint32_t *crc)
{
    uint8_t piece[CRC_PIECE_SIZE];
    while (size > 0) {
        uint32_t n = mprom_rom_min(size, sizeof piece);
        int err = source_read(rom, off, piece, n);
        if (err) {
            return record_unreadable(rom, err);
        }
        *crc = mprom_romfs_crc32(*crc, piece, n);
        off += n;
        size -= n;
    }
    return 0;
}

/* Reads a byte of the header. Returns 1, 0 if the source ends before it, or an error. */
static int read_header_byte(struct mprom_rom *rom, uint32_t off, uint8_t *byte)
{
    if (off >= rom->source.source.size) {
        return 0;
    }
    int err = source_read(rom, off, byte, 1);
    return err ? record_unreadable(rom, err) : 1;
}

int mprom_rom_image_size(struct mprom_rom *rom, uint32_t *size)
{
    static const uint8_t magic[] = {0xD2, 0xCD, 0x31};
    uint32_t payload_size = 0;
    uint8_t byte = 0x80;
    *size = UINT32_MAX;
    for (uint32_t off = 0; off < sizeof magic; off++) {
        int found = read_header_byte(rom, off, &byte);
        if (found != 1) {
            return found;
        }
        if (byte != magic[off]) {
            return mprom_rom_fail(rom, -MPROM_EBADMSG, rom->source.segment, off, "this is no ROMFS image");
        }
    }
    uint32_t off = sizeof magic;
    do {
        int found = read_header_byte(rom, off++, &byte);
        if (found != 1) {
            return found;
        }
        if (!mprom_romfs_varuint_push(&payload_size, byte)) {
            return 0;
        }
    } while (byte >= 0x80);
    if (payload_size <= UINT32_MAX - off) {
        *size = off + payload_size;
    }
    return 0;
}
