/*
 * Reading a file's contents piece by piece, from memory or from the PC's filesystem.
 *
 * A host file is opened for as long as it is read. It must have the size that it was added with and, when it is read
 * more than once, the same time of modification each time; anything else is -MPROM_EIO, so that an image never holds
 * a part of one version and a part of another.
 */
#ifndef MPROM_ROMFS_BUILD_CONTENTS_H
#define MPROM_ROMFS_BUILD_CONTENTS_H

#include <sys/types.h>

#include "romfs/build.h"

struct mprom_build_contents {
    struct mprom_romfs_build *build;
    struct mprom_build_node *file;
    uint64_t pos;
    int fd; /* -1 for contents in memory */
};

/* Starts at the first byte. Returns 0 or a negative error; only after 0 it must be closed. */
int mprom_build_contents_open(struct mprom_build_contents *contents, struct mprom_romfs_build *build,
                              struct mprom_build_node *file);

/*
 * Copies the next size bytes, or what is left if that is less, to dst.
 *
 * Returns how many they were, 0 at the end, or a negative error.
 */
ssize_t mprom_build_contents_read(struct mprom_build_contents *contents, void *dst, size_t size);

void mprom_build_contents_close(struct mprom_build_contents *contents);

/* CRC-32 of the whole contents. Returns 0 or a negative error. */
int mprom_build_contents_crc(struct mprom_romfs_build *build, struct mprom_build_node *file, uint32_t *crc);

/* Compares two files of the same size. Returns 1 if they are equal, 0 if not, or a negative error. */
int mprom_build_contents_equal(struct mprom_romfs_build *build, struct mprom_build_node *a,
                               struct mprom_build_node *b);

#endif
