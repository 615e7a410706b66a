#include "rom/session.h"

#include <string.h>

#include "rom/head.h"
#include "rom/image.h"
#include "rom/image_source.h"
#include "rom/slot.h"
#include "rom/trailer.h"

static void release(struct mprom_rom *rom, uint32_t id)
{
    rom->states[id].generation++;
    rom->states[id].checked = false;
    for (uint32_t other = 0; other < rom->segment_count; other++) {
        /* A long image may reach into this segment. */
        rom->states[other].checked &= rom->states[other].image.long_size == 0;
    }
    if (rom->hooks != NULL && rom->hooks->release != NULL) {
        rom->hooks->release(rom, id);
    }
}

/*
 * When the image is broken. The trailer is voided behind that: while the first block is erased, the mark that the
 * image is gone must last; and a trailer that is half erased may have kept the record and lost that the image was
 * rolled back from.
 */
MPROM_ROM_OWN_FRAME static int forget_image(struct mprom_rom *rom, uint32_t id)
{
    rom->states[id].kept = false;
    return mprom_rom_trailer_void(rom, id);
}

int mprom_rom_session_invalidate(struct mprom_rom *rom, uint32_t id)
{
    rom->states[id].unlocked = false;
    mprom_rom_session_close(rom);
    release(rom, id);
    int err = mprom_rom_head_break(rom, id);
    return err ? err : forget_image(rom, id);
}

int mprom_rom_session_open(struct mprom_rom *rom, uint32_t id, uint32_t end, enum mprom_rom_update_mode mode)
{
    int err = mprom_rom_session_invalidate(rom, id);
    if (err) {
        return err;
    }
    const struct mprom_flash_geometry *geometry = mprom_rom_geometry(rom, id);
    struct mprom_rom_update *update = &rom->update;
    memset(update, 0, sizeof *update);
    update->mode = mode;
    update->segment = id;
    update->end = end;
    update->first_size = mprom_rom_head_size(geometry);
    memset(update->first, geometry->erased_value, sizeof update->first);
    return 0;
}

void mprom_rom_session_close(struct mprom_rom *rom)
{
    rom->update.mode = MPROM_ROM_UPDATE_CLOSED;
}

/* Ends the session, well or not. */
static int end_session(struct mprom_rom *rom, int err)
{
    mprom_rom_session_close(rom);
    return err;
}

/*
 * Programs that overwrite need no erase. But what a cut has left unreadable behind the new image, in its last block,
 * would stay: so a block that holds such a unit is erased when the data get to it.
 */
static int mend_ahead(struct mprom_rom *rom, uint32_t off, uint32_t end)
{
    const struct mprom_rom_update *update = &rom->update;
    const struct mprom_rom_segment *segment = mprom_rom_segment(rom, update->segment);
    uint32_t at = off <= update->first_size ? 0 : mprom_rom_block_end(rom, update->segment, off);
    int err = 0;
    while (at < end && err == 0) {
        uint32_t size = mprom_rom_block_size(rom, update->segment, at);
        if (mprom_flash_probe(segment->flash, segment->off + at, size) == -MPROM_EBADMSG) {
            err = mprom_rom_flash_erase(rom, update->segment, at, size);
        }
        at += size;
    }
    return err;
}

/* The data from off to end are next. */
static int erase_ahead(struct mprom_rom *rom, uint32_t off, uint32_t end, uint32_t fill_end)
{
    struct mprom_rom_update *update = &rom->update;
    if (mprom_rom_geometry(rom, update->segment)->overwrites) {
        return mend_ahead(rom, off, end);
    }
    uint32_t limit = mprom_rom_block_end(rom, update->segment, fill_end);
    while (update->erased_end < end) {
        int64_t blank = mprom_rom_erase_step(rom, update->segment, update->erased_end, limit);
        if (blank < 0) {
            return (int)blank;
        }
        update->erased_end += (uint32_t)blank;
    }
    return 0;
}

static int program_at(struct mprom_rom *rom, uint32_t off, const uint8_t *bytes, uint32_t size, uint32_t fill_end)
{
    int err = erase_ahead(rom, off, off + size, fill_end);
    return err ? err : mprom_rom_flash_program(rom, rom->update.segment, off, bytes, size);
}

