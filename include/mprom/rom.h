/*
 * Segments (ROM partitions) of a board, the update session that writes an image to one, and the choice of what to
 * boot. Freestanding; knows flash and images, not MicroPython.
 *
 * One `struct mprom_rom` describes a board. The board's code provides the tables, mprom_rom_init() connects them, and
 * everything below takes it as its first argument. Nothing here is reentrant: call from one thread, never from an
 * interrupt. Functions that touch flash block, but no call for longer than one block's erase plus what the call
 * itself names.
 *
 * Offsets and sizes are bytes; offsets count from the start of the segment. Errors are negative values of enum
 * mprom_error, and rom->error says in which segment, where and why (for the sentence that a user reads).
 *
 * Power may fail at any instant. A segment then holds the old image, nothing, or the complete new image; see
 * docs/update.md for the one exception (an image without a seal, without a trailer, on flash that cannot invalidate
 * its first unit).
 */
#ifndef MPROM_ROM_H
#define MPROM_ROM_H

#include "mprom/flash.h"
#include "mprom/romfs_check.h"

enum {
    MPROM_ROM_GROUP_NONE = 0,
    MPROM_ROM_LEVELS = 32,        /* directories may be nested this deep in an image that a board accepts */
    MPROM_ROM_WRITE_SIZE_MIN = 4, /* what op 3 returns: clients need not write in larger pieces */
    /* Bytes of the trailer's block that are used: its block is at least as large. */
    MPROM_ROM_TRAILER_SIZE = 5 * MPROM_FLASH_PROGRAM_SIZE_MAX,
    MPROM_ROM_SEGMENT_NONE = -1, /* mprom_rom_error.other: no segment */
};

/* A segment, constant. off and size are multiples of the erase blocks that they touch. */
struct mprom_rom_segment {
    const char *name; /* short, unique on the board, such as "rom0" */
    const struct mprom_flash *flash;
    uint32_t off;     /* in the flash */
    uint32_t size;    /* with the trailer */
    bool has_trailer; /* its last erase block is the trailer, hidden from clients */
    uint8_t
        group; /* segments of one group other than MPROM_ROM_GROUP_NONE are slots of one application, with trailers */
};

enum mprom_rom_image_state {
    MPROM_ROM_IMAGE_NONE,     /* no image: blank, or its first unit is invalid */
    MPROM_ROM_IMAGE_DAMAGED,  /* an image whose structure or seal is wrong */
    MPROM_ROM_IMAGE_UNSEALED, /* structure is sound; without a seal nothing more can be said */
    MPROM_ROM_IMAGE_SEALED,   /* structure is sound and the seal matches */
};

/* What a segment holds. */
struct mprom_rom_image {
    enum mprom_rom_image_state state;
    const char *what;             /* for DAMAGED: a constant sentence fragment; else NULL */
    enum mprom_romfs_fault fault; /* for DAMAGED; MPROM_ROMFS_FAULT_NONE if the flash cannot be read at fault_off */
    uint32_t fault_off;
    uint32_t size;      /* bytes of the image; 0 for NONE and DAMAGED */
    uint32_t long_size; /* for DAMAGED: bytes of a whole image that ends behind the segment; else 0 */
    uint32_t file_count;
    uint32_t crc; /* SEALED: as the seal says. UNSEALED: of all bytes, if the segment has a trailer; else 0 */
};

/*
 * What changes about a segment; RAM of the board, one for each segment, zeroed at start (a hard reset) and kept over
 * soft resets.
 */
struct mprom_rom_state {
    uint32_t generation; /* counts sessions that opened here: what was mapped before is void afterwards, and a
                            session that was opened with another count is no longer open */
    bool running;        /* boot or main of this segment runs: it cannot be written. The system above sets it */
    bool
        chosen; /* mprom_rom_boot_choose() returned this slot: it cannot be written. For mprom_rom_*() only, as is: */
    bool on_trial; /* the trial of its image began after the last hard reset */
    bool unlocked; /* mprom_rom_slot_unlock() was called, and no session has opened here since */
    bool left;     /* the board started from this slot, and leaves it: its image was rolled back from */
    bool kept;     /* the board goes back to this image after a rollback, and no session has broken it */
    bool readable; /* mprom_rom_make_readable() found no word that cannot be read, and nothing was written since */
    bool checked;  /* `image` is what mprom_rom_verify() found, and nothing was written since */
    struct mprom_rom_image image;
};

/* Why the last call failed. */
struct mprom_rom_error {
    int code; /* the negative error that was returned, 0 if none */
    uint32_t segment;
    uint32_t off;
    const char *what; /* a constant sentence fragment, such as "read back differs from what was written" */
    int other;        /* the slot to write instead of one that runs, or MPROM_ROM_SEGMENT_NONE */
};

enum mprom_rom_update_mode {
    MPROM_ROM_UPDATE_CLOSED,
    MPROM_ROM_UPDATE_STREAM, /* mprom_rom_update_*() */
    MPROM_ROM_UPDATE_IOCTL,  /* mprom_rom_prepare(), mprom_rom_write(), mprom_rom_complete() */
};

