/* The head of an image: how it is programmed last, and how it is made invalid before an erase. */
#include "rom/head.h"

#include <string.h>

#include "rom/image_source.h"
#include "rom/trailer.h"

static const uint8_t magic[MPROM_ROM_MAGIC_SIZE] = {0xD2, 0xCD, 0x31};

enum {
    GONE_SIZE = MPROM_FLASH_PROGRAM_SIZE_MAX, /* whole units, however large they are */
    GONE_PLACES = 4,                          /* at the end of the first block; one may be half written */
};

/* Says that the first block is about to be erased, for a segment without a trailer. */
static const uint8_t gone_text[GONE_SIZE] = {'m', 'p', 'r', 'o', 'm', ':', ' ', 't', 'h', 'e', ' ',
                                             'i', 'm', 'a', 'g', 'e', ' ', 'i', 's', ' ', 't', 'o',
                                             ' ', 'b', 'e', ' ', 'e', 'r', 'a', 's', 'e', 'd'};

uint32_t mprom_rom_head_size(const struct mprom_flash_geometry *geometry)
{
    return mprom_rom_round_up(MPROM_ROM_MAGIC_SIZE, geometry->program_size);
}

static bool any_count(const struct mprom_flash_geometry *geometry)
{
    return geometry->overwrites || geometry->program_count == MPROM_FLASH_PROGRAM_ANY;
}

/*
 * Where the head is magic and one byte of length, and erased bits are set, a cut leaves a length that is too large.
 * The check finds that out, so the second of two programs can be spared for breaking the magic.
 */
static bool length_is_safe(const struct mprom_flash_geometry *geometry)
{
    return mprom_rom_head_size(geometry) <= 4 && geometry->erased_value == 0xFF;
}

bool mprom_rom_head_is_split(const struct mprom_flash_geometry *geometry)
{
    if (mprom_rom_head_size(geometry) == MPROM_ROM_MAGIC_SIZE) {
        return false;
    }
    return any_count(geometry) || geometry->program_count > 2 ||
           (geometry->program_count == 2 && !length_is_safe(geometry));
}

bool mprom_rom_head_may_tear(const struct mprom_flash_geometry *geometry)
{
    return mprom_rom_head_size(geometry) != MPROM_ROM_MAGIC_SIZE && !mprom_rom_head_is_split(geometry);
}

bool mprom_rom_head_may_be_gone(const struct mprom_flash_geometry *geometry)
{
    return !any_count(geometry);
}

/* Whether a live head may be programmed once more, to break it. */
static bool can_program_again(const struct mprom_flash_geometry *geometry)
{
    return any_count(geometry) || geometry->program_count > (mprom_rom_head_is_split(geometry) ? 2 : 1);
}

/* What a byte of a broken magic is programmed to: every bit of it differs from an erased one. */
static uint8_t invalid_byte(const struct mprom_flash_geometry *geometry)
{
    return (uint8_t)~geometry->erased_value;
}

int mprom_rom_head_prepare(struct mprom_rom *rom, uint32_t id, const uint8_t *head)
{
    const struct mprom_flash_geometry *geometry = mprom_rom_geometry(rom, id);
    if (!mprom_rom_head_is_split(geometry)) {
        return 0;
    }
    uint8_t unit[MPROM_FLASH_PROGRAM_SIZE_MAX];
    uint32_t size = mprom_rom_head_size(geometry);
    memcpy(unit, head, size);
    memset(unit, geometry->overwrites ? invalid_byte(geometry) : geometry->erased_value, MPROM_ROM_MAGIC_SIZE);
    return mprom_rom_flash_program(rom, id, 0, unit, size);
}

/*
 * Reads the head three times, because one whose programming was cut off may read differently each time. Returns in
 * how many of them it starts like an image, or an error. unit is what it holds, with every bit programmed that ever
 * reads so: to program it again with that takes nothing from it and makes it firm.
 */
