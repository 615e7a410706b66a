#include "rom/segment.h"

#include <string.h>

int mprom_rom_fail_why(struct mprom_rom *rom, int code, uint32_t segment, uint32_t off, const char *what)
{
    rom->error = (struct mprom_rom_error){code, segment, off, what, MPROM_ROM_SEGMENT_NONE};
    return code;
}

int mprom_rom_enter(struct mprom_rom *rom, uint32_t id)
{
    rom->error = (struct mprom_rom_error){.other = MPROM_ROM_SEGMENT_NONE};
    if (id >= rom->segment_count) {
        return mprom_rom_fail(rom, -MPROM_ENOENT, id, 0, "there is no such segment");
    }
    return 0;
}

/* A slot of the same group that may be written, or MPROM_ROM_SEGMENT_NONE. */
static int find_other_slot(const struct mprom_rom *rom, uint32_t id)
{
    for (uint32_t other = 0; other < rom->segment_count; other++) {
        const struct mprom_rom_state *state = &rom->states[other];
        if (other != id && mprom_rom_group(rom, other) == mprom_rom_group(rom, id) && !state->running &&
            !state->chosen) {
            return (int)other;
        }
    }
    return MPROM_ROM_SEGMENT_NONE;
}

int mprom_rom_check_writable(struct mprom_rom *rom, uint32_t id)
{
    const struct mprom_rom_state *state = &rom->states[id];
    if (!state->running && !state->chosen) {
        return 0;
    }
    if (mprom_rom_group(rom, id) == MPROM_ROM_GROUP_NONE) {
        return mprom_rom_fail(
            rom, -MPROM_EBUSY, id, 0,
            "boot or main of this segment runs: write it from the REPL, or from a main that lies elsewhere");
    }
    mprom_rom_fail(rom, -MPROM_EBUSY, id, 0, "this slot runs: write the other one of its group");
    rom->error.other = find_other_slot(rom, id);
    return -MPROM_EBUSY;
}

static const char *flash_text(int err)
{
    switch (-err) {
    case MPROM_EBADMSG:
        return "the flash cannot be read here";
    case MPROM_ETIMEDOUT:
        return "the flash did not get ready in time";
    case MPROM_EROFS:
        return "the flash is write-protected";
    default:
        return "the flash failed";
    }
}

int mprom_rom_flash_read(struct mprom_rom *rom, uint32_t id, uint32_t off, void *dst, uint32_t size)
{
    const struct mprom_rom_segment *segment = mprom_rom_segment(rom, id);
    int err = mprom_flash_read(segment->flash, segment->off + off, dst, size);
    if (err && err != -MPROM_EBADMSG) {
        mprom_rom_fail(rom, err, id, off, flash_text(err));
    }
    return err;
}

/* One page a call, so that a failure is known to the page. */
int mprom_rom_flash_program(struct mprom_rom *rom, uint32_t id, uint32_t off, const uint8_t *src, uint32_t size)
{
    const struct mprom_rom_segment *segment = mprom_rom_segment(rom, id);
    uint32_t page_size = segment->flash->geometry->page_size;
    rom->states[id].readable = false;
    while (size > 0) {
        uint32_t n = mprom_rom_min(size, page_size - (segment->off + off) % page_size);
        int err = mprom_flash_program(segment->flash, segment->off + off, src, n);
        if (err) {
            return mprom_rom_fail(rom, err, id, off,
                                  err == -MPROM_EIO ? "the flash failed to program, or reads back differently"
                                                    : flash_text(err));
        }
        off += n;
        src += n;
        size -= n;
    }
    return 0;
}

int mprom_rom_flash_erase(struct mprom_rom *rom, uint32_t id, uint32_t off, uint32_t size)
{
    const struct mprom_rom_segment *segment = mprom_rom_segment(rom, id);
    rom->states[id].readable = false;
    int err = mprom_flash_erase(segment->flash, segment->off + off, size);
    if (err) {
        mprom_rom_fail(rom, err, id, off,
                       err == -MPROM_EIO ? "the flash failed to erase, or is not blank afterwards" : flash_text(err));
    }
    return err;
}

int mprom_rom_flash_is_blank(struct mprom_rom *rom, uint32_t id, uint32_t off, uint32_t size)
{
    const struct mprom_rom_segment *segment = mprom_rom_segment(rom, id);
    int blank = mprom_flash_is_blank(segment->flash, segment->off + off, size);
    if (blank < 0) {
        mprom_rom_fail(rom, blank, id, off, flash_text(blank));
    }
    return blank;
}

