/*
 * The entries of an image with their whole paths, parents first.
 */
#ifndef MPROM_CLIENT_IMAGE_PATHS_H
#define MPROM_CLIENT_IMAGE_PATHS_H

#include "mprom/romfs.h"

struct image_paths {
    const struct romfs *fs;
    struct romfs_walk walk;
    struct romfs_level *levels;
    size_t *sizes; /* of the path of the open directory at each depth; that of the root, [0], is 0 */
    char *path;    /* of the entry returned last, '/' between names, no NUL behind it */
    size_t path_size;
};

/* Starts. Returns 0 or -MPROM_ENOMEM. Release with image_paths_close(), also after an error. */
int image_paths_open(struct image_paths *paths, const struct romfs *fs);

/* Moves on. Returns 1 and fills entry, 0 at the end, or as romfs_walk_next(). */
int image_paths_next(struct image_paths *paths, struct romfs_entry *entry);

void image_paths_close(struct image_paths *paths);

/* Whether the path ends like this. */
bool image_paths_ends(const struct image_paths *paths, const char *end);

#endif
