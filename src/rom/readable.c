/* What the CPU may read directly on flash whose bad reads fault. */
#include "rom/image.h"
#include "rom/session.h"

/* Whether nothing is lost with a block that cannot be read: 1, 0 or an error. */
static int may_be_erased(struct rom *rom, uint32_t id, uint32_t off)
{
    const struct rom_state *state = &rom->states[id];
    if (rom->update.mode != ROM_UPDATE_CLOSED || state->running || state->chosen) {
        return 0;
    }
    int err = rom_image_know(rom, id);
    return err ? err : off >= state->image.size; /* which is 0 if no sound image is there */
}

/*
 * An image that could not be read here must not pass for a whole one once the block is blank, as an unsealed one may:
 * it goes first.
 */
static int erase_block(struct rom *rom, uint32_t id, uint32_t off, uint32_t size)
{
    const struct rom_segment *segment = rom_segment(rom, id);
    int err = rom->states[id].image.size == 0 ? rom_session_invalidate(rom, id) : 0;
    if (!err && flash_probe(segment->flash, segment->off + off, size) != 0) {
        err = rom_flash_erase(rom, id, off, size);
    }
    rom->states[id].checked = false;
    return err;
}

/* Returns 1 if the block had to be erased, 0 if all of it can be read, or an error. */
static int clean_block(struct rom *rom, uint32_t id, uint32_t off, uint32_t size)
{
    const struct rom_segment *segment = rom_segment(rom, id);
    int err = flash_probe(segment->flash, segment->off + off, size);
    if (err != -MPROM_EBADMSG) {
        return err;
    }
    int may = may_be_erased(rom, id, off);
    if (may == 0) {
        return rom_fail(rom, -MPROM_EBADMSG, id, off, "a part of this block cannot be read: erase the segment");
    }
    err = may < 0 ? may : erase_block(rom, id, off, size);
    return err ? err : 1;
}

int rom_make_readable(struct rom *rom, uint32_t id)
{
    int err = rom_enter(rom, id);
    if (err || rom->states[id].readable || !rom_geometry(rom, id)->bad_read_faults) {
        return err;
    }
    int erased = 0;
    uint32_t end = rom_segment_size(rom, id);
    for (uint32_t off = 0; off < end;) {
        uint32_t size = rom_block_size(rom, id, off);
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
