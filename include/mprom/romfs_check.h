/*
 * ROMFS images: the structural check and the seal.
 *
 * The check reads through a callback, so that it also serves an image of which a part is still held in RAM. It reads
 * record headers and names (twice for names and index), and, if there is a seal, every byte once; it needs no memory
 * but what the caller hands in and less than 512 bytes of stack. Whatever the bytes say, its work grows with the size
 * of the image, and with names or index with n log n. Same rules of hostility as romfs.h.
 */
#ifndef MPROM_ROMFS_CHECK_H
#define MPROM_ROMFS_CHECK_H

#include "mprom/romfs.h"

/* Where the check reads from. */
struct mprom_romfs_source {
    /* Copies size bytes at off to dst. Returns 0 or a negative error, which ends the check and is its result. */
    int (*read)(void *ctx, uint32_t off, void *dst, uint32_t size);
    void *ctx;
    uint32_t size; /* bytes that can be read: the file, or the segment */
};

/*
 * A source over memory: `struct mprom_romfs_source src = mprom_romfs_source_memory(&mem)`. Both live as long as the
 * source.
 */
struct mprom_romfs_memory {
    const uint8_t *bytes;
    uint32_t size;
};
struct mprom_romfs_source mprom_romfs_source_memory(struct mprom_romfs_memory *mem);

enum mprom_romfs_fault {
    MPROM_ROMFS_FAULT_NONE,
    MPROM_ROMFS_FAULT_HEADER,        /* does not start with D2 CD 31 */
    MPROM_ROMFS_FAULT_LENGTH,        /* the outer length does not fit the source */
    MPROM_ROMFS_FAULT_LENGTH_PADDED, /* the outer length has more bytes than it needs, in an image with an info
                                        record or seal */
    MPROM_ROMFS_FAULT_ODD_SIZE,      /* the whole image is not a multiple of 2 bytes; a note */
    MPROM_ROMFS_FAULT_VARUINT,       /* a number does not fit 32 bits, or runs over the end of its record */
    MPROM_ROMFS_FAULT_RECORD_BOUNDS, /* a record runs over the end of what encloses it */
    MPROM_ROMFS_FAULT_UNUSED_KIND,   /* kind 0 */
    MPROM_ROMFS_FAULT_NAME_BOUNDS,   /* a name runs over the end of its record */
    MPROM_ROMFS_FAULT_NAME,          /* a name is empty, ".", "..", or holds '/' or NUL */
    MPROM_ROMFS_FAULT_NAME_UTF8,     /* a name is not UTF-8; a note */
    MPROM_ROMFS_FAULT_NAME_TWICE,    /* two entries of one directory have the same name; a note */
    MPROM_ROMFS_FAULT_NO_DATA,       /* a file without a data record */
    MPROM_ROMFS_FAULT_POINTER,       /* a data pointer leads out of the image's payload */
    MPROM_ROMFS_FAULT_MISPLACED,     /* an info record, an index or a seal that is not in its place */
    MPROM_ROMFS_FAULT_SKIPPED, /* a record that no reader looks at where it is (an image in an image, an entry in a
                                  file), or no record behind the contents of a file; a note */
    MPROM_ROMFS_FAULT_DEPTH,   /* directories nested deeper than the caller's levels */
    MPROM_ROMFS_FAULT_INFO,    /* the info record breaks its format */
    MPROM_ROMFS_FAULT_INDEX,   /* the index does not agree with the entries */
    MPROM_ROMFS_FAULT_SEAL_MISSING, /* the info record says sealed, and there is no seal at the end */
    MPROM_ROMFS_FAULT_SEAL,         /* the checksum does not match */
    MPROM_ROMFS_FAULT_TRAILING,     /* bytes behind the image that are neither all 00 nor all FF; a note */
    MPROM_ROMFS_FAULT_COUNT
};

/* One sentence fragment in English for a fault, such as "record runs over the end of its directory". Never NULL. */
const char *mprom_romfs_fault_text(enum mprom_romfs_fault fault);

/*
 * Whether every reader copes with that: the image is unusual, as those of other tools may be, and works. The check
 * reports it like a fault, but only to those who ask with a flag.
 */
bool mprom_romfs_fault_is_note(enum mprom_romfs_fault fault);

