/* What the CPU may read directly on flash whose bad reads fault. */
#include <string.h>

#include "rom/image.h"
#include "rom/session.h"
#include "rom/slot.h"

/* Whether nothing is lost with a block that cannot be read: 1, 0 or an error. */
static int may_be_erased(struct mprom_rom *rom, uint32_t id, uint32_t off)
{
    const struct mprom_rom_state *state = &rom->states[id];
    if (rom->update.mode != MPROM_ROM_UPDATE_CLOSED || state->running || state->chosen) {
        return 0;
    }
    int err = mprom_rom_image_know(rom, id);
    if (err || off < state->image.size || state->image.long_size != 0) { /* sizes are 0 if no sound image is there */
        return err;
    }
    return !mprom_rom_image_reaches_into(rom, id);
}

/*
 * An image that could not be read here must not pass for a whole one once the block is blank, as an unsealed one may:
 * it goes first.
 */
static int erase_block(struct mprom_rom *rom, uint32_t id, uint32_t off, uint32_t size)
{
    const struct mprom_rom_segment *segment = mprom_rom_segment(rom, id);
    int err = 0;
    if (rom->states[id].image.size == 0) {
        err = mprom_rom_slot_check_open(rom, id);
        err = err ? err : mprom_rom_session_invalidate(rom, id);
    }
    if (!err && mprom_flash_probe(segment->flash, segment->off + off, size) != 0) {
        err = mprom_rom_flash_erase(rom, id, off, size);
    }
    rom->states[id].checked = false;
    return err ? err : mprom_rom_image_know(rom, id); /* known again, for a rollback's lock asks no flash */
}

enum {
    MARK_SIZE = 32 /* a unit of flash whose bad reads fault */
};

/*
 * In a block that an erase did not mend, so that not every start erases it: that takes time, and wears the flash.
 * Any erase takes it away.
 */
static const uint8_t mark[MARK_SIZE] = {'m', 'p', 'r', 'o', 'm', ':', ' ', 'u', 'n', 'r', 'e',
                                        'a', 'd', 'a', 'b', 'l', 'e', ' ', 'a', 'f', 't', 'e',
                                        'r', ' ', 'a', 'n', ' ', 'e', 'r', 'a', 's', 'e'};

/* The mark is in the first or the last unit of a block: the other one may be what cannot be read. */
static bool is_marked(const struct mprom_flash *flash, uint32_t off)
{
    uint8_t seen[MARK_SIZE];
    return mprom_flash_read(flash, off, seen, sizeof seen) == 0 && memcmp(seen, mark, MARK_SIZE) == 0;
}

MPROM_ROM_OWN_FRAME static bool block_is_marked(const struct mprom_flash *flash, uint32_t off, uint32_t size)
{
    return is_marked(flash, off + size - MARK_SIZE) || is_marked(flash, off);
}

static bool mark_unit(const struct mprom_flash *flash, uint32_t off)
{
    return mprom_flash_is_blank(flash, off, MARK_SIZE) == 1 && mprom_flash_program(flash, off, mark, MARK_SIZE) == 0;
}

/* Without success the next start tries to erase the block again, and that is all. */
static void mark_block(const struct mprom_flash *flash, uint32_t off, uint32_t size)
{
    if (mprom_flash_probe(flash, off, size) == -MPROM_EBADMSG && !mark_unit(flash, off + size - MARK_SIZE)) {
        (void)mark_unit(flash, off);
    }
}

/* Returns 1 if the block had to be erased, 0 if all of it can be read, or an error. */
static int clean_block(struct mprom_rom *rom, uint32_t id, uint32_t off, uint32_t size)
{
    const struct mprom_rom_segment *segment = mprom_rom_segment(rom, id);
    int err = mprom_flash_probe(segment->flash, segment->off + off, size);
    if (err != -MPROM_EBADMSG) {
        return err;
    }
    int may = may_be_erased(rom, id, off);
    if (may > 0 && block_is_marked(segment->flash, segment->off + off, size)) {
        return mprom_rom_fail(rom, -MPROM_EIO, id, off,
                              "a part of this block cannot be read, and an erase did not help: the flash is worn");
    }
    if (may == 0) {
        return mprom_rom_fail(rom, -MPROM_EBADMSG, id, off, "a part of this block cannot be read: erase the segment");
    }
    err = may < 0 ? may : erase_block(rom, id, off, size);
    if (err == -MPROM_EIO) {
        mark_block(segment->flash, segment->off + off, size);
    }
    return err ? err : 1;
}

int mprom_rom_make_readable(struct mprom_rom *rom, uint32_t id)
{
    int err = mprom_rom_enter(rom, id);
    if (err || rom->states[id].readable || !mprom_rom_geometry(rom, id)->bad_read_faults) {
        return err;
    }
    for (uint32_t other = 0; other < rom->segment_count; other++) {
        mprom_rom_image_know(rom, other); /* it may reach into this segment */
    }
    int erased = 0;
    uint32_t end = mprom_rom_segment_size(rom, id);
    for (uint32_t off = 0; off < end;) {
        uint32_t size = mprom_rom_block_size(rom, id, off);
        int cleaned = clean_block(rom, id, off, size);
        if (cleaned < 0) {
            return cleaned;
        }
        erased += cleaned;
        off += size;
    }
    rom->states[id].readable = true;
    return erased;
}
