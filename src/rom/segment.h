/*
 * Segments as the rest of src/rom sees them: checked access to their flash, with offsets from the segment's start and
 * every failure recorded in rom->error. Private to src/rom.
 */
#ifndef MPROM_ROM_SEGMENT_H
#define MPROM_ROM_SEGMENT_H

#include "mprom/rom.h"
#include "mprom/small.h"

/* For a function whose locals would lie below a deep call of its caller, were it inlined (scripts/stack-report). */
#define MPROM_ROM_OWN_FRAME __attribute__((noinline))

static inline const struct mprom_rom_segment *mprom_rom_segment(const struct mprom_rom *rom, uint32_t id)
{
    return &rom->segments[id];
}

/* Firmware that must be small has neither trailers nor groups: mprom_rom_init() refuses them there. */
static inline bool mprom_rom_has_trailer(const struct mprom_rom *rom, uint32_t id)
{
    return !MPROM_SMALL && rom->segments[id].has_trailer;
}

static inline uint8_t mprom_rom_group(const struct mprom_rom *rom, uint32_t id)
{
    return MPROM_SMALL ? MPROM_ROM_GROUP_NONE : rom->segments[id].group;
}

static inline const struct mprom_flash_geometry *mprom_rom_geometry(const struct mprom_rom *rom, uint32_t id)
{
    return rom->segments[id].flash->geometry;
}

/* Firmware that must be small gives no reasons in words: `what` stays NULL. */
#define MPROM_ROM_WHY(what) (MPROM_SMALL ? NULL : (what))

int mprom_rom_fail_why(struct mprom_rom *rom, int code, uint32_t segment, uint32_t off, const char *what);

/* Records why a call fails and returns code. */
static inline int mprom_rom_fail(struct mprom_rom *rom, int code, uint32_t segment, uint32_t off, const char *what)
{
    return mprom_rom_fail_why(rom, code, segment, off, MPROM_ROM_WHY(what));
}

/* Starts a call: no error yet. Returns 0, or -MPROM_ENOENT if there is no such segment. */
int mprom_rom_enter(struct mprom_rom *rom, uint32_t id);

/* -MPROM_EBUSY, with the slot to write instead, if the segment may not be written now; else 0. */
int mprom_rom_check_writable(struct mprom_rom *rom, uint32_t id);

/*
 * The flash of a segment, its trailer included. Each returns as its mprom_flash_*() twin, and records the offset of what
 * failed. mprom_rom_flash_read() records nothing for -MPROM_EBADMSG: what that means is the caller's affair.
 */
int mprom_rom_flash_read(struct mprom_rom *rom, uint32_t id, uint32_t off, void *dst, uint32_t size);
int mprom_rom_flash_program(struct mprom_rom *rom, uint32_t id, uint32_t off, const uint8_t *src, uint32_t size);
int mprom_rom_flash_erase(struct mprom_rom *rom, uint32_t id, uint32_t off, uint32_t size);
int mprom_rom_flash_is_blank(struct mprom_rom *rom, uint32_t id, uint32_t off, uint32_t size);
int mprom_rom_flash_sync(struct mprom_rom *rom, uint32_t id);

/* The smallest erase block that holds off, which is inside the segment: its start and its size. */
uint32_t mprom_rom_block_off(const struct mprom_rom *rom, uint32_t id, uint32_t off);
uint32_t mprom_rom_block_size(const struct mprom_rom *rom, uint32_t id, uint32_t off);

/* Where the block of the byte before `end` ends: `end` rounded up to whole blocks. end > 0. */
uint32_t mprom_rom_block_end(const struct mprom_rom *rom, uint32_t id, uint32_t end);

/*
 * Makes some bytes from off on blank, with at most one erase: off is the start of a block, limit the end of one, and
 * nothing at or behind limit is touched. The largest erase that holds no blank block is taken. Returns how many bytes
 * are blank now, > 0, or an error.
 */
int64_t mprom_rom_erase_step(struct mprom_rom *rom, uint32_t id, uint32_t off, uint32_t limit);

static inline uint32_t mprom_rom_min(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static inline uint32_t mprom_rom_round_up(uint32_t n, uint32_t unit)
{
    return (n + unit - 1) / unit * unit;
}

#endif
