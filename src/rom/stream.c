/* The update session as C code and the module `romfs` use it. */
#include "rom/image.h"
#include "rom/session.h"
#include "rom/slot.h"

static int enter_stream(struct mprom_rom *rom)
{
    int err = mprom_rom_enter(rom, rom->update.segment);
    if (rom->update.mode != MPROM_ROM_UPDATE_STREAM) {
        err = mprom_rom_fail(rom, -MPROM_EINVAL, rom->update.segment, 0, "no update is open");
    }
    return err;
}

int mprom_rom_update_begin(struct mprom_rom *rom, uint32_t id, uint32_t image_size)
{
    int err = mprom_rom_enter(rom, id);
    if (err) {
        return err;
    }
    if (rom->update.mode == MPROM_ROM_UPDATE_STREAM) {
        return mprom_rom_fail(rom, -MPROM_EBUSY, rom->update.segment, rom->update.written_end, "an update is open");
    }
    if (image_size < MPROM_ROMFS_HEADER_SIZE_MIN) {
        return mprom_rom_fail(rom, -MPROM_EINVAL, id, 0, "an image is not as small as that");
    }
    if (image_size > mprom_rom_segment_size(rom, id)) {
        return mprom_rom_fail(rom, -MPROM_ENOSPC, id, 0, "the image is larger than the segment");
    }
    err = mprom_rom_slot_check_open(rom, id);
    return err ? err : mprom_rom_session_open(rom, id, image_size, MPROM_ROM_UPDATE_STREAM);
}

int mprom_rom_update_write(struct mprom_rom *rom, const void *bytes, size_t size)
{
    int err = enter_stream(rom);
    if (err) {
        return err;
    }
    const struct mprom_rom_update *update = &rom->update;
    if (size > update->end - update->written_end) {
        return mprom_rom_fail(rom, -MPROM_EINVAL, update->segment, update->written_end,
                              "more bytes than the update was opened for");
    }
    uint32_t n = (uint32_t)size;
    return mprom_rom_session_append(rom, bytes, n, update->written_end + n);
}

int mprom_rom_update_keep(struct mprom_rom *rom, uint32_t off, uint32_t size)
{
    int err = enter_stream(rom);
    if (err) {
        return err;
    }
    const struct mprom_rom_update *update = &rom->update;
    uint32_t id = update->segment;
    if (off != update->written_end || size == 0 || size > update->end - off) {
        return mprom_rom_fail(rom, -MPROM_EINVAL, id, off,
                              "what is kept must follow what was written, and fit the update");
    }
    if (off < mprom_rom_block_size(rom, id, 0) || off != mprom_rom_block_off(rom, id, off) ||
        (off + size != update->end && off + size != mprom_rom_block_end(rom, id, off + size))) {
        return mprom_rom_fail(rom, -MPROM_EINVAL, id, off, "only whole blocks can be kept, and not the first");
    }
    int may_end = off + size == update->end ? mprom_rom_image_may_end(rom, id, update->end) : 1;
    if (may_end == 0) {
        return mprom_rom_fail(rom, -MPROM_EINVAL, id, off,
                              "other bytes lie behind the image in this block: write it");
    }
    return may_end < 0 ? may_end : mprom_rom_session_keep(rom, size);
}

int mprom_rom_update_commit(struct mprom_rom *rom)
{
    int err = enter_stream(rom);
    if (err) {
        return err;
    }
    if (rom->update.written_end != rom->update.end) {
        return mprom_rom_fail(rom, -MPROM_EINVAL, rom->update.segment, rom->update.written_end,
                              "not all bytes of the image were written");
    }
    return mprom_rom_session_commit(rom);
}

void mprom_rom_update_abort(struct mprom_rom *rom)
{
    mprom_rom_session_close(rom);
}