/* The session; one per board. For mprom_rom_*() only. */
struct mprom_rom_update {
    enum mprom_rom_update_mode mode;
    uint32_t segment;
    uint32_t end;         /* clients may write below: image_size, or the end of what is prepared */
    uint32_t written_end; /* bytes below were written or kept, in order */
    uint32_t erased_end;  /* blocks below are blank or were programmed in this session */
    uint32_t crc;         /* of the bytes below written_end */
    uint32_t first_size;  /* bytes at the start of the image that are held back */
    uint32_t tail_size;   /* bytes in tail that wait for the rest of their unit */
    uint8_t first[MPROM_FLASH_PROGRAM_SIZE_MAX]; /* the image's first unit, programmed last */
    uint8_t tail[MPROM_FLASH_PROGRAM_SIZE_MAX];
};

struct mprom_rom;

/* Where a check reads from: the flash of a segment, with what a session holds laid over it. For mprom_rom_*() only. */
struct mprom_rom_source {
    struct mprom_romfs_source source;
    uint32_t segment;
    const struct mprom_rom_update *overlay; /* its first unit and tail count as written; NULL: flash only */
    uint32_t bad_off;                       /* where the flash could not be read, after -MPROM_EBADMSG */
};

/* What rom needs of the system above; any may be NULL. */
struct mprom_rom_hooks {
    /* Called before the first byte of a segment changes: let go of what is mapped from it. */
    void (*release)(struct mprom_rom *rom, uint32_t segment);
};

struct mprom_rom {
    const struct mprom_rom_segment *segments;
    struct mprom_rom_state *states;
    uint32_t segment_count;
    const struct mprom_rom_hooks *hooks;
    struct mprom_rom_update update;
    struct mprom_rom_error error;
    struct mprom_rom_source
        source; /* this and the rest is memory of checks, kept off the stack. For mprom_rom_*() only */
    struct mprom_romfs_check check;
    struct mprom_romfs_check_level levels[MPROM_ROM_LEVELS];
};

/*
 * Connects the tables, which must live as long as rom, and checks them: flash and geometry, alignment of every
 * segment, no overlap on one flash, names, trailers. Closes any session. Returns 0, or -MPROM_EINVAL with rom->error
 * naming the segment.
 */
int mprom_rom_init(struct mprom_rom *rom, const struct mprom_rom_segment *segments, struct mprom_rom_state *states,
                   uint32_t segment_count, const struct mprom_rom_hooks *hooks);

/*
 * Divides a segment into `count` slots of one application, as large as each other and each with a trailer: for boards
 * whose ROM partition is one range. names[i] is the name of slots[i], whole->name is not used. group is not
 * MPROM_ROM_GROUP_NONE. slots must have room for count; what is left over at the end of the segment stays unused.
 *
 * Returns 0, or -MPROM_EINVAL if the erase blocks of the segment are not all of one size, or if they are too few for
 * so many slots of two blocks.
 */
int mprom_rom_segment_divide(const struct mprom_rom_segment *whole, uint32_t count, const char *const *names,
                             uint8_t group, struct mprom_rom_segment *slots);

/* Bytes that a client can use: without the trailer. id must be a valid segment. */
uint32_t mprom_rom_segment_size(const struct mprom_rom *rom, uint32_t id);

/* Where the CPU reads the segment, NULL if it cannot. id must be a valid segment. */
const void *mprom_rom_segment_map(const struct mprom_rom *rom, uint32_t id);

/* The smallest block that can be prepared (`rom_ioctl` op 6), bytes, > 0. id must be a valid segment. */
uint32_t mprom_rom_segment_block_size(const struct mprom_rom *rom, uint32_t id);

/*
 * The erase block at off, and how many of the same size follow one another from there on to the end of what a client
 * can use: that is returned, > 0. off is where a block starts, id a valid segment.
 */
uint32_t mprom_rom_segment_blocks(const struct mprom_rom *rom, uint32_t id, uint32_t off, uint32_t *block_size);

/*
 * For flash whose bad reads fault, before the CPU reads all of a segment as mprom_rom_segment_map() shows it;
 * elsewhere there is nothing to do. Blocks with units that cannot be read, as a power failure leaves them, are
 * erased, unless a part of a sound image lies in them, a session is open, or the segment runs. Of an image that
 * cannot be read the first block goes before. Probes the whole segment, but not again before something is written to
 * it. A block that an erase does not mend is marked, so that it is not erased again here (docs/update.md); every
 * other erase does that.
 *
 * Returns how many blocks that could not be read were erased, or -MPROM_ENOENT, -MPROM_EBADMSG if there is a unit in
 * one that may not be erased, -MPROM_EIO if one cannot be read although it was erased, now or at an earlier start, or
 * what mprom_flash_erase() or mprom_flash_program() returns.
 */
