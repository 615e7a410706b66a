/*
 * The entries of an image with their whole paths, parents first.
 */
#ifndef MPROM_CLIENT_IMAGE_PATHS_H
#define MPROM_CLIENT_IMAGE_PATHS_H

#include "mprom/romfs.h"

struct mprom_image_paths {
    const struct mprom_romfs *fs;
    struct mprom_romfs_walk walk;
    struct mprom_romfs_level *levels;
    size_t *sizes; /* of the path of the open directory at each depth; that of the root, [0], is 0 */
    char *path;    /* of the entry returned last, '/' between names, no NUL behind it */
    size_t path_size;
};

/* Starts. Returns 0 or -MPROM_ENOMEM. Release with mprom_image_paths_close(), also after an error. */
int mprom_image_paths_open(struct mprom_image_paths *paths, const struct mprom_romfs *fs);

/* Moves on. Returns 1 and fills entry, 0 at the end, or as mprom_romfs_walk_next(). */
int mprom_image_paths_next(struct mprom_image_paths *paths, struct mprom_romfs_entry *entry);

void mprom_image_paths_close(struct mprom_image_paths *paths);

/* Whether the path ends like this. */
bool mprom_image_paths_ends(const struct mprom_image_paths *paths, const char *end);

#endif