int mprom_rom_flash_sync(struct mprom_rom *rom, uint32_t id)
{
    int err = mprom_flash_sync(mprom_rom_segment(rom, id)->flash);
    if (err) {
        mprom_rom_fail(rom, err, id, 0, flash_text(err));
    }
    return err;
}

uint32_t mprom_rom_block_off(const struct mprom_rom *rom, uint32_t id, uint32_t off)
{
    const struct mprom_rom_segment *segment = mprom_rom_segment(rom, id);
    uint32_t block_off = 0;
    uint32_t block_size = 0;
    mprom_flash_block_at(segment->flash, segment->off + off, &block_off, &block_size);
    return block_off - segment->off;
}

uint32_t mprom_rom_block_size(const struct mprom_rom *rom, uint32_t id, uint32_t off)
{
    const struct mprom_rom_segment *segment = mprom_rom_segment(rom, id);
    uint32_t block_off = 0;
    uint32_t block_size = 0;
    mprom_flash_block_at(segment->flash, segment->off + off, &block_off, &block_size);
    return block_size;
}

uint32_t mprom_rom_block_end(const struct mprom_rom *rom, uint32_t id, uint32_t end)
{
    return mprom_rom_block_off(rom, id, end - 1) + mprom_rom_block_size(rom, id, end - 1);
}

/* Whether none of the blocks in the range is blank: 1, 0 or an error. */
static int all_blocks_used(struct mprom_rom *rom, uint32_t id, uint32_t off, uint32_t end)
{
    while (off < end) {
        uint32_t size = mprom_rom_block_size(rom, id, off);
        int blank = mprom_rom_flash_is_blank(rom, id, off, size);
        if (blank != 0) {
            return blank < 0 ? blank : 0;
        }
        off += size;
    }
    return 1;
}

int64_t mprom_rom_erase_step(struct mprom_rom *rom, uint32_t id, uint32_t off, uint32_t limit)
{
    const struct mprom_rom_segment *segment = mprom_rom_segment(rom, id);
    uint32_t block_size = mprom_rom_block_size(rom, id, off);
    int blank = mprom_rom_flash_is_blank(rom, id, off, block_size);
    if (blank != 0) {
        return blank < 0 ? blank : (int64_t)block_size;
    }
    uint32_t size = mprom_flash_erase_size(segment->flash, segment->off + off, limit - off);
    while (size > block_size) {
        int used = all_blocks_used(rom, id, off + block_size, off + size);
        if (used < 0) {
            return used;
        }
        if (used == 1) {
            break;
        }
        size = mprom_flash_erase_size(segment->flash, segment->off + off, size - 1);
    }
    int err = mprom_rom_flash_erase(rom, id, off, size);
    return err ? err : (int64_t)size;
}

static bool is_block_boundary(const struct mprom_flash *flash, uint32_t off)
{
    uint32_t block_off;
    uint32_t block_size;
    return off == flash->geometry->size ||
           (mprom_flash_block_at(flash, off, &block_off, &block_size) == 0 && block_off == off);
}

/* The trailer's size in bytes; 0 without one. */
static uint32_t trailer_size(const struct mprom_rom *rom, uint32_t id)
{
    const struct mprom_rom_segment *segment = mprom_rom_segment(rom, id);
    return mprom_rom_has_trailer(rom, id) ? mprom_rom_block_size(rom, id, segment->size - 1) : 0;
}

/* Not NULL, whatever is left of its words. */
#define FAULT(what) (MPROM_SMALL ? "" : (what))

static const char *find_fault_of_place(const struct mprom_rom_segment *segment)
{
    if (mprom_flash_check(segment->flash) != 0) {
        return FAULT("its flash has an impossible geometry or lacks an operation");
    }
    uint32_t flash_size = segment->flash->geometry->size;
    if (segment->size == 0 || segment->off > flash_size || segment->size > flash_size - segment->off) {
        return FAULT("it is empty or not inside its flash");
    }
    if (!is_block_boundary(segment->flash, segment->off) ||
        !is_block_boundary(segment->flash, segment->off + segment->size)) {
        return FAULT("it does not start and end with an erase block");
    }
    return NULL;
}

