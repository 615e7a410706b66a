#include "rom/trailer.h"

#include <string.h>

enum {
    RECORD_SIZE = 20,
    MARKS_OFF = MPROM_FLASH_PROGRAM_SIZE_MAX, /* behind the unit of the record, however large units are */
    MARK_STRIDE = MPROM_FLASH_PROGRAM_SIZE_MAX,
    MARK_SIZE_MIN = 4,
    GONE_OFF = MARKS_OFF + MPROM_ROM_MARK_COUNT * MARK_STRIDE,
    GONE_BYTE = 0x47,
};

_Static_assert(GONE_OFF + MARK_STRIDE == MPROM_ROM_TRAILER_SIZE, "the trailer's size is part of rom.h");

static const uint8_t mark_bytes[MPROM_ROM_MARK_COUNT] = {
    [MPROM_ROM_MARK_TRIED] = 0x54,
    [MPROM_ROM_MARK_CONFIRMED] = 0x43,
    [MPROM_ROM_MARK_REJECTED] = 0x52,
};

static void put_u32(uint8_t *p, uint32_t n)
{
    for (int i = 0; i < 4; i++) {
        p[i] = (uint8_t)(n >> 8 * i);
    }
}

static uint32_t get_u32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Starts from the layout's name and version, so that no other bytes with a good checksum pass for a record. */
static uint32_t record_crc(const uint8_t *bytes)
{
    static const char layout[] = "mprom trailer 1";
    return mprom_romfs_crc32(mprom_romfs_crc32(0, layout, sizeof layout - 1), bytes, RECORD_SIZE - 4);
}

int mprom_rom_trailer_read(struct mprom_rom *rom, uint32_t id, struct mprom_rom_record *record)
{
    uint8_t bytes[RECORD_SIZE];
    int err = mprom_rom_flash_read(rom, id, mprom_rom_segment_size(rom, id), bytes, sizeof bytes);
    if (err) {
        return err == -MPROM_EBADMSG ? 0 : err;
    }
    *record = (struct mprom_rom_record){get_u32(bytes), get_u32(bytes + 4), get_u32(bytes + 8), get_u32(bytes + 12)};
    return get_u32(bytes + 16) == record_crc(bytes) && record->sequence != 0 &&
           record->sequence <= MPROM_ROM_SEQUENCE_MAX;
}

bool mprom_rom_trailer_speaks_of(const struct mprom_rom_record *record, const struct mprom_rom_image *image)
{
    return record->size == image->size && record->crc == image->crc;
}

/* The highest sequence number of the segment's group; 0 if no slot of it has a record. */
static int find_highest_sequence(struct mprom_rom *rom, uint32_t id, uint32_t *highest)
{
    uint8_t group = mprom_rom_segment(rom, id)->group;
    *highest = 0;
    for (uint32_t slot = 0; slot < rom->segment_count && group != MPROM_ROM_GROUP_NONE; slot++) {
        struct mprom_rom_record record;
        int found = mprom_rom_segment(rom, slot)->group == group ? mprom_rom_trailer_read(rom, slot, &record) : 0;
        if (found < 0) {
            return found;
        }
        if (found == 1 && record.sequence > *highest) {
            *highest = record.sequence;
        }
    }
    return 0;
}

int mprom_rom_trailer_write(struct mprom_rom *rom, uint32_t id, struct mprom_rom_record *record)
{
    if (!mprom_rom_segment(rom, id)->has_trailer) {
        return 0;
    }
    uint32_t highest;
    int err = find_highest_sequence(rom, id, &highest);
    if (err) {
        return err;
    }
    uint32_t off = mprom_rom_segment_size(rom, id);
    if (highest == MPROM_ROM_SEQUENCE_MAX) {
        return mprom_rom_fail(rom, -MPROM_EFBIG, id, off,
                              "the group's sequence numbers are used up: erase its slots");
    }
    const struct mprom_flash_geometry *geometry = mprom_rom_geometry(rom, id);
    uint8_t bytes[MPROM_FLASH_PROGRAM_SIZE_MAX];
    memset(bytes, geometry->erased_value, sizeof bytes);
    record->sequence = highest + 1;
    put_u32(bytes, record->sequence);
    put_u32(bytes + 4, record->size);
    put_u32(bytes + 8, record->crc);
    put_u32(bytes + 12, record->head_crc);
    put_u32(bytes + 16, record_crc(bytes));
    return mprom_rom_flash_program(rom, id, off, bytes, mprom_rom_round_up(RECORD_SIZE, geometry->program_size));
}