/* Takes bytes of the first unit; returns how many. */
static uint32_t append_first(struct mprom_rom_update *update, const uint8_t *bytes, uint32_t size)
{
    uint32_t n = mprom_rom_min(size, update->first_size - update->written_end);
    memcpy(update->first + update->written_end, bytes, n);
    update->written_end += n;
    return n;
}

/*
 * Takes bytes behind the first unit; returns how many, or an error. They are programmed from where they lie, up to
 * the last boundary of MPROM_FLASH_PROGRAM_SIZE_MAX; what is behind it, or does not reach one, waits in tail.
 */
static int64_t append_rest(struct mprom_rom *rom, const uint8_t *bytes, uint32_t size, uint32_t fill_end)
{
    struct mprom_rom_update *update = &rom->update;
    uint32_t room = MPROM_FLASH_PROGRAM_SIZE_MAX - update->written_end % MPROM_FLASH_PROGRAM_SIZE_MAX;
    uint32_t n = mprom_rom_min(size, room);
    int err = 0;
    if (update->tail_size == 0 && size >= room) {
        n = room + (size - room) / MPROM_FLASH_PROGRAM_SIZE_MAX * MPROM_FLASH_PROGRAM_SIZE_MAX;
        err = program_at(rom, update->written_end, bytes, n, fill_end);
    } else {
        memcpy(update->tail + update->tail_size, bytes, n);
        update->tail_size += n;
        if (n == room) {
            uint32_t start = update->written_end + n - update->tail_size;
            err = program_at(rom, start, update->tail, update->tail_size, fill_end);
            update->tail_size = 0;
        }
    }
    update->written_end += n;
    return err ? err : (int64_t)n;
}

int mprom_rom_session_append(struct mprom_rom *rom, const uint8_t *bytes, uint32_t size, uint32_t fill_end)
{
    struct mprom_rom_update *update = &rom->update;
    update->crc = mprom_romfs_crc32(update->crc, bytes, size);
    while (size > 0) {
        int64_t taken = update->written_end < update->first_size ? append_first(update, bytes, size)
                                                                 : append_rest(rom, bytes, size, fill_end);
        if (taken < 0) {
            return end_session(rom, (int)taken);
        }
        bytes += taken;
        size -= (uint32_t)taken;
    }
    return 0;
}

int mprom_rom_session_keep(struct mprom_rom *rom, uint32_t size)
{
    struct mprom_rom_update *update = &rom->update;
    mprom_rom_source_open(rom, update->segment, NULL, update->written_end + size);
    uint32_t crc = update->crc;
    for (int reads = 0; reads < 3; reads++) {
        uint32_t seen = update->crc;
        int err = mprom_rom_source_crc(rom, update->written_end, size, &seen);
        if (err == 0 && reads > 0 && seen != crc) {
            err = mprom_rom_fail(rom, -MPROM_EBADMSG, update->segment, update->written_end,
                                 "what is to be kept does not read the same each time");
        }
        if (err) {
            return end_session(rom, err);
        }
        crc = seen;
    }
    update->crc = crc;
    update->written_end += size;
    update->erased_end = mprom_rom_block_end(rom, update->segment, update->written_end);
    return 0;
}

/* Programs what waits in tail, and all that is left of the first unit. */
static int flush(struct mprom_rom *rom)
{
    struct mprom_rom_update *update = &rom->update;
    const struct mprom_flash_geometry *geometry = mprom_rom_geometry(rom, update->segment);
    int err = erase_ahead(rom, 0, update->first_size, update->first_size);
    if (err == 0) {
        err = mprom_rom_head_prepare(rom, update->segment, update->first);
    }
    uint32_t size = mprom_rom_round_up(update->tail_size, geometry->program_size);
    if (err || size == 0) {
        return err;
    }
    memset(update->tail + update->tail_size, geometry->erased_value, size - update->tail_size);
    uint32_t start = update->written_end - update->tail_size;
    update->tail_size = 0;
    return program_at(rom, start, update->tail, size, start + size);
}

/* Compares what was written with what is read back, and gives an image without a seal its digest. */
static int compare_crc(struct mprom_rom *rom, struct mprom_rom_image *image)
{
    const struct mprom_rom_update *update = &rom->update;
    image->crc = 0;
    int err = mprom_rom_source_crc(rom, 0, image->size, &image->crc);
    uint32_t crc = image->crc;
    if (err == 0) {
        err = mprom_rom_source_crc(rom, image->size, update->written_end - image->size, &crc);
    }
    if (err == 0 && crc != update->crc) {
        err = mprom_rom_fail(rom, -MPROM_EIO, update->segment, 0, "read back differs from what was written");
    }
    return err;
}