MPROM_ROM_OWN_FRAME static int read_head(struct mprom_rom *rom, uint32_t id, uint8_t *unit, uint32_t size)
{
    uint8_t erased = mprom_rom_geometry(rom, id)->erased_value;
    int found = 0;
    memset(unit, erased, size);
    for (int reads = 0; reads < 3; reads++) {
        uint8_t seen[MPROM_FLASH_PROGRAM_SIZE_MAX];
        int err = mprom_rom_flash_read(rom, id, 0, seen, size);
        if (err) {
            return err;
        }
        found += memcmp(seen, magic, MPROM_ROM_MAGIC_SIZE) == 0;
        for (uint32_t i = 0; i < size; i++) {
            unit[i] = (uint8_t)(((unit[i] ^ erased) | (seen[i] ^ erased)) ^ erased);
        }
    }
    return found;
}

/* The places for the mark in the first block, the last one first; 0 when there are no more. */
static uint32_t gone_place(const struct mprom_rom *rom, uint32_t id, uint32_t number)
{
    uint32_t end = mprom_rom_block_size(rom, id, 0);
    uint32_t from_end = (number + 1) * GONE_SIZE;
    return number < GONE_PLACES && from_end < end ? end - from_end : 0;
}

/* Where the image in a segment without a trailer ends, if its header can be read; else 0. */
static uint32_t find_image_end(struct mprom_rom *rom, uint32_t id)
{
    uint32_t size;
    mprom_rom_source_open(rom, id, NULL, mprom_rom_segment_size(rom, id));
    return mprom_rom_image_size(rom, &size) == 0 ? size : 0;
}

static int mark_first_block(struct mprom_rom *rom, uint32_t id)
{
    uint32_t image_end = find_image_end(rom, id);
    uint32_t number = 0;
    for (uint32_t place; (place = gone_place(rom, id, number)) >= image_end && place != 0; number++) {
        int blank = mprom_rom_flash_is_blank(rom, id, place, GONE_SIZE);
        if (blank != 0) {
            return blank < 0 ? blank : mprom_rom_flash_program(rom, id, place, gone_text, GONE_SIZE);
        }
    }
    return 0;
}

static int erase_first_block(struct mprom_rom *rom, uint32_t id)
{
    int64_t blank = mprom_rom_erase_step(rom, id, 0, mprom_rom_block_size(rom, id, 0));
    return blank < 0 ? (int)blank : 0;
}

/* Erases the first block with an image in it. A mark that cannot be written must not keep an image for ever. */
MPROM_ROM_OWN_FRAME static int erase_marked(struct mprom_rom *rom, uint32_t id)
{
    int marked = mprom_rom_has_trailer(rom, id) ? mprom_rom_trailer_gone_write(rom, id) : mark_first_block(rom, id);
    if (marked && marked != -MPROM_EIO) {
        return marked;
    }
    struct mprom_rom_error error = rom->error;
    int err = erase_first_block(rom, id);
    if (err == 0 && marked) {
        rom->error = error;
    }
    return err ? err : marked;
}

/*
 * Only the magic changes, the other bytes of its units are programmed with what they hold: whatever part of this is
 * done when power fails, the magic is either whole, and with it the old image, or it is not, and a cut length cannot
 * make a smaller image of the old one ("D2 CD 31 00" is a valid one).
 */
static int break_magic(struct mprom_rom *rom, uint32_t id, uint8_t *unit)
{
    const struct mprom_flash_geometry *geometry = mprom_rom_geometry(rom, id);
    memset(unit, invalid_byte(geometry), MPROM_ROM_MAGIC_SIZE);
    return mprom_rom_flash_program(rom, id, 0, unit, mprom_rom_head_size(geometry));
}

/* What is still to be done before there is no image. */
enum left_to_do {
    LEFT_NOTHING,
    LEFT_ERASE,
    LEFT_MARK_AND_ERASE,
};

