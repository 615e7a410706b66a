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
struct romfs_source {
    /* Copies size bytes at off to dst. Returns 0 or a negative error, which ends the check and is its result. */
    int (*read)(void *ctx, uint32_t off, void *dst, uint32_t size);
    void *ctx;
    uint32_t size; /* bytes that can be read: the file, or the segment */
};

/* A source over memory: `struct romfs_source src = romfs_source_memory(&mem)`. Both live as long as the source. */
struct romfs_memory {
    const uint8_t *bytes;
    uint32_t size;
};
struct romfs_source romfs_source_memory(struct romfs_memory *mem);

enum romfs_fault {
    ROMFS_FAULT_NONE,
    ROMFS_FAULT_HEADER,        /* does not start with D2 CD 31 */
    ROMFS_FAULT_LENGTH,        /* the outer length does not fit the source */
    ROMFS_FAULT_LENGTH_PADDED, /* the outer length has more bytes than it needs, in an image with an info record or
                                  seal */
    ROMFS_FAULT_ODD_SIZE,      /* the whole image is not a multiple of 2 bytes; a note */
    ROMFS_FAULT_VARUINT,       /* a number does not fit 32 bits, or runs over the end of its record */
    ROMFS_FAULT_RECORD_BOUNDS, /* a record runs over the end of what encloses it */
    ROMFS_FAULT_UNUSED_KIND,   /* kind 0 */
    ROMFS_FAULT_NAME_BOUNDS,   /* a name runs over the end of its record */
    ROMFS_FAULT_NAME,          /* a name is empty, ".", "..", or holds '/' or NUL */
    ROMFS_FAULT_NAME_UTF8,     /* a name is not UTF-8; a note */
    ROMFS_FAULT_NAME_TWICE,    /* two entries of one directory have the same name; a note */
    ROMFS_FAULT_NO_DATA,       /* a file without a data record */
    ROMFS_FAULT_POINTER,       /* a data pointer leads out of the image's payload */
    ROMFS_FAULT_MISPLACED,     /* an info record, an index or a seal that is not in its place */
    ROMFS_FAULT_SKIPPED,       /* a record that no reader looks at where it is (an image in an image, an entry in a
                                  file), or no record behind the contents of a file; a note */
    ROMFS_FAULT_DEPTH,         /* directories nested deeper than the caller's levels */
    ROMFS_FAULT_INFO,          /* the info record breaks its format */
    ROMFS_FAULT_INDEX,         /* the index does not agree with the entries */
    ROMFS_FAULT_SEAL_MISSING,  /* the info record says sealed, and there is no seal at the end */
    ROMFS_FAULT_SEAL,          /* the checksum does not match */
    ROMFS_FAULT_TRAILING,      /* bytes behind the image that are neither all 00 nor all FF; a note */
    ROMFS_FAULT_COUNT
};

/* One sentence fragment in English for a fault, such as "record runs over the end of its directory". Never NULL. */
const char *romfs_fault_text(enum romfs_fault fault);

/*
 * Whether every reader copes with that: the image is unusual, as those of other tools may be, and works. The check
 * reports it like a fault, but only to those who ask with a flag.
 */
bool romfs_fault_is_note(enum romfs_fault fault);

/* What to look for besides the structure, the info record and the seal. */
enum romfs_check_flags {
    ROMFS_CHECK_NAMES = 1,    /* ROMFS_FAULT_NAME, ROMFS_FAULT_NAME_UTF8, ROMFS_FAULT_NAME_TWICE */
    ROMFS_CHECK_INDEX = 2,    /* ROMFS_FAULT_INDEX; each entry costs a binary search */
    ROMFS_CHECK_TRAILING = 4, /* ROMFS_FAULT_TRAILING; reads the whole source */
    ROMFS_CHECK_NO_SEAL = 8,  /* do not compute the checksum: no ROMFS_FAULT_SEAL, contents are not read */
    ROMFS_CHECK_UNUSUAL = 16, /* ROMFS_FAULT_ODD_SIZE, ROMFS_FAULT_SKIPPED */
};

/* A level of the check's stack: where an open directory ends, and how long its path is. */
struct romfs_check_level {
    uint32_t end;
    uint32_t path_size;
};

enum {
    ROMFS_WINDOW_SIZE = 64,
};

/*
 * Private to the check: the bytes of the source around the last one read. After the source has failed, `error` says
 * how, every byte reads as 0, and the source is left alone: kind 0 ends every loop over records.
 */
struct romfs_window {
    const struct romfs_source *source;
    int error;
    uint32_t off; /* of bytes[0] in the source */
    uint32_t size;
    uint8_t bytes[ROMFS_WINDOW_SIZE];
};

/* Private to the check: its state. Here so that it lies in the caller's memory and not on the stack. */
struct romfs_checker {
    struct romfs_check *check;
    struct romfs_window window;
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
struct romfs_check {
    const struct romfs_source *source;
    unsigned flags;                   /* enum romfs_check_flags */
    struct romfs_check_level *levels; /* the stack; one per depth of directories */
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
    int (*on_fault)(void *ctx, enum romfs_fault fault, uint32_t off, const char *path, uint32_t path_size);
    void *ctx;

    /* Results */
    enum romfs_fault first; /* the first fault, and where */
    uint32_t first_off;
    uint32_t fault_count;
    uint32_t image_size; /* bytes, header included; valid unless the fault is HEADER or LENGTH */
    uint32_t file_count;
    uint32_t dir_count;
    bool has_info;
    bool has_index;
    bool has_seal; /* of a known algorithm, whether or not it matches */
    uint32_t crc;  /* as the seal says, if there is one */

    struct romfs_checker checker;
};

/*
 * Checks the image at offset 0 of the source. After a fault it goes on where the record at fault ends, or if that
 * cannot be known, where the directory or file around it ends.
 *
 * Returns 0 if no fault was found, or
 *   -MPROM_ENODEV   there is no image (ROMFS_FAULT_HEADER), for instance a blank segment
 *   -MPROM_EBADMSG  at least one fault; see `first`, and on_fault for all of them
 *   another error   what source->read returned; nothing is known about the image then
 */
int romfs_check(struct romfs_check *check);

#endif