/* What to look for besides the structure, the info record and the seal. */
enum mprom_romfs_check_flags {
    MPROM_ROMFS_CHECK_NAMES =
        1, /* MPROM_ROMFS_FAULT_NAME, MPROM_ROMFS_FAULT_NAME_UTF8, MPROM_ROMFS_FAULT_NAME_TWICE */
    MPROM_ROMFS_CHECK_INDEX = 2,    /* MPROM_ROMFS_FAULT_INDEX; each entry costs a binary search */
    MPROM_ROMFS_CHECK_TRAILING = 4, /* MPROM_ROMFS_FAULT_TRAILING; reads the whole source */
    MPROM_ROMFS_CHECK_NO_SEAL = 8, /* do not compute the checksum: no MPROM_ROMFS_FAULT_SEAL, contents are not read */
    MPROM_ROMFS_CHECK_UNUSUAL = 16, /* MPROM_ROMFS_FAULT_ODD_SIZE, MPROM_ROMFS_FAULT_SKIPPED */
};

/* A level of the check's stack: where an open directory ends, and how long its path is. */
struct mprom_romfs_check_level {
    uint32_t end;
    uint32_t path_size;
};

enum {
    MPROM_ROMFS_WINDOW_SIZE = 64,
};

/*
 * Private to the check: the bytes of the source around the last one read. After the source has failed, `error` says
 * how, every byte reads as 0, and the source is left alone: kind 0 ends every loop over records.
 */
struct mprom_romfs_window {
    const struct mprom_romfs_source *source;
    int error;
    uint32_t off; /* of bytes[0] in the source */
    uint32_t size;
    uint8_t bytes[MPROM_ROMFS_WINDOW_SIZE];
};

/* Private to the check: its state. Here so that it lies in the caller's memory and not on the stack. */
struct mprom_romfs_checker {
    struct mprom_romfs_check *check;
    struct mprom_romfs_window window;
    uint32_t payload_off;
    uint32_t path_size;
    uint32_t index_off; /* the record in the place of an index; 0 if there is none */
    uint32_t seal_off;  /* the record in the place of a seal; 0 if there is none */
    uint32_t slots_off; /* the first slot of an index to compare the entries with; 0 if there is none */
    uint32_t slot_count;
    bool over;   /* the caller has heard enough */
    bool lost;   /* part of the image could not be looked at */
    bool sealed; /* the info record says so */
};

/* A check in progress. The caller fills the first part, zeroes the rest, and owns all that it points to. */
struct mprom_romfs_check {
    const struct mprom_romfs_source *source;
    unsigned flags;                         /* enum mprom_romfs_check_flags */
    struct mprom_romfs_check_level *levels; /* the stack; one per depth of directories */
    uint32_t level_count;
    char *path; /* room for the path that a fault is reported with, or NULL for none */
    uint32_t path_room;
    /*
     * Room for sorting the names of one directory, or NULL. Equal names are found in a directory whose entries are
     * sorted by name, as mprom builds them; in others only if there are no more entries than sort_room.
     */
    uint32_t *sort;
    uint32_t sort_room;
    /*
     * Told of each fault: where (the first byte of the record at fault, counted from the start of the image), and in
     * which entry ("" for the image itself; cut at path_room; bytes as they stand in the image, path is not
     * NUL-terminated). A non-zero return ends the check. NULL: the check ends at the first fault.
     */
    int (*on_fault)(void *ctx, enum mprom_romfs_fault fault, uint32_t off, const char *path, uint32_t path_size);
    void *ctx;

    /* Results */
    enum mprom_romfs_fault first; /* the first fault, and where */
    uint32_t first_off;
    uint32_t fault_count;
    uint32_t image_size; /* bytes, header included; valid unless the fault is HEADER or LENGTH */
    uint32_t file_count;
    uint32_t dir_count;
    bool has_info;
    bool has_index;
    bool has_seal; /* of a known algorithm, whether or not it matches */
    uint32_t crc;  /* as the seal says, if there is one */

    struct mprom_romfs_checker checker;
};

/*
 * Checks the image at offset 0 of the source. After a fault it goes on where the record at fault ends, or if that
 * cannot be known, where the directory or file around it ends.
 *
 * Returns 0 if no fault was found, or
 *   -MPROM_ENODEV   there is no image (MPROM_ROMFS_FAULT_HEADER), for instance a blank segment
 *   -MPROM_EBADMSG  at least one fault; see `first`, and on_fault for all of them
 *   another error   what source->read returned; nothing is known about the image then
 */
int mprom_romfs_check(struct mprom_romfs_check *check);

#endif