/* Reads everything back: structure and seal; without a seal, the checksum of all that was written. */
static int check_written(struct mprom_rom *rom, struct mprom_rom_image *image)
{
    struct mprom_rom_update *update = &rom->update;
    mprom_rom_source_open(rom, update->segment, update, update->written_end);
    int err = mprom_rom_image_check(rom, 0, image);
    if (err) {
        return err;
    }
    if (image->state != MPROM_ROM_IMAGE_SEALED && image->state != MPROM_ROM_IMAGE_UNSEALED) {
        return mprom_rom_fail(rom, -MPROM_EBADMSG, update->segment, image->fault_off,
                              image->what != NULL ? image->what : "what was written is no image");
    }
    return image->state == MPROM_ROM_IMAGE_UNSEALED ? compare_crc(rom, image) : 0;
}

/*
 * Programming the first unit may be cut off so that its magic is whole and bits of the length are not. A length that
 * is cut off is too large, so the check meets the blank bytes behind the image and finds the fault, seal or not; but
 * there are none if the image ends with its block and old contents follow.
 */
static int guard_end(struct mprom_rom *rom, const struct mprom_rom_image *image)
{
    const struct mprom_rom_update *update = &rom->update;
    uint32_t id = update->segment;
    if (image->state == MPROM_ROM_IMAGE_SEALED || !mprom_rom_head_may_tear(mprom_rom_geometry(rom, id)) ||
        update->erased_end != image->size || image->size == mprom_rom_segment_size(rom, id)) {
        return 0;
    }
    int64_t blank =
        mprom_rom_erase_step(rom, id, image->size, image->size + mprom_rom_block_size(rom, id, image->size));
    return blank < 0 ? (int)blank : 0;
}

/* The last operation, after all else has lasted: with it the image is there. */
static int go_live(struct mprom_rom *rom)
{
    const struct mprom_rom_update *update = &rom->update;
    uint32_t id = update->segment;
    int err = mprom_rom_flash_sync(rom, id);
    if (err) {
        return err;
    }
    err = mprom_rom_flash_program(rom, id, 0, update->first, update->first_size);
    if (err == 0) {
        err = mprom_rom_flash_sync(rom, id);
    }
    if (err) {
        /* It may be there in part. The error that is reported stays that of the program. */
        struct mprom_rom_error error = rom->error;
        mprom_rom_flash_erase(rom, id, 0, mprom_rom_block_size(rom, id, 0));
        rom->error = error;
    }
    return err;
}

static int write_record(struct mprom_rom *rom, const struct mprom_rom_image *image)
{
    if (!mprom_rom_has_trailer(rom, rom->update.segment)) {
        return 0;
    }
    struct mprom_rom_record record = {.size = image->size, .crc = image->crc};
    int err = mprom_rom_image_head_crc(rom, image, &record.head_crc);
    return err ? err : mprom_rom_trailer_write(rom, rom->update.segment, &record);
}

static int commit(struct mprom_rom *rom, struct mprom_rom_image *image)
{
    int err = flush(rom);
    if (err == 0) {
        err = check_written(rom, image);
    }
    if (err == 0) {
        err = guard_end(rom, image);
    }
    if (err == 0) {
        err = write_record(rom, image);
    }
    return err ? err : go_live(rom);
}

int mprom_rom_session_commit(struct mprom_rom *rom)
{
    struct mprom_rom_update *update = &rom->update;
    struct mprom_rom_state *state = &rom->states[update->segment];
    uint32_t size;
    mprom_rom_source_open(rom, update->segment, update, update->written_end);
    int err = mprom_rom_image_size(rom, &size);
    if (err == 0 && size > update->written_end) {
        bool can_go_on = update->mode == MPROM_ROM_UPDATE_IOCTL;
        err = mprom_rom_fail(rom, can_go_on ? -MPROM_EINVAL : -MPROM_EBADMSG, update->segment, update->written_end,
                             "the image says that it is longer than what was written");
        return can_go_on ? err : end_session(rom, err);
    }
    if (err == 0) {
        err = commit(rom, &state->image);
    }
    state->checked = err == 0;
    if (err == 0) {
        mprom_rom_slot_note_live(rom, update->segment);
    }
    return end_session(rom, err);
}
