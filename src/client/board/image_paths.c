#include "client/board/image_paths.h"

#include "mprom/error.h"

#include <stdlib.h>
#include <string.h>

enum {
    LEVELS_MAX = 1024, /* the command accepts no image that is deeper */
};

int mprom_image_paths_open(struct mprom_image_paths *paths, const struct mprom_romfs *fs)
{
    struct mprom_romfs_entry root;
    *paths = (struct mprom_image_paths){.fs = fs};
    paths->levels = malloc(LEVELS_MAX * sizeof *paths->levels);
    paths->sizes = calloc(LEVELS_MAX + 2, sizeof *paths->sizes);
    /* The names of a path lie in one another's records, each behind a header: so all of it fits the image's size. */
    paths->path = malloc(fs->size);
    if (paths->levels == NULL || paths->sizes == NULL || paths->path == NULL) {
        return -MPROM_ENOMEM;
    }
    mprom_romfs_root(fs, &root);
    mprom_romfs_walk_open(&paths->walk, &root, paths->levels, LEVELS_MAX);
    return 0;
}

int mprom_image_paths_next(struct mprom_image_paths *paths, struct mprom_romfs_entry *entry)
{
    int result = mprom_romfs_walk_next(paths->fs, &paths->walk, entry);
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

void mprom_image_paths_close(struct mprom_image_paths *paths)
{
    free(paths->levels);
    free(paths->sizes);
    free(paths->path);
    *paths = (struct mprom_image_paths){0};
}

bool mprom_image_paths_ends(const struct mprom_image_paths *paths, const char *end)
{
    size_t size = strlen(end);
    return paths->path_size > size && memcmp(paths->path + paths->path_size - size, end, size) == 0;
}
