#include "mprom/romfs.h"

void mprom_romfs_walk_open(struct mprom_romfs_walk *walk, const struct mprom_romfs_entry *dir,
                           struct mprom_romfs_level *levels, uint32_t level_count)
{
    mprom_romfs_dir_open(&walk->dir, dir);
    walk->levels = levels;
    walk->level_count = level_count;
    walk->open_count = 0;
    walk->depth = 0;
}

int mprom_romfs_walk_next(const struct mprom_romfs *fs, struct mprom_romfs_walk *walk,
                          struct mprom_romfs_entry *entry)
{
    struct mprom_romfs_dir here;
    int r;

    for (;;) {
        here = walk->dir;
        r = mprom_romfs_dir_next(fs, &walk->dir, entry);
        if (r != 0 || walk->open_count == 0) {
            break;
        }
        /* What is nested in a directory ends where its record ends, so that is where the parent goes on. */
        walk->dir.pos = walk->dir.end;
        walk->dir.end = walk->levels[--walk->open_count].end;
    }
    if (r <= 0) {
        return r;
    }
    walk->depth = walk->open_count + 1;
    if (entry->is_dir) {
        if (walk->open_count == walk->level_count) {
            walk->dir = here; /* so that the next call says the same */
            return -MPROM_ELOOP;
        }
        walk->levels[walk->open_count++].end = walk->dir.end;
        mprom_romfs_dir_open(&walk->dir, entry);
    }
    return 1;
}
