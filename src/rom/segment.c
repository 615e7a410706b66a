#include "rom/segment.h"

#include <string.h>

int rom_fail(struct rom *rom, int code, uint32_t segment, uint32_t off, const char *what)
{
    rom->error = (struct rom_error){code, segment, off, what, ROM_SEGMENT_NONE};
    return code;
}

int rom_enter(struct rom *rom, uint32_t id)
{
    rom->error = (struct rom_error){.other = ROM_SEGMENT_NONE};
    if (id >= rom->segment_count) {
        return rom_fail(rom, -MPROM_ENOENT, id, 0, "there is no such segment");
    }
    return 0;
}

/* A slot of the same group that may be written, or ROM_SEGMENT_NONE. */
static int find_other_slot(const struct rom *rom, uint32_t id)
{
    for (uint32_t other = 0; other < rom->segment_count; other++) {
        const struct rom_state *state = &rom->states[other];
        if (other != id && rom_segment(rom, other)->group == rom_segment(rom, id)->group && !state->running &&
            !state->chosen) {
            return (int)other;
        }
    }
    return ROM_SEGMENT_NONE;
}

int rom_check_writable(struct rom *rom, uint32_t id)
{
    const struct rom_state *state = &rom->states[id];
    if (!state->running && !state->chosen) {
        return 0;
    }
    if (rom_segment(rom, id)->group == ROM_GROUP_NONE) {
        return rom_fail(
            rom, -MPROM_EBUSY, id, 0,
            "boot or main of this segment runs: write it from the REPL, or from a main that lies elsewhere");
    }
    rom_fail(rom, -MPROM_EBUSY, id, 0, "this slot runs: write the other one of its group");
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

int rom_flash_read(struct rom *rom, uint32_t id, uint32_t off, void *dst, uint32_t size)
{
    const struct rom_segment *segment = rom_segment(rom, id);
    int err = flash_read(segment->flash, segment->off + off, dst, size);
    if (err && err != -MPROM_EBADMSG) {
        rom_fail(rom, err, id, off, flash_text(err));
    }
    return err;
}

/* One page a call, so that a failure is known to the page. */
int rom_flash_program(struct rom *rom, uint32_t id, uint32_t off, const uint8_t *src, uint32_t size)
{
    const struct rom_segment *segment = rom_segment(rom, id);
    uint32_t page_size = segment->flash->geometry->page_size;
    rom->states[id].readable = false;
    while (size > 0) {
        uint32_t n = rom_min(size, page_size - (segment->off + off) % page_size);
        int err = flash_program(segment->flash, segment->off + off, src, n);
        if (err) {
            return rom_fail(rom, err, id, off,
                            err == -MPROM_EIO ? "the flash failed to program, or reads back differently"
                                              : flash_text(err));
        }
        off += n;
        src += n;
        size -= n;
    }
    return 0;
}

int rom_flash_erase(struct rom *rom, uint32_t id, uint32_t off, uint32_t size)
{
    const struct rom_segment *segment = rom_segment(rom, id);
    rom->states[id].readable = false;
    int err = flash_erase(segment->flash, segment->off + off, size);
    if (err) {
        rom_fail(rom, err, id, off,
                 err == -MPROM_EIO ? "the flash failed to erase, or is not blank afterwards" : flash_text(err));
    }
    return err;
}

int rom_flash_is_blank(struct rom *rom, uint32_t id, uint32_t off, uint32_t size)
{
    const struct rom_segment *segment = rom_segment(rom, id);
    int blank = flash_is_blank(segment->flash, segment->off + off, size);
    if (blank < 0) {
        rom_fail(rom, blank, id, off, flash_text(blank));
    }
    return blank;
}

int rom_flash_sync(struct rom *rom, uint32_t id)
{
    int err = flash_sync(rom_segment(rom, id)->flash);
    if (err) {
        rom_fail(rom, err, id, 0, flash_text(err));
    }
    return err;
}

uint32_t rom_block_off(const struct rom *rom, uint32_t id, uint32_t off)
{
    const struct rom_segment *segment = rom_segment(rom, id);
    uint32_t block_off = 0;
    uint32_t block_size = 0;
    flash_block_at(segment->flash, segment->off + off, &block_off, &block_size);
    return block_off - segment->off;
}

uint32_t rom_block_size(const struct rom *rom, uint32_t id, uint32_t off)
{
    const struct rom_segment *segment = rom_segment(rom, id);
    uint32_t block_off = 0;
    uint32_t block_size = 0;
    flash_block_at(segment->flash, segment->off + off, &block_off, &block_size);
    return block_size;
}

uint32_t rom_block_end(const struct rom *rom, uint32_t id, uint32_t end)
{
    return rom_block_off(rom, id, end - 1) + rom_block_size(rom, id, end - 1);
}

/* Whether none of the blocks in the range is blank: 1, 0 or an error. */
static int all_blocks_used(struct rom *rom, uint32_t id, uint32_t off, uint32_t end)
{
    while (off < end) {
        uint32_t size = rom_block_size(rom, id, off);
        int blank = rom_flash_is_blank(rom, id, off, size);
        if (blank != 0) {
            return blank < 0 ? blank : 0;
        }
        off += size;
    }
    return 1;
}

int64_t rom_erase_step(struct rom *rom, uint32_t id, uint32_t off, uint32_t limit)
{
    const struct rom_segment *segment = rom_segment(rom, id);
    uint32_t block_size = rom_block_size(rom, id, off);
    int blank = rom_flash_is_blank(rom, id, off, block_size);
    if (blank != 0) {
        return blank < 0 ? blank : (int64_t)block_size;
    }
    uint32_t size = flash_erase_size(segment->flash, segment->off + off, limit - off);
    while (size > block_size) {
        int used = all_blocks_used(rom, id, off + block_size, off + size);
        if (used < 0) {
            return used;
        }
        if (used == 1) {
            break;
        }
        size = flash_erase_size(segment->flash, segment->off + off, size - 1);
    }
    int err = rom_flash_erase(rom, id, off, size);
    return err ? err : (int64_t)size;
}

static bool is_block_boundary(const struct flash *flash, uint32_t off)
{
    uint32_t block_off;
    uint32_t block_size;
    return off == flash->geometry->size ||
           (flash_block_at(flash, off, &block_off, &block_size) == 0 && block_off == off);
}

/* The trailer's size in bytes; 0 without one. */
static uint32_t trailer_size(const struct rom *rom, uint32_t id)
{
    const struct rom_segment *segment = rom_segment(rom, id);
    return segment->has_trailer ? rom_block_size(rom, id, segment->size - 1) : 0;
}

static const char *find_fault_of_place(const struct rom_segment *segment)
{
    if (flash_check(segment->flash) != 0) {
        return "its flash has an impossible geometry or lacks an operation";
    }
    uint32_t flash_size = segment->flash->geometry->size;
    if (segment->size == 0 || segment->off > flash_size || segment->size > flash_size - segment->off) {
        return "it is empty or not inside its flash";
    }
    if (!is_block_boundary(segment->flash, segment->off) ||
        !is_block_boundary(segment->flash, segment->off + segment->size)) {
        return "it does not start and end with an erase block";
    }
    return NULL;
}

static const char *find_fault_of_trailer(const struct rom *rom, uint32_t id)
{
    const struct rom_segment *segment = rom_segment(rom, id);
    uint32_t size = trailer_size(rom, id);
    if (segment->group != ROM_GROUP_NONE && !segment->has_trailer) {
        return "it is a slot and has no trailer";
    }
    if (segment->has_trailer && (size >= segment->size || size < ROM_TRAILER_SIZE)) {
        return "its last erase block is no room for a trailer";
    }
    return NULL;
}

static const char *find_clash(const struct rom_segment *a, const struct rom_segment *b)
{
    if (strlen(a->name) == strlen(b->name) && memcmp(a->name, b->name, strlen(a->name)) == 0) {
        return "another segment has its name";
    }
    if (a->flash == b->flash && a->off < b->off + b->size && b->off < a->off + a->size) {
        return "it overlaps another segment";
    }
    return NULL;
}

static const char *find_fault(const struct rom *rom, uint32_t id)
{
    const struct rom_segment *segment = rom_segment(rom, id);
    if (segment->name == NULL || segment->name[0] == '\0') {
        return "it has no name";
    }
    const char *what = find_fault_of_place(segment);
    if (what == NULL) {
        what = find_fault_of_trailer(rom, id);
    }
    for (uint32_t other = 0; other < id && what == NULL; other++) {
        what = find_clash(segment, rom_segment(rom, other));
    }
    return what;
}

int rom_init(struct rom *rom, const struct rom_segment *segments, struct rom_state *states, uint32_t segment_count,
             const struct rom_hooks *hooks)
{
    memset(rom, 0, sizeof *rom);
    rom->segments = segments;
    rom->states = states;
    rom->segment_count = segment_count;
    rom->hooks = hooks;
    rom->error.other = ROM_SEGMENT_NONE;
    for (uint32_t id = 0; id < segment_count; id++) {
        const char *what = find_fault(rom, id);
        if (what != NULL) {
            return rom_fail(rom, -MPROM_EINVAL, id, 0, what);
        }
    }
    return 0;
}

uint32_t rom_segment_size(const struct rom *rom, uint32_t id)
{
    return rom_segment(rom, id)->size - trailer_size(rom, id);
}

const void *rom_segment_map(const struct rom *rom, uint32_t id)
{
    return flash_map(rom_segment(rom, id)->flash, rom_segment(rom, id)->off);
}

uint32_t rom_segment_block_size(const struct rom *rom, uint32_t id)
{
    uint32_t smallest = rom_block_size(rom, id, 0);
    for (uint32_t off = 0; off < rom_segment_size(rom, id); off += rom_block_size(rom, id, off)) {
        smallest = rom_min(smallest, rom_block_size(rom, id, off));
    }
    return smallest;
}

uint32_t rom_segment_blocks(const struct rom *rom, uint32_t id, uint32_t off, uint32_t *block_size)
{
    uint32_t size = rom_block_size(rom, id, off);
    uint32_t count = 0;
    for (; off < rom_segment_size(rom, id) && rom_block_size(rom, id, off) == size; off += size) {
        count++;
    }
    *block_size = size;
    return count;
}

int rom_read(struct rom *rom, uint32_t id, uint32_t off, void *dst, uint32_t size)
{
    int err = rom_enter(rom, id);
    if (err) {
        return err;
    }
    uint32_t room = rom_segment_size(rom, id);
    if (off > room || size > room - off) {
        return rom_fail(rom, -MPROM_EINVAL, id, off, "the range leaves the segment");
    }
    err = rom_flash_read(rom, id, off, dst, size);
    return err == -MPROM_EBADMSG ? rom_fail(rom, err, id, off, flash_text(err)) : err;
}