int mprom_rom_trailer_void(struct mprom_rom *rom, uint32_t id)
{
    if (!mprom_rom_segment(rom, id)->has_trailer) {
        return 0;
    }
    int64_t blank = mprom_rom_erase_step(rom, id, mprom_rom_segment_size(rom, id), mprom_rom_segment(rom, id)->size);
    return blank < 0 ? (int)blank : 0;
}

/* off counts from the start of the trailer. */
static int read_mark(struct mprom_rom *rom, uint32_t id, uint32_t off)
{
    int blank = mprom_rom_flash_is_blank(rom, id, mprom_rom_segment_size(rom, id) + off, MARK_STRIDE);
    return blank < 0 ? blank : !blank;
}

static int write_mark(struct mprom_rom *rom, uint32_t id, uint32_t off, uint8_t byte)
{
    uint8_t bytes[MPROM_FLASH_PROGRAM_SIZE_MAX];
    memset(bytes, byte, sizeof bytes);
    int err = mprom_rom_flash_program(rom, id, mprom_rom_segment_size(rom, id) + off, bytes,
                                      mprom_rom_round_up(MARK_SIZE_MIN, mprom_rom_geometry(rom, id)->program_size));
    return err ? err : mprom_rom_flash_sync(rom, id);
}

static uint32_t mark_off(enum mprom_rom_mark mark)
{
    return MARKS_OFF + (uint32_t)mark * MARK_STRIDE;
}

int mprom_rom_trailer_mark_read(struct mprom_rom *rom, uint32_t id, enum mprom_rom_mark mark)
{
    return read_mark(rom, id, mark_off(mark));
}

int mprom_rom_trailer_mark_write(struct mprom_rom *rom, uint32_t id, enum mprom_rom_mark mark)
{
    return write_mark(rom, id, mark_off(mark), mark_bytes[mark]);
}

/* Whether a bit is programmed here that the mark, whole or torn, does not have. */
static bool is_no_mark(const struct mprom_flash_geometry *geometry, const uint8_t *bytes)
{
    uint32_t size = mprom_rom_round_up(MARK_SIZE_MIN, geometry->program_size);
    for (uint32_t i = 0; i < MARK_STRIDE; i++) {
        uint8_t programmed = bytes[i] ^ geometry->erased_value;
        uint8_t own = i < size ? GONE_BYTE ^ geometry->erased_value : 0;
        if ((programmed & ~own) != 0) {
            return true;
        }
    }
    return false;
}

/*
 * Whether other firmware's bytes stand where the mark "gone" belongs: its segments had no trailer here. Where there
 * is a record, mprom wrote the trailer. Returns 1, 0 or an error.
 */
MPROM_ROM_OWN_FRAME static int gone_is_foreign(struct mprom_rom *rom, uint32_t id)
{
    struct mprom_rom_record record;
    uint8_t bytes[MARK_STRIDE];
    int found = mprom_rom_trailer_read(rom, id, &record);
    if (found != 0) {
        return found < 0 ? found : 0;
    }
    int err = mprom_rom_flash_read(rom, id, mprom_rom_segment_size(rom, id) + GONE_OFF, bytes, sizeof bytes);
    if (err) {
        return err == -MPROM_EBADMSG ? 0 : err; /* a torn mark */
    }
    return is_no_mark(mprom_rom_geometry(rom, id), bytes);
}

int mprom_rom_trailer_gone_read(struct mprom_rom *rom, uint32_t id)
{
    int set = read_mark(rom, id, GONE_OFF);
    if (set <= 0) {
        return set;
    }
    int foreign = gone_is_foreign(rom, id);
    return foreign < 0 ? foreign : !foreign;
}

int mprom_rom_trailer_gone_write(struct mprom_rom *rom, uint32_t id)
{
    int set = read_mark(rom, id, GONE_OFF);
    int foreign = set > 0 ? gone_is_foreign(rom, id) : 0;
    if (set < 0 || foreign < 0) {
        return set < 0 ? set : foreign;
    }
    if (set && !foreign) {
        return 0;
    }
    /* Without a record nothing is lost with these bytes: the image in front counts without them. */
    int err = foreign ? mprom_rom_trailer_void(rom, id) : 0;
    return err ? err : write_mark(rom, id, GONE_OFF, GONE_BYTE);
}
