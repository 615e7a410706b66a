#include "romfs/exercise.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mprom/romfs_check.h"
#include "romfs/index.h"

enum {
    LEVELS = 32,
    PATH_ROOM = 256,
    ENTRIES_MAX = 1 << 20,
};

#define REQUIRE(condition)                                                                                           \
    do {                                                                                                             \
        if (!(condition)) {                                                                                          \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                          \
            abort();                                                                                                 \
        }                                                                                                            \
    } while (0)

/* Somewhere to put what was read, so that the compiler has to read it. */
static volatile uint32_t sink;

static void touch(const void *bytes, size_t size)
{
    sink = mprom_romfs_crc32(0, bytes, size);
}

/* What the check says, with all of its parts. */
static struct mprom_romfs_check run_check(const uint8_t *image, size_t size, unsigned flags)
{
    struct mprom_romfs_check_level levels[LEVELS];
    uint32_t sort[16];
    char path[16];
    struct mprom_romfs_memory memory = {image, (uint32_t)size};
    struct mprom_romfs_source source = mprom_romfs_source_memory(&memory);
    struct mprom_romfs_check check = {
        .source = &source,
        .flags = flags,
        .levels = levels,
        .level_count = LEVELS,
        .path = path,
        .path_room = sizeof(path),
        .sort = sort,
        .sort_room = 16,
    };
    int r = mprom_romfs_check(&check);

    REQUIRE(r == 0 || check.fault_count == 1);
    REQUIRE((r == 0) == (check.first == MPROM_ROMFS_FAULT_NONE));
    check.levels = NULL;
    check.path = NULL;
    check.sort = NULL;
    check.source = NULL;
    return check;
}

/* Counts the entries of a directory by listing it. */
static void list(const struct mprom_romfs *fs, const struct mprom_romfs_entry *dir)
{
    struct mprom_romfs_dir it;
    struct mprom_romfs_entry entry;

    mprom_romfs_dir_open(&it, dir);
    while (mprom_romfs_dir_next(fs, &it, &entry) > 0) {
        touch(entry.name, entry.name_size);
    }
}

/* Finds an entry again by its path; with equal names it is the first one that is found. */
static void find_again(const struct mprom_romfs *fs, const char *path, size_t path_size,
                       const struct mprom_romfs_entry *entry)
{
    struct mprom_romfs_entry found;
    int r = mprom_romfs_lookup(fs, NULL, path, path_size, &found);

    if (r == 0 && found.off == entry->off) {
        REQUIRE(found.data == entry->data && found.size == entry->size && found.is_dir == entry->is_dir);
    }
}

/* Walks the image. Returns how many entries there are, or -1 if the walk ended with an error. */
static long walk(const struct mprom_romfs *fs)
{
    struct mprom_romfs_level levels[LEVELS];
    size_t path_sizes[LEVELS + 2] = {0};
    char path[PATH_ROOM];
    struct mprom_romfs_walk walk;
    struct mprom_romfs_entry entry;
    long count = 0;
    int r;

    mprom_romfs_root(fs, &entry);
    list(fs, &entry);
    mprom_romfs_walk_open(&walk, &entry, levels, LEVELS);
    while ((r = mprom_romfs_walk_next(fs, &walk, &entry)) > 0) {
        size_t path_size = path_sizes[walk.depth - 1];

        REQUIRE(++count <= ENTRIES_MAX);
        touch(entry.name, entry.name_size);
        touch(entry.data, entry.size);
        if (entry.is_dir) {
            list(fs, &entry);
        }
        if (path_size + 1 + entry.name_size <= PATH_ROOM) {
            path[path_size++] = '/';
            memcpy(path + path_size, entry.name, entry.name_size);
            path_size += entry.name_size;
            find_again(fs, path, path_size, &entry);
        }
        path_sizes[walk.depth] = path_size;
    }
    return r == 0 ? count : -1;
}

/* An image without fault: all of it can be found, and by the index too if there is one. */
static void require_sound(const struct mprom_romfs *fs, const struct mprom_romfs_check *check)
{
    REQUIRE(walk(fs) == (long)check->file_count + (long)check->dir_count);
    REQUIRE(check->image_size == fs->size);
    REQUIRE(fs->index_count == (check->has_index && MPROM_ROMFS_INDEX ? check->file_count + check->dir_count : 0));
}

void exercise_image(const uint8_t *image, size_t size)
{
    struct mprom_romfs_check all =
        run_check(image, size, MPROM_ROMFS_CHECK_NAMES | MPROM_ROMFS_CHECK_INDEX | MPROM_ROMFS_CHECK_TRAILING);
    struct mprom_romfs_check structure = run_check(image, size, MPROM_ROMFS_CHECK_NO_SEAL);
    struct mprom_romfs_entry entry;
    struct mprom_romfs_info info;
    struct mprom_romfs fs;
    uint32_t crc;

    REQUIRE(all.first != MPROM_ROMFS_FAULT_NONE || structure.first == MPROM_ROMFS_FAULT_NONE);
    if (mprom_romfs_open(&fs, image, size) != 0) {
        REQUIRE(structure.first == MPROM_ROMFS_FAULT_HEADER || structure.first == MPROM_ROMFS_FAULT_LENGTH);
        return;
    }
    if (mprom_romfs_info_read(&fs, &info) > 0) {
        touch(info.label, info.label_size);
        touch(info.builder, info.builder_size);
        touch(info.mpy, info.mpy != NULL ? 4 : 0);
    }
    REQUIRE(mprom_romfs_seal_read(&fs, &crc) == 0 || structure.first != MPROM_ROMFS_FAULT_NONE ||
            (structure.has_seal && structure.crc == crc));
    sink = (uint32_t)mprom_romfs_lookup(&fs, NULL, "d/a", 3, &entry);
    sink = (uint32_t)walk(&fs);
    if (all.first == MPROM_ROMFS_FAULT_NONE) {
        require_sound(&fs, &all);
    }
}
