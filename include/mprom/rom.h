/*
 * Segments (ROM partitions) of a board, the update session that writes an image to one, and the choice of what to
 * boot. Freestanding; knows flash and images, not MicroPython.
 *
 * One `struct rom` describes a board. The board's code provides the tables, rom_init() connects them, and everything
 * below takes it as its first argument. Nothing here is reentrant: call from one thread, never from an interrupt.
 * Functions that touch flash block, but no call for longer than one block's erase plus what the call itself names.
 *
 * Offsets and sizes are bytes; offsets count from the start of the segment. Errors are negative values of enum
 * mprom_error, and rom->error says in which segment, where and why (for the sentence that a user reads).
 *
 * Power may fail at any instant. A segment then holds the old image, nothing, or the complete new image; see
 * docs/update.md for the one exception (an image without a seal on flash that cannot invalidate its first unit).
 */
#ifndef MPROM_ROM_H
#define MPROM_ROM_H

#include "mprom/flash.h"
#include "mprom/romfs_check.h"

enum {
    ROM_GROUP_NONE = 0,
    ROM_LEVELS = 32, /* directories may be nested this deep in an image that a board accepts */
};

/* A segment, constant. off and size are multiples of the erase blocks that they touch. */
struct rom_segment {
    const char *name; /* short, unique on the board, such as "rom0" */
    const struct flash *flash;
    uint32_t off;     /* in the flash */
    uint32_t size;    /* with the trailer */
    bool has_trailer; /* its last erase block is the trailer, hidden from clients */
    uint8_t group;    /* segments of one group other than ROM_GROUP_NONE are slots of one application */
};

/* What changes about a segment; RAM of the board, one for each segment, zeroed at start. */
struct rom_state {
    uint32_t generation; /* counts sessions that opened here: what was mapped before is void afterwards */
    bool running;        /* boot or main of this segment runs: it cannot be written */
};

/* Why the last call failed. */
struct rom_error {
    int code; /* the negative error that was returned, 0 if none */
    uint32_t segment;
    uint32_t off;
    const char *what; /* a constant sentence fragment, such as "read back differs from what was written" */
};

enum rom_update_mode {
    ROM_UPDATE_CLOSED,
    ROM_UPDATE_STREAM, /* rom_update_*() */
    ROM_UPDATE_IOCTL,  /* rom_prepare(), rom_write(), rom_complete() */
};

/* The session; one per board. For rom_*() only. */
struct rom_update {
    enum rom_update_mode mode;
    uint32_t segment;
    uint32_t prepared_end;                 /* clients may write below */
    uint32_t written_end;                  /* bytes below were written or kept, in order */
    uint32_t erased_end;                   /* blocks below are blank or already programmed in this session */
    uint32_t unit_size;                    /* bytes held back, and of tail */
    uint32_t tail_size;                    /* bytes in tail that wait for the rest of their unit */
    uint8_t first[FLASH_PROGRAM_SIZE_MAX]; /* the image's first unit, programmed last */
    uint8_t tail[FLASH_PROGRAM_SIZE_MAX];
};

struct rom;

/* What rom needs of the system above; any may be NULL. */
struct rom_hooks {
    /* Called before the first byte of a segment changes: let go of what is mapped from it. */
    void (*release)(struct rom *rom, uint32_t segment);
};

struct rom {
    const struct rom_segment *segments;
    struct rom_state *states;
    uint32_t segment_count;
    const struct rom_hooks *hooks;
    struct rom_update update;
    struct rom_error error;
};

/*
 * Connects the tables, which must live as long as rom, and checks them: geometry, alignment of every segment, no
 * overlap on one flash, names. Returns 0, or -MPROM_EINVAL with rom->error naming the segment.
 */
int rom_init(struct rom *rom, const struct rom_segment *segments, struct rom_state *states, uint32_t segment_count,
             const struct rom_hooks *hooks);

/* Bytes that a client can use: without the trailer. id must be a valid segment. */
uint32_t rom_segment_size(const struct rom *rom, uint32_t id);

/* Where the CPU reads the segment, NULL if it cannot. id must be a valid segment. */
const void *rom_segment_map(const struct rom *rom, uint32_t id);

/* The smallest block that can be prepared (`rom_ioctl` op 6), bytes, > 0. id must be a valid segment. */
uint32_t rom_segment_block_size(const struct rom *rom, uint32_t id);

/* Reads from a segment. Returns 0, or -MPROM_ENOENT, -MPROM_EINVAL, or what flash_read() returns. */
int rom_read(struct rom *rom, uint32_t id, uint32_t off, void *dst, uint32_t size);