int mprom_rom_make_readable(struct mprom_rom *rom, uint32_t id);

/* Reads from a segment. Returns 0, or -MPROM_ENOENT, -MPROM_EINVAL, or what mprom_flash_read() returns. */
int mprom_rom_read(struct mprom_rom *rom, uint32_t id, uint32_t off, void *dst, uint32_t size);

/*
 * The update session.
 *
 * begin opens it: no other stream may be open (an unfinished mprom_rom_prepare() session is discarded), the segment
 * must not run, and if its group has a slot that runs, this may not be it. It releases what is mapped, makes the old
 * image invalid, and remembers image_size. From then on, until commit succeeds, the segment holds no image. Invalid
 * means: the first bytes of the header are programmed to the opposite of the erased value, before any erase; where a
 * unit may not be programmed often enough, the first block is marked as gone and erased instead.
 *
 * write appends bytes in chunks of any size; blocks are erased just ahead of them unless they are blank, one erase at
 * a time and with the largest that the bytes of this call fill. keep says that the next size bytes are those that the
 * segment already holds (a delta); off must be where the session stands, and the range must cover whole erase blocks
 * or end at image_size; block 0 cannot be kept, nor, on flash that erases to 00 and may not be programmed often enough
 * to break a header, a last block with other bytes behind the image; the range is read three times, to find what does
 * not read the same twice. commit checks that all image_size bytes arrived, reads everything back (structure and seal), and makes it
 * live by programming the first unit alone. abort closes the session and leaves the segment empty; without a session
 * it does nothing.
 *
 * Returns 0, or
 *   -MPROM_ENOENT    no such segment
 *   -MPROM_EINVAL    size, range or order wrong, or no session is open; nothing was touched, an open session stays
 *   -MPROM_EBUSY     the segment runs, or a session is open (begin); nothing was touched
 *   -MPROM_EPERM     the board goes back to the image of this slot (begin; mprom_rom_slot_unlock()); nothing was
 *                    touched
 *   -MPROM_ENOSPC    image_size is larger than the segment (begin; nothing was touched)
 *   -MPROM_EBADMSG   what was written is no whole, well-formed image (commit), or what is to be kept does not read
 *                    the same each time (keep); the session is closed, the segment empty
 *   -MPROM_EIO, -MPROM_ETIMEDOUT, -MPROM_EROFS
 *                    the flash failed; the session is closed, the segment empty (or, if begin failed, as it was)
 */
int mprom_rom_update_begin(struct mprom_rom *rom, uint32_t id, uint32_t image_size);
int mprom_rom_update_write(struct mprom_rom *rom, const void *bytes, size_t size);
int mprom_rom_update_keep(struct mprom_rom *rom, uint32_t off, uint32_t size);
int mprom_rom_update_commit(struct mprom_rom *rom);
void mprom_rom_update_abort(struct mprom_rom *rom);

/*
 * The same session for clients that speak `rom_ioctl` (ops 3, 4, 5; docs/update.md).
 *
 * prepare with off 0 discards any open session and begins one for size bytes; further ranges extend it, each starting
 * where the last one's blocks ended or inside what is prepared but not written; off, and size where off is not 0, are
 * multiples of mprom_rom_segment_block_size(). Nothing is erased yet: that happens just ahead of the data. write
 * takes off only where the session stands, so each byte once and in ascending order; zero bytes beyond the end of
 * what is prepared are dropped (a stock client pads its last chunk), any other byte there is refused. complete ends
 * the session: every byte up to the image's own outer length must have been written, if not the session stays open.
 *
 * Returns as above; prepare returns the minimum write size, > 0.
 */
int mprom_rom_prepare(struct mprom_rom *rom, uint32_t id, uint32_t off, uint32_t size);
int mprom_rom_write(struct mprom_rom *rom, uint32_t id, uint32_t off, const void *bytes, size_t size);
int mprom_rom_complete(struct mprom_rom *rom, uint32_t id);

/*
 * Erases a segment: its image is made invalid first, then its trailer and every block that is not blank are erased.
 * Discards an open session. Blocks for the erase of the whole segment. Returns as mprom_rom_update_begin().
 */
int mprom_rom_erase(struct mprom_rom *rom, uint32_t id);

enum mprom_rom_verify_mode {
    MPROM_ROM_VERIFY_START, /* structure; the seal only if no trailer vouches for this very digest. A second call
                               returns what the first found if nothing was written since */
    MPROM_ROM_VERIFY_FULL,  /* structure and seal, always read from flash */
};

/*
 * Checks the image in a segment. Reads the whole image once, except in START with a trailer that vouches for it.
 *
 * Returns 0 whatever the image's state, or -MPROM_ENOENT, or -MPROM_EIO or -MPROM_ETIMEDOUT if the flash failed.
 */
int mprom_rom_verify(struct mprom_rom *rom, uint32_t id, enum mprom_rom_verify_mode mode,
                     struct mprom_rom_image *image);

#endif
