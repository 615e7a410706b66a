/*
 * Does with an image what a board does: opens it, looks a path up, walks all of it. romfs_steps IMAGE PATH.
 * steps.py has callgrind count the instructions of read_image().
 */
#include "mprom/romfs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint8_t *load(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        perror(path);
        exit(2);
    }
    *size = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(*size);
    if (bytes == NULL || fread(bytes, 1, *size, file) != *size) {
        perror(path);
        exit(2);
    }
    fclose(file);
    return bytes;
}

struct reading {
    struct mprom_romfs fs;
    int found;        /* what the lookup said */
    uint32_t entries; /* that the walk came to */
};

__attribute__((noinline)) static int read_image(struct reading *reading, const uint8_t *bytes, size_t size,
                                                const char *path, struct mprom_romfs_level *levels)
{
    struct mprom_romfs *fs = &reading->fs;
    struct mprom_romfs_entry entry;
    struct mprom_romfs_walk walk;
    int err = mprom_romfs_open(fs, bytes, size);
    if (err) {
        return err;
    }
    reading->found = mprom_romfs_lookup(fs, NULL, path, strlen(path), &entry);
    mprom_romfs_root(fs, &entry);
    mprom_romfs_walk_open(&walk, &entry, levels, (uint32_t)size);
    while (mprom_romfs_walk_next(fs, &walk, &entry) > 0) {
        reading->entries++;
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: romfs_steps IMAGE PATH\n", stderr);
        return 2;
    }
    size_t size;
    uint8_t *bytes = load(argv[1], &size);
    struct mprom_romfs_level *levels = calloc(size, sizeof *levels);
    struct reading reading = {.found = 0};
    if (levels == NULL || read_image(&reading, bytes, size, argv[2], levels) != 0) {
        fprintf(stderr, "%s: no image\n", argv[1]);
        return 1;
    }
    printf("%u entries, %u in the index, lookup %d\n", reading.entries, reading.fs.index_count, reading.found);
    free(levels);
    free(bytes);
    return 0;
}
