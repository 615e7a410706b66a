/*
 * ROMFS images: reading and checking.
 *
 * An image is one record whose payload is a list of records (docs/format.md). The reader works in place on memory
 * that holds the image, mapped flash or a buffer; it copies nothing, allocates nothing, does not recurse and needs no
 * clean-up. Every byte of the image is taken for hostile: names, lengths and pointers are compared with what encloses
 * them before they are used, so no image can make a function read outside it, and the work of each call is bounded by
 * the number of bytes that it looks at.
 *
 * The image must stay readable and unchanged while a `struct mprom_romfs` or anything obtained from it is used.
 * Nothing here blocks, writes or keeps state, so all functions may be called from any thread at the same time.
 *
 * Errors are negative values of enum mprom_error.
 */
#ifndef MPROM_ROMFS_H
#define MPROM_ROMFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mprom/error.h"

/* Record kinds. A reader skips every kind that it does not know. */
enum mprom_romfs_kind {
    MPROM_ROMFS_KIND_UNUSED = 0, /* what follows it is corrupt */
    MPROM_ROMFS_KIND_PADDING = 1,
    MPROM_ROMFS_KIND_DATA = 2,         /* the contents themselves */
    MPROM_ROMFS_KIND_DATA_POINTER = 3, /* varuint size, varuint offset from the first byte of the image's payload */
    MPROM_ROMFS_KIND_DIR = 4,          /* varuint name size, name, nested records */
    MPROM_ROMFS_KIND_FILE = 5, /* varuint name size, name, nested records; the first data record is its contents */
    MPROM_ROMFS_KIND_IMAGE = 0x14a6b1,
    MPROM_ROMFS_KIND_INFO = 0x6d7001,  /* mprom: what the image says of itself; the first record */
    MPROM_ROMFS_KIND_INDEX = 0x6d7002, /* mprom: lookup table, directly before the seal */
    MPROM_ROMFS_KIND_SEAL = 0x6d7003,  /* mprom: checksum, the last bytes of the image */
    MPROM_ROMFS_KIND_TIME = 0x6d7004,  /* mprom: a file's time of modification */
};

enum {
    MPROM_ROMFS_HEADER_SIZE_MIN = 4, /* the empty image D2 CD 31 00 */
    MPROM_ROMFS_HEADER_SIZE_MAX = 8, /* kind and a minimal 32-bit length */
    MPROM_ROMFS_SEAL_SIZE = 10,      /* kind 4, length 1, algorithm 1, CRC-32 4 */
};

/* An image in memory. Fill it with mprom_romfs_open(); read-only for callers. */
struct mprom_romfs {
    const uint8_t *image; /* first byte of the header */
    uint32_t size;        /* bytes of the whole image, header included */
    uint32_t payload_off; /* bytes of the header */
    uint32_t index_off;   /* first slot of a usable index record, else 0 */
    uint32_t index_count; /* slots in it */
};

/* One directory or file. `name` is not NUL-terminated; the root's is empty. All pointers point into the image. */
struct mprom_romfs_entry {
    bool is_dir;
    uint32_t off; /* of its record in the image; 0 for the root */
    uint32_t name_size;
    const char *name;
    const uint8_t *data; /* a file's contents; a directory's nested records */
    uint32_t size;       /* bytes at data */
};

/*
 * Opens the image at the start of mem. mem_size is in bytes and may be larger than the image (a whole segment).
 *
 * Only the header and the outer length are looked at, and whether an index record of sound shape stands at the end;
 * use mprom_romfs_check() to know more. Constant time, unless something like an index stands at the end: then the
 * records at the top level are counted through to see whether it is one.
 *
 * Returns 0, or
 *   -MPROM_ENODEV   mem does not start with an image header, or the image says that it is larger than mem
 */
int mprom_romfs_open(struct mprom_romfs *fs, const void *mem, size_t mem_size);

/* The root directory of an open image. */
void mprom_romfs_root(const struct mprom_romfs *fs, struct mprom_romfs_entry *root);