static const char *find_fault_of_trailer(const struct mprom_rom *rom, uint32_t id)
{
    const struct mprom_rom_segment *segment = mprom_rom_segment(rom, id);
    uint32_t size = trailer_size(rom, id);
    if (MPROM_SMALL && (segment->group != MPROM_ROM_GROUP_NONE || segment->has_trailer)) {
        return FAULT("this firmware has no slots");
    }
    if (segment->group != MPROM_ROM_GROUP_NONE && !segment->has_trailer) {
        return FAULT("it is a slot and has no trailer");
    }
    if (segment->has_trailer && (size >= segment->size || size < MPROM_ROM_TRAILER_SIZE)) {
        return FAULT("its last erase block is no room for a trailer");
    }
    return NULL;
}

static const char *find_clash(const struct mprom_rom_segment *a, const struct mprom_rom_segment *b)
{
    if (strlen(a->name) == strlen(b->name) && memcmp(a->name, b->name, strlen(a->name)) == 0) {
        return FAULT("another segment has its name");
    }
    if (a->flash == b->flash && a->off < b->off + b->size && b->off < a->off + a->size) {
        return FAULT("it overlaps another segment");
    }
    return NULL;
}

static const char *find_fault(const struct mprom_rom *rom, uint32_t id)
{
    const struct mprom_rom_segment *segment = mprom_rom_segment(rom, id);
    if (segment->name == NULL || segment->name[0] == '\0') {
        return FAULT("it has no name");
    }
    const char *what = find_fault_of_place(segment);
    if (what == NULL) {
        what = find_fault_of_trailer(rom, id);
    }
    for (uint32_t other = 0; other < id && what == NULL; other++) {
        what = find_clash(segment, mprom_rom_segment(rom, other));
    }
    return what;
}

int mprom_rom_init(struct mprom_rom *rom, const struct mprom_rom_segment *segments, struct mprom_rom_state *states,
                   uint32_t segment_count, const struct mprom_rom_hooks *hooks)
{
    memset(rom, 0, sizeof *rom);
    rom->segments = segments;
    rom->states = states;
    rom->segment_count = segment_count;
    rom->hooks = hooks;
    rom->error.other = MPROM_ROM_SEGMENT_NONE;
    for (uint32_t id = 0; id < segment_count; id++) {
        const char *what = find_fault(rom, id);
        if (what != NULL) {
            return mprom_rom_fail(rom, -MPROM_EINVAL, id, 0, what);
        }
    }
    return 0;
}

uint32_t mprom_rom_segment_size(const struct mprom_rom *rom, uint32_t id)
{
    return mprom_rom_segment(rom, id)->size - trailer_size(rom, id);
}

const void *mprom_rom_segment_map(const struct mprom_rom *rom, uint32_t id)
{
    return mprom_flash_map(mprom_rom_segment(rom, id)->flash, mprom_rom_segment(rom, id)->off);
}

uint32_t mprom_rom_segment_block_size(const struct mprom_rom *rom, uint32_t id)
{
    uint32_t smallest = mprom_rom_block_size(rom, id, 0);
    for (uint32_t off = 0; off < mprom_rom_segment_size(rom, id); off += mprom_rom_block_size(rom, id, off)) {
        smallest = mprom_rom_min(smallest, mprom_rom_block_size(rom, id, off));
    }
    return smallest;
}

uint32_t mprom_rom_segment_blocks(const struct mprom_rom *rom, uint32_t id, uint32_t off, uint32_t *block_size)
{
    uint32_t size = mprom_rom_block_size(rom, id, off);
    uint32_t count = 0;
    for (; off < mprom_rom_segment_size(rom, id) && mprom_rom_block_size(rom, id, off) == size; off += size) {
        count++;
    }
    *block_size = size;
    return count;
}

int mprom_rom_read(struct mprom_rom *rom, uint32_t id, uint32_t off, void *dst, uint32_t size)
{
    int err = mprom_rom_enter(rom, id);
    if (err) {
        return err;
    }
    uint32_t room = mprom_rom_segment_size(rom, id);
    if (off > room || size > room - off) {
        return mprom_rom_fail(rom, -MPROM_EINVAL, id, off, "the range leaves the segment");
    }
    err = mprom_rom_flash_read(rom, id, off, dst, size);
    return err == -MPROM_EBADMSG ? mprom_rom_fail(rom, err, id, off, flash_text(err)) : err;
}