/* Breaks the head if its units may be programmed once more. Returns what is left to do, or an error. */
MPROM_ROM_OWN_FRAME static int break_head(struct mprom_rom *rom, uint32_t id)
{
    const struct mprom_flash_geometry *geometry = mprom_rom_geometry(rom, id);
    uint8_t unit[MPROM_FLASH_PROGRAM_SIZE_MAX];
    int found = read_head(rom, id, unit, mprom_rom_head_size(geometry));
    if (found < 0 && found != -MPROM_EBADMSG) {
        return found;
    }
    bool is_again = can_program_again(geometry);
    if (found == 0) {
        return is_again ? LEFT_NOTHING : LEFT_ERASE;
    }
    if (found < 0 || !is_again || (found < 3 && !any_count(geometry))) {
        /* Unreadable, or broken once before when power failed, and it might not be programmed once more. */
        return LEFT_MARK_AND_ERASE;
    }
    return break_magic(rom, id, unit);
}

int mprom_rom_head_break(struct mprom_rom *rom, uint32_t id)
{
    int left = break_head(rom, id);
    if (left == LEFT_MARK_AND_ERASE) {
        return erase_marked(rom, id);
    }
    return left == LEFT_ERASE ? erase_first_block(rom, id) : left;
}

static uint32_t count_bits(uint32_t byte)
{
    uint32_t count = 0;
    for (; byte != 0; byte &= byte - 1) {
        count++;
    }
    return count;
}

/*
 * Whether these programmed bits are the text, or what an erase may have left of it: a quarter of its bits, and none
 * besides. An erase that takes more away leaves no image in the same block.
 */
static bool is_gone_text(const uint8_t *programmed, uint8_t erased)
{
    uint32_t left = 0;
    uint32_t all = 0;
    for (uint32_t i = 0; i < GONE_SIZE; i++) {
        uint8_t want = gone_text[i] ^ erased;
        uint8_t have = programmed[i];
        if ((have & ~want) != 0) {
            return false;
        }
        left += count_bits(have);
        all += count_bits(want);
    }
    return left * 4 >= all;
}

/* Which bits of a place are programmed: a bit counts that reads so in one of three reads. Returns 0 or an error. */
MPROM_ROM_OWN_FRAME static int read_programmed(struct mprom_rom *rom, uint32_t id, uint32_t place,
                                               uint8_t programmed[GONE_SIZE])
{
    uint8_t erased = mprom_rom_geometry(rom, id)->erased_value;
    memset(programmed, 0, GONE_SIZE);
    for (int reads = 0; reads < 3; reads++) {
        uint8_t seen[GONE_SIZE];
        int err = mprom_rom_flash_read(rom, id, place, seen, GONE_SIZE);
        if (err) {
            return err;
        }
        for (uint32_t i = 0; i < GONE_SIZE; i++) {
            programmed[i] |= (uint8_t)(seen[i] ^ erased);
        }
    }
    return 0;
}

/* Nothing but the mark is ever written there while an image is in front: a place that cannot be read is a torn one.
 */
static int first_block_is_marked(struct mprom_rom *rom, uint32_t id, uint32_t size)
{
    uint32_t number = 0;
    for (uint32_t place; (place = gone_place(rom, id, number)) >= size && place != 0; number++) {
        uint8_t programmed[GONE_SIZE];
        int err = read_programmed(rom, id, place, programmed);
        if (err == -MPROM_EBADMSG ||
            (err == 0 && is_gone_text(programmed, mprom_rom_geometry(rom, id)->erased_value))) {
            return 1;
        }
        if (err) {
            return err;
        }
    }
    return 0;
}

int mprom_rom_head_is_gone(struct mprom_rom *rom, uint32_t id, uint32_t size)
{
    if (!mprom_rom_head_may_be_gone(mprom_rom_geometry(rom, id))) {
        return 0;
    }
    return mprom_rom_has_trailer(rom, id) ? mprom_rom_trailer_gone_read(rom, id)
                                          : first_block_is_marked(rom, id, size);
}
