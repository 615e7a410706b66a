/* The update session as clients of `rom_ioctl` use it, and the erase of a segment. */
#include "rom/session.h"
#include "rom/slot.h"

static int enter_ioctl(struct mprom_rom *rom, uint32_t id)
{
    int err = mprom_rom_enter(rom, id);
    if (err) {
        return err;
    }
    if (rom->update.mode != MPROM_ROM_UPDATE_IOCTL || rom->update.segment != id) {
        return mprom_rom_fail(rom, -MPROM_EINVAL, id, 0,
                              "nothing is prepared in this segment: prepare it from its start");
    }
    return 0;
}

MPROM_ROM_OWN_FRAME static int check_start(struct mprom_rom *rom, uint32_t id, uint32_t size)
{
    if (size == 0) {
        return mprom_rom_fail(rom, -MPROM_EINVAL, id, 0, "the range is empty");
    }
    if (size > mprom_rom_segment_size(rom, id)) {
        return mprom_rom_fail(rom, -MPROM_ENOSPC, id, 0, "the range is larger than the segment");
    }
    return 0;
}

MPROM_ROM_OWN_FRAME static int prepare_more(struct mprom_rom *rom, uint32_t id, uint32_t off, uint32_t size)
{
    int err = enter_ioctl(rom, id);
    if (err) {
        return err;
    }
    struct mprom_rom_update *update = &rom->update;
    uint32_t block_size = mprom_rom_segment_block_size(rom, id);
    uint32_t room = mprom_rom_segment_size(rom, id);
    if (size == 0 || off % block_size != 0 || size % block_size != 0) {
        return mprom_rom_fail(rom, -MPROM_EINVAL, id, off, "the range is not made of whole blocks");
    }
    if (off < update->written_end || off > mprom_rom_block_end(rom, id, update->end)) {
        return mprom_rom_fail(rom, -MPROM_EINVAL, id, off,
                              "the range does not start inside or at the end of what is prepared and not written");
    }
    if (off > room || size > room - off) {
        return mprom_rom_fail(rom, -MPROM_ENOSPC, id, off, "the range is larger than the segment");
    }
    if (off + size > update->end) {
        update->end = off + size;
    }
    return 0;
}

int mprom_rom_prepare(struct mprom_rom *rom, uint32_t id, uint32_t off, uint32_t size)
{
    int err = mprom_rom_enter(rom, id);
    if (err == 0) {
        err = off == 0 ? check_start(rom, id, size) : prepare_more(rom, id, off, size);
    }
    if (err == 0 && off == 0) {
        err = mprom_rom_slot_check_open(rom, id);
    }
    if (err == 0 && off == 0) {
        err = mprom_rom_session_open(rom, id, size, MPROM_ROM_UPDATE_IOCTL);
    }
    return err ? err : MPROM_ROM_WRITE_SIZE_MIN;
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

int mprom_rom_write(struct mprom_rom *rom, uint32_t id, uint32_t off, const void *bytes, size_t size)
{
    int err = enter_ioctl(rom, id);
    if (err) {
        return err;
    }
    const struct mprom_rom_update *update = &rom->update;
    if (off != update->written_end) {
        return mprom_rom_fail(rom, -MPROM_EINVAL, id, off, "writes must follow one another, each byte once");
    }
    size_t room = update->end - off;
    if (size > room) {
        const uint8_t *beyond = (const uint8_t *)bytes + room;
        if (find_non_zero(beyond, size - room) != size - room) {
            return mprom_rom_fail(rom, -MPROM_EINVAL, id, update->end, "data beyond the end of what is prepared");
        }
        size = room;
    }
    return mprom_rom_session_append(rom, bytes, (uint32_t)size, update->end);
}

int mprom_rom_complete(struct mprom_rom *rom, uint32_t id)
{
    int err = enter_ioctl(rom, id);
    return err ? err : mprom_rom_session_commit(rom);
}

int mprom_rom_erase(struct mprom_rom *rom, uint32_t id)
{
    int err = mprom_rom_enter(rom, id);
    if (err == 0) {
        err = mprom_rom_slot_check_open(rom, id);
    }
    if (err == 0) {
        err = mprom_rom_session_invalidate(rom, id);
    }
    uint32_t end = err ? 0 : mprom_rom_segment_size(rom, id);
    for (uint32_t off = 0; off < end;) {
        int64_t blank = mprom_rom_erase_step(rom, id, off, end);
        if (blank < 0) {
            return (int)blank;
        }
        off += (uint32_t)blank;
    }
    return err ? err : mprom_rom_flash_sync(rom, id);
}
