/* The update session as clients of `rom_ioctl` use it, and the erase of a segment. */
#include "rom/session.h"
#include "rom/slot.h"

static int enter_ioctl(struct rom *rom, uint32_t id)
{
    int err = rom_enter(rom, id);
    if (err) {
        return err;
    }
    if (rom->update.mode != ROM_UPDATE_IOCTL || rom->update.segment != id) {
        return rom_fail(rom, -MPROM_EINVAL, id, 0, "nothing is prepared in this segment: prepare it from its start");
    }
    return 0;
}

ROM_OWN_FRAME static int check_start(struct rom *rom, uint32_t id, uint32_t size)
{
    if (size == 0) {
        return rom_fail(rom, -MPROM_EINVAL, id, 0, "the range is empty");
    }
    if (size > rom_segment_size(rom, id)) {
        return rom_fail(rom, -MPROM_ENOSPC, id, 0, "the range is larger than the segment");
    }
    return 0;
}

ROM_OWN_FRAME static int prepare_more(struct rom *rom, uint32_t id, uint32_t off, uint32_t size)
{
    int err = enter_ioctl(rom, id);
    if (err) {
        return err;
    }
    struct rom_update *update = &rom->update;
    uint32_t block_size = rom_segment_block_size(rom, id);
    uint32_t room = rom_segment_size(rom, id);
    if (size == 0 || off % block_size != 0 || size % block_size != 0) {
        return rom_fail(rom, -MPROM_EINVAL, id, off, "the range is not made of whole blocks");
    }
    if (off < update->written_end || off > rom_block_end(rom, id, update->end)) {
        return rom_fail(rom, -MPROM_EINVAL, id, off,
                        "the range does not start inside or at the end of what is prepared and not written");
    }
    if (off > room || size > room - off) {
        return rom_fail(rom, -MPROM_ENOSPC, id, off, "the range is larger than the segment");
    }
    if (off + size > update->end) {
        update->end = off + size;
    }
    return 0;
}

int rom_prepare(struct rom *rom, uint32_t id, uint32_t off, uint32_t size)
{
    int err = rom_enter(rom, id);
    if (err == 0) {
        err = off == 0 ? check_start(rom, id, size) : prepare_more(rom, id, off, size);
    }
    if (err == 0 && off == 0) {
        err = rom_slot_check_open(rom, id);
    }
    if (err == 0 && off == 0) {
        err = rom_session_open(rom, id, size, ROM_UPDATE_IOCTL);
    }
    return err ? err : ROM_WRITE_SIZE_MIN;
}

/* The first byte that is not zero, or size. */
static size_t find_non_zero(const uint8_t *bytes, size_t size)
{
    size_t i = 0;
    while (i < size && bytes[i] == 0) {
        i++;
    }
    return i;
}

int rom_write(struct rom *rom, uint32_t id, uint32_t off, const void *bytes, size_t size)
{
    int err = enter_ioctl(rom, id);
    if (err) {
        return err;
    }
    const struct rom_update *update = &rom->update;
    if (off != update->written_end) {
        return rom_fail(rom, -MPROM_EINVAL, id, off, "writes must follow one another, each byte once");
    }
    size_t room = update->end - off;
    if (size > room) {
        const uint8_t *beyond = (const uint8_t *)bytes + room;
        if (find_non_zero(beyond, size - room) != size - room) {
            return rom_fail(rom, -MPROM_EINVAL, id, update->end, "data beyond the end of what is prepared");
        }
        size = room;
    }
    return rom_session_append(rom, bytes, (uint32_t)size, update->end);
}

int rom_complete(struct rom *rom, uint32_t id)
{
    int err = enter_ioctl(rom, id);
    return err ? err : rom_session_commit(rom);
}

int rom_erase(struct rom *rom, uint32_t id)
{
    int err = rom_enter(rom, id);
    if (err == 0) {
        err = rom_slot_check_open(rom, id);
    }
    if (err == 0) {
        err = rom_session_invalidate(rom, id);
    }
    uint32_t end = err ? 0 : rom_segment_size(rom, id);
    for (uint32_t off = 0; off < end;) {
        int64_t blank = rom_erase_step(rom, id, off, end);
        if (blank < 0) {
            return (int)blank;
        }
        off += (uint32_t)blank;
    }
    return err ? err : rom_flash_sync(rom, id);
}