/*
 * The update session.
 *
 * begin opens it: nothing else may be open, the segment must not run, and if its group has a slot that runs, this may
 * not be it. It releases what is mapped, makes the old image invalid where the flash allows it (before any erase),
 * and remembers image_size. From then on, until commit succeeds, the segment counts as empty.
 *
 * write appends bytes in chunks of any size; blocks are erased just ahead of them unless they are blank. keep says
 * that the next size bytes are those that the segment already holds (a delta); off must be where the session stands
 * and cover whole erase blocks, or end at image_size; block 0 cannot be kept. commit checks that all image_size bytes
 * arrived, reads everything back (structure and seal), and makes it live by programming the first unit alone. abort
 * closes the session and leaves the segment empty.
 *
 * Returns 0, or
 *   -MPROM_ENOENT    no such segment
 *   -MPROM_EINVAL    size, range or order wrong; no session is open; the bytes written so far stay as they are
 *   -MPROM_EBUSY     the segment runs, or a session is open (begin)
 *   -MPROM_ENOSPC    image_size is larger than the segment (begin; nothing was touched)
 *   -MPROM_EBADMSG   what was written is no whole, well-formed image (commit); the segment is empty
 *   -MPROM_EIO, -MPROM_ETIMEDOUT, -MPROM_EROFS  the flash failed; the session is closed, the segment empty
 */
int rom_update_begin(struct rom *rom, uint32_t id, uint32_t image_size);
int rom_update_write(struct rom *rom, const void *bytes, size_t size);
int rom_update_keep(struct rom *rom, uint32_t off, uint32_t size);
int rom_update_commit(struct rom *rom);
void rom_update_abort(struct rom *rom);

/*
 * The same session for clients that speak `rom_ioctl` (ops 3, 4, 5; docs/ioctl.md).
 *
 * prepare with off 0 discards an open session and begins; further ranges extend it, each starting where the last
 * ended or inside what is prepared. size is rounded up to whole blocks by the caller's choice of range; the result is
 * the minimum write size (4 for the form with length only, as MicroPython's). write takes any offset inside what is
 * prepared, once for each byte and in ascending order; zero bytes beyond the segment's end are dropped (a stock
 * client pads its last chunk). complete ends it: every byte up to the image's own outer length must have been
 * written.
 *
 * Returns as above; prepare returns the minimum write size, > 0.
 */
int rom_prepare(struct rom *rom, uint32_t id, uint32_t off, uint32_t size);
int rom_write(struct rom *rom, uint32_t id, uint32_t off, const void *bytes, size_t size);
int rom_complete(struct rom *rom, uint32_t id);

/* Erases a segment (its image is made invalid first; its trailer too). Returns as rom_update_begin(). */
int rom_erase(struct rom *rom, uint32_t id);

enum rom_image_state {
    ROM_IMAGE_NONE,     /* no image: blank, or its first unit is invalid */
    ROM_IMAGE_DAMAGED,  /* an image whose structure or seal is wrong */
    ROM_IMAGE_UNSEALED, /* structure is sound; without a seal nothing more can be said */
    ROM_IMAGE_SEALED,   /* structure is sound and the seal matches */
};

/* What a segment holds. */
struct rom_image {
    enum rom_image_state state;
    enum romfs_fault fault; /* for DAMAGED */
    uint32_t fault_off;
    uint32_t size; /* bytes of the image; 0 for NONE */
    uint32_t file_count;
    uint32_t crc; /* for SEALED */
};

enum rom_verify_mode {
    ROM_VERIFY_START, /* structure; the seal only if no trailer vouches for this very digest */
    ROM_VERIFY_FULL,  /* structure and seal */
};

/*
 * Checks the image in a segment. Reads the whole image once, except in START with a trailer that vouches for it.
 *
 * Returns 0 whatever the image's state, or -MPROM_ENOENT, -MPROM_EIO.
 */
int rom_verify(struct rom *rom, uint32_t id, enum rom_verify_mode mode, struct rom_image *image);

/* What a slot's trailer says about the image in it. */
struct rom_slot {
    bool valid; /* the trailer is whole and speaks of the image that is there */
    uint32_t sequence;
    uint32_t crc;
    bool passed;    /* the seal has been checked at least once */
    bool tried;     /* its main was started */
    bool confirmed; /* romfs.confirm(), or deployed with --confirm */
    bool rejected;  /* rolled back from */
};

/*
 * Reads the trailer of a segment. Returns 0, -MPROM_ENOENT, -MPROM_EOPNOTSUPP if the segment has none, -MPROM_EIO.
 */
int rom_slot_read(struct rom *rom, uint32_t id, struct rom_slot *slot);

/*
 * Chooses the segment to start from: segment 0 if it is in no group, else the slot of its group with the highest
 * sequence whose image is sound and which has not failed its trial (tried but not confirmed before this hard reset).
 * hard_reset says whether this start is one. Remember the result until the next hard reset.
 *
 * Returns the segment's id, or -MPROM_ENOENT if none can be started.
 */
int rom_boot_choose(struct rom *rom, bool hard_reset);

/* Marks: a slot's main starts; the image in it is good; go back to the other one at the next hard reset.
 * Returns 0, -MPROM_ENOENT, -MPROM_EOPNOTSUPP without a trailer, -MPROM_EPERM (rollback: no other image), -MPROM_EIO.
 */
int rom_slot_mark_tried(struct rom *rom, uint32_t id);
int rom_slot_confirm(struct rom *rom, uint32_t id);
int rom_slot_rollback(struct rom *rom, uint32_t id);

#endif
