/*
 * The index record: finds an entry without a scan (docs/format.md). Private to src/romfs.
 */
#ifndef MPROM_ROMFS_INDEX_H
#define MPROM_ROMFS_INDEX_H

#include "romfs/record.h"

/* 0 leaves the index out, to save text; reader.c then always scans. */
#ifndef MPROM_ROMFS_INDEX
#define MPROM_ROMFS_INDEX 1
#endif

enum {
    MPROM_ROMFS_INDEX_SLOT_SIZE = 8,
    MPROM_ROMFS_INDEX_FOOTER_SIZE = 4,
    MPROM_ROMFS_INDEX_FILL_MAX = 3,
    /* More equal hashes than this in a row do not come by chance; a scan is then less work than trying them all. */
    MPROM_ROMFS_INDEX_RUN_MAX = 8,
};

/* The hash of a name in the directory whose record is at dir_off, 0 for the root: start, then push each byte. */
static inline uint32_t mprom_romfs_index_hash_start(uint32_t dir_off)
{
    return 0x811c9dc5U ^ dir_off;
}

static inline uint32_t mprom_romfs_index_hash_push(uint32_t hash, uint8_t byte)
{
    return (hash ^ byte) * 0x01000193U;
}

static inline uint32_t mprom_romfs_index_hash(uint32_t dir_off, const char *name, size_t name_size)
{
    uint32_t hash = mprom_romfs_index_hash_start(dir_off);

    for (size_t i = 0; i < name_size; i++) {
        hash = mprom_romfs_index_hash_push(hash, (uint8_t)name[i]);
    }
    return hash;
}

/* Looks for a usable index and fills fs->index_off and index_count, which are 0 until then. */
void mprom_romfs_index_open(struct mprom_romfs *fs);

/*
 * Finds a name in the directory whose record is at dir_off and whose nested records are *dir. Returns 1 and fills
 * entry; 0 if there is no such name; -MPROM_EBADMSG if the index cannot tell: scan instead.
 */
int mprom_romfs_index_find(const struct mprom_romfs *fs, uint32_t dir_off, const struct mprom_romfs_span *dir,
                           const char *name, size_t name_size, struct mprom_romfs_entry *entry);

#endif