/*
 * Finds path (path_size bytes, UTF-8, '/' between names; further slashes mean nothing, but behind a file there can be
 * none) below the directory `dir`, which came from this image, or below the root if dir is NULL. "" is the directory
 * itself. "." and ".." have no special meaning. entry may be where dir points to.
 *
 * Uses the index when there is one; scans otherwise, and when the index turns out to be damaged. If several entries
 * of a directory have the same name, the first counts.
 *
 * Returns 0 and fills entry, or
 *   -MPROM_ENOENT   no such name, or a name below a file
 *   -MPROM_EBADMSG  the record that holds it is corrupt, or corruption hides whether it exists
 */
int mprom_romfs_lookup(const struct mprom_romfs *fs, const struct mprom_romfs_entry *dir, const char *path,
                       size_t path_size, struct mprom_romfs_entry *entry);

/* Iterates over one directory, in the order of the image. */
struct mprom_romfs_dir {
    const uint8_t *pos;
    const uint8_t *end;
};

/* Starts at the first entry of dir, which came from this image. dir itself may be dropped afterwards. */
void mprom_romfs_dir_open(struct mprom_romfs_dir *it, const struct mprom_romfs_entry *dir);

/*
 * Moves to the next entry.
 *
 * Returns 1 and fills entry, 0 at the end, or
 *   -MPROM_EBADMSG  a record breaks the format; the iteration is over, and every further call says so
 */
int mprom_romfs_dir_next(const struct mprom_romfs *fs, struct mprom_romfs_dir *it, struct mprom_romfs_entry *entry);

/* Where the directory that is above an open one ends; an array of them is a walk's stack. */
struct mprom_romfs_level {
    const uint8_t *end;
};

/*
 * Walks a directory and everything below it, parents before children, in the order of the image. The caller gives
 * the stack of levels, which must live as long as the walk.
 */
struct mprom_romfs_walk {
    struct mprom_romfs_dir dir; /* the directory that is open, and where in it the walk stands */
    struct mprom_romfs_level *levels;
    uint32_t level_count;
    uint32_t open_count; /* levels in use */
    uint32_t depth;      /* of the entry returned last; 1 directly below the start */
};

/* Starts below dir. With n levels the walk enters directories at the depths 1 to n. */
void mprom_romfs_walk_open(struct mprom_romfs_walk *walk, const struct mprom_romfs_entry *dir,
                           struct mprom_romfs_level *levels, uint32_t level_count);

/*
 * Moves to the next entry; walk->depth tells how deep it lies.
 *
 * Returns 1 and fills entry, 0 at the end, or
 *   -MPROM_EBADMSG  a record breaks the format; the walk is over, and every further call says so
 *   -MPROM_ELOOP    a directory at a depth above level_count; likewise
 */
int mprom_romfs_walk_next(const struct mprom_romfs *fs, struct mprom_romfs_walk *walk,
                          struct mprom_romfs_entry *entry);

/* What the info record says. Text points into the image. */
struct mprom_romfs_info {
    const char *label; /* not NUL-terminated; NULL if absent */
    uint32_t label_size;
    const char *builder; /* version text of the builder; NULL if absent */
    uint32_t builder_size;
    uint64_t build_time; /* Unix seconds; 0 if absent */
    uint32_t align;      /* bytes; what the image's start must be a multiple of; 1 if absent */
    const uint8_t *mpy;  /* the first 4 bytes of the .mpy headers in it; NULL if absent */
    bool sealed;         /* the image must end in a seal */
};

/*
 * Reads the info record.
 *
 * Returns 1, or 0 if the image has none (info is then all defaults), or
 *   -MPROM_EBADMSG  the record breaks the format
 */
int mprom_romfs_info_read(const struct mprom_romfs *fs, struct mprom_romfs_info *info);

/*
 * Looks for the seal without computing anything.
 *
 * Returns 1 and the stored checksum if the image ends in a seal of a known algorithm, 0 if it does not end in one.
 */
int mprom_romfs_seal_read(const struct mprom_romfs *fs, uint32_t *crc);

/* CRC-32 (IEEE 802.3, reflected, as zlib). Start with crc 0 and pass the result on for the next part. */
uint32_t mprom_romfs_crc32(uint32_t crc, const void *data, size_t size);

#endif
