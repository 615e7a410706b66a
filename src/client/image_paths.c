#include "client/image_paths.h"

#include "mprom/error.h"

#include <stdlib.h>
#include <string.h>

enum {
    LEVELS_MAX = 1024, /* the command accepts no image that is deeper */
};

int image_paths_open(struct image_paths *paths, const struct romfs *fs)
{
    struct romfs_entry root;
    *paths = (struct image_paths){.fs = fs};
    paths->levels = malloc(LEVELS_MAX * sizeof *paths->levels);
    paths->sizes = calloc(LEVELS_MAX + 2, sizeof *paths->sizes);
    /* The names of a path lie in one another's records, each behind a header: so all of it fits the image's size. */
    paths->path = malloc(fs->size);
    if (paths->levels == NULL || paths->sizes == NULL || paths->path == NULL) {
        return -MPROM_ENOMEM;
    }
    romfs_root(fs, &root);
    romfs_walk_open(&paths->walk, &root, paths->levels, LEVELS_MAX);
    return 0;
}

int image_paths_next(struct image_paths *paths, struct romfs_entry *entry)
{
    int result = romfs_walk_next(paths->fs, &paths->walk, entry);
    if (result <= 0) {
        return result;
    }
    size_t at = paths->sizes[paths->walk.depth - 1];
    if (at > 0) {
        paths->path[at++] = '/';
    }
    memcpy(paths->path + at, entry->name, entry->name_size);
    paths->path_size = at + entry->name_size;
    paths->sizes[paths->walk.depth] = paths->path_size;
    return 1;
}

void image_paths_close(struct image_paths *paths)
{
    free(paths->levels);
    free(paths->sizes);
    free(paths->path);
    *paths = (struct image_paths){0};
}

bool image_paths_ends(const struct image_paths *paths, const char *end)
{
    size_t size = strlen(end);
    return paths->path_size > size && memcmp(paths->path + paths->path_size - size, end, size) == 0;
}
