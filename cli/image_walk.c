/* Walks over an image that know the whole path of each entry. */
#include <stdlib.h>
#include <string.h>

#include "cli/image.h"

/* Makes room for a path of size bytes and its NUL. */
static int walk_reserve(struct image_walk *walk, size_t size)
{
    if (size > IMAGE_PATH_MAX) {
        cli_error("%s: a path in it is longer than %d bytes", walk->image->label, IMAGE_PATH_MAX);
        return CLI_FAILED;
    }
    if (size < walk->path_room) {
        return CLI_OK;
    }
    char *larger = realloc(walk->path, 2 * (size + 1));
    if (!larger) {
        cli_error("out of memory");
        return CLI_FAILED;
    }
    walk->path = larger;
    walk->path_room = 2 * (size + 1);
    return CLI_OK;
}

/* The start's own path, with single slashes between names and none around them. */
static int walk_set_start(struct image_walk *walk, const char *path)
{
    if (walk_reserve(walk, strlen(path))) {
        return CLI_FAILED;
    }
    size_t size = 0;
    for (path += strspn(path, "/"); *path; path += strspn(path, "/")) {
        size_t name_size = strcspn(path, "/");
        if (size > 0) {
            walk->path[size++] = '/';
        }
        memcpy(walk->path + size, path, name_size);
        size += name_size;
        path += name_size;
    }
    walk->path[size] = '\0';
    walk->path_size = size;
    walk->path_sizes[0] = size;
    return CLI_OK;
}

int image_walk_open(struct image_walk *walk, const struct image *image, const struct mprom_romfs_entry *dir,
                    const char *path, bool flat)
{
    *walk = (struct image_walk){.image = image, .flat = flat};
    size_t levels = flat ? 1 : IMAGE_LEVELS;
    walk->levels = malloc(levels * sizeof *walk->levels);
    walk->path_sizes = malloc((levels + 2) * sizeof *walk->path_sizes);
    if (!walk->levels || !walk->path_sizes) {
        cli_error("out of memory");
        return CLI_FAILED;
    }
    mprom_romfs_dir_open(&walk->it, dir);
    mprom_romfs_walk_open(&walk->walk, dir, walk->levels, (uint32_t)levels);
    return walk_set_start(walk, path);
}

/* Makes walk->path that of entry, which lies directly below the last directory of the depth above. */
static int walk_set_path(struct image_walk *walk, const struct mprom_romfs_entry *entry)
{
    size_t parent_size = walk->path_sizes[walk->depth - 1];
    size_t at = parent_size + (parent_size > 0);
    size_t size = at + entry->name_size;
    if (walk_reserve(walk, size)) {
        return CLI_FAILED;
    }
    if (parent_size > 0) {
        walk->path[parent_size] = '/';
    }
    memcpy(walk->path + at, entry->name, entry->name_size);
    walk->path[size] = '\0';
    walk->path_size = size;
    walk->path_sizes[walk->depth] = size;
    return CLI_OK;
}

int image_walk_next(struct image_walk *walk, struct mprom_romfs_entry *entry)
{
    int result = walk->flat ? mprom_romfs_dir_next(&walk->image->fs, &walk->it, entry)
                            : mprom_romfs_walk_next(&walk->image->fs, &walk->walk, entry);
    if (result < 0) {
        image_complain(walk->image, walk->path, walk->path_size, result);
        return -1;
    }
    walk->depth = walk->flat ? 1 : walk->walk.depth;
    return result > 0 && walk_set_path(walk, entry) ? -1 : result;
}

void image_walk_close(struct image_walk *walk)
{
    free(walk->levels);
    free(walk->path_sizes);
    free(walk->path);
    *walk = (struct image_walk){0};
}
