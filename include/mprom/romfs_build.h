/*
 * ROMFS images: building. Host code: allocates, reads files, may use threads.
 *
 * A build collects directories and files in any order, then lays them out and writes the image in one pass. The same
 * entries and options give the same bytes, whatever the order in which they were added. Contents given by memory are
 * not copied; contents given by a host path are read when the image is written, in pieces, so that a tree may be
 * larger than the heap.
 *
 * A build is used by one thread at a time. Errors are negative values of enum mprom_error or of errno (the numbers
 * agree); mprom_romfs_build_error() has the sentence for people.
 */
#ifndef MPROM_ROMFS_BUILD_H
#define MPROM_ROMFS_BUILD_H

#include "mprom/romfs.h"

/* Alignment for the contents of files whose name matches. */
struct mprom_romfs_build_align {
    const char *pattern; /* fnmatch(3) pattern, matched against the last name, or the whole path if it holds '/', one
                            at its start left out */
    uint32_t align;      /* bytes; a power of two, 1 to 65536 */
};

struct mprom_romfs_build_options {
    uint32_t align;                               /* bytes; least alignment of contents; 0 means 4 */
    const struct mprom_romfs_build_align *aligns; /* the first that matches counts */
    size_t align_count;
    bool align_types;    /* files that no pattern matches: at least what their type needs (docs/defaults.md) */
    const char *label;   /* UTF-8, up to 4096 bytes, or NULL for none */
    uint64_t build_time; /* Unix seconds; 0 for none */
    const uint8_t *mpy;  /* first 4 bytes of the .mpy headers in the tree, or NULL */
    /*
     * An earlier image, of any origin, or NULL: what it has in common with this one stays where it is there, as far
     * as that is possible without an image larger by a quarter. Bytes that are no image are as none.
     */
    const uint8_t *base;
    size_t base_size;
    uint32_t
        size_max;  /* bytes; the image must fit: a layout like the base's becomes tighter for it. 0 for no limit */
    bool no_info;  /* leave out the info record, */
    bool no_index; /* the index, */
    bool no_seal;  /* the seal */
};

struct mprom_romfs_build; /* opaque */

/* Options and all they point to must live as long as the build. Returns NULL if out of memory. */
struct mprom_romfs_build *mprom_romfs_build_new(const struct mprom_romfs_build_options *options);
void mprom_romfs_build_free(struct mprom_romfs_build *build);

/* The sentence for the last error of this build, "" if there was none. Owned by the build. */
const char *mprom_romfs_build_error(const struct mprom_romfs_build *build);

/*
 * Adds a directory; its parents are added as needed; adding one twice is no error. path has names between '/', UTF-8.
 *
 * Returns 0, or
 *   -MPROM_EINVAL        a name that a board could not use: empty, ".", "..", not UTF-8, longer than 32767 bytes
 *   -MPROM_EEXIST        a file has this path or that of a parent; for a file also: a directory has it
 *   -MPROM_ENOMEM
 */
int mprom_romfs_build_add_dir(struct mprom_romfs_build *build, const char *path);

/*
 * Adds a file whose contents are size bytes at data, which must stay unchanged until the build is freed. mtime is its
 * time of modification in Unix seconds, or 0 for none. Returns as mprom_romfs_build_add_dir().
 */
int mprom_romfs_build_add_file(struct mprom_romfs_build *build, const char *path, const void *data, size_t size,
                               uint64_t mtime);

/*
 * Adds a file whose contents are read from host_path (copied) when the image is written. size is what it holds now;
 * if it holds something else by then, the build fails. Returns as mprom_romfs_build_add_dir().
 */
int mprom_romfs_build_add_host_file(struct mprom_romfs_build *build, const char *path, const char *host_path,
                                    uint64_t size, uint64_t mtime);

/* What a finished build says of itself. */
struct mprom_romfs_build_summary {
    uint32_t file_count;
    uint32_t dir_count;
    uint32_t image_size;   /* bytes */
    uint32_t shared_count; /* files whose contents are stored with another file's */
    uint64_t shared_size;  /* bytes saved by that */
    uint32_t kept_count;   /* directories and files that stand where they do in the base; 0: all was laid out anew */
    uint32_t crc;          /* the seal's checksum; 0 without a seal */
};

/* Takes the image piece by piece, in order. Returns 0 or a negative error, which ends the build. */
typedef int mprom_romfs_build_sink(void *ctx, const void *data, size_t size);

/*
 * Lays out the image and hands it to sink. It may be called again, for instance when the sink has failed.
 *
 * Returns 0 and fills summary (may be NULL), or
 *   -MPROM_EINVAL  an option is out of range; nothing was handed to sink
 *   -MPROM_EFBIG   the image would be larger than 4 GiB - 2; nothing was handed to sink
 *   -MPROM_ENOSPC  the image would be larger than size_max, however it is laid out; nothing was handed to sink
 *   -MPROM_EIO     a host file changed or could not be read
 *   -MPROM_ENOMEM
 *   what sink returned
 */
int mprom_romfs_build_write(struct mprom_romfs_build *build, mprom_romfs_build_sink *sink, void *ctx,
                            struct mprom_romfs_build_summary *summary);

/* The same into a new buffer, *image, which the caller frees. */
int mprom_romfs_build_write_memory(struct mprom_romfs_build *build, uint8_t **image, size_t *size,
                                   struct mprom_romfs_build_summary *summary);

#endif
