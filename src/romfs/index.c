#include "romfs/index.h"

#include "romfs/seal.h"

void mprom_romfs_index_open(struct mprom_romfs *fs)
{
    uint32_t end = mprom_romfs_seal_off(fs);
    uint32_t table_size = mprom_romfs_load_le32(fs->image + end - MPROM_ROMFS_INDEX_FOOTER_SIZE);
    struct mprom_romfs_span body;

    /* Aligned, one slot at least, and whole slots. In an image without payload these are bytes of its header. */
    if ((end - table_size) % 4 != 0 || table_size < MPROM_ROMFS_INDEX_SLOT_SIZE ||
        table_size % MPROM_ROMFS_INDEX_SLOT_SIZE != MPROM_ROMFS_INDEX_FOOTER_SIZE) {
        return;
    }
    /* They can still be the end of a file, so find the record; the table must fill it. */
    if (!mprom_romfs_seal_find_ending(fs, end, MPROM_ROMFS_KIND_INDEX, &body) ||
        table_size > mprom_romfs_span_size(&body) ||
        mprom_romfs_span_size(&body) - table_size > MPROM_ROMFS_INDEX_FILL_MAX) {
        return;
    }
    fs->index_off = end - table_size;
    fs->index_count = table_size / MPROM_ROMFS_INDEX_SLOT_SIZE;
}

/* The first slot whose hash is not below `hash`. */
static uint32_t index_search(const struct mprom_romfs *fs, uint32_t hash)
{
    const uint8_t *slots = fs->image + fs->index_off;
    uint32_t first = 0;
    uint32_t count = fs->index_count;

    while (count != 0) {
        uint32_t half = count / 2;

        if (mprom_romfs_load_le32(slots + (size_t)(first + half) * MPROM_ROMFS_INDEX_SLOT_SIZE) < hash) {
            first += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return first;
}

/*
 * Reads the entry that a slot speaks of, which must be a child of the directory. Returns false if it is not within
 * it; that it is no deeper down follows from the hash, unless the slot is damaged.
 */
static bool index_follow(const struct mprom_romfs *fs, const uint8_t *slot, const struct mprom_romfs_span *dir,
                         struct mprom_romfs_entry *entry)
{
    uint32_t off = mprom_romfs_load_le32(slot + 4);
    struct mprom_romfs_span span = *dir;

    if (off < (size_t)(dir->pos - fs->image) || off >= (size_t)(dir->end - fs->image)) {
        return false;
    }
    span.pos = fs->image + off;
    return mprom_romfs_record_entry(fs, &span, entry) > 0 && entry->off == off;
}

int mprom_romfs_index_find(const struct mprom_romfs *fs, uint32_t dir_off, const struct mprom_romfs_span *dir,
                           const char *name, size_t name_size, struct mprom_romfs_entry *entry)
{
    uint32_t hash = mprom_romfs_index_hash(dir_off, name, name_size);
    uint32_t first = index_search(fs, hash);
    uint32_t rest = fs->index_count - first;
    const uint8_t *slot = fs->image + fs->index_off + (size_t)first * MPROM_ROMFS_INDEX_SLOT_SIZE;
    bool sure = true; /* every slot so far is rightly here: its entry has another name with the same hash */

    for (uint32_t run = 0; run < rest && mprom_romfs_load_le32(slot) == hash; run++) {
        if (run == MPROM_ROMFS_INDEX_RUN_MAX) {
            return -MPROM_EBADMSG;
        }
        if (!index_follow(fs, slot, dir, entry)) {
            sure = false; /* an entry of another directory that has the same hash, or damage */
        } else if (mprom_romfs_entry_is(entry, name, name_size)) {
            return mprom_romfs_record_resolve(fs, entry);
        } else if (mprom_romfs_index_hash(dir_off, entry->name, entry->name_size) != hash) {
            sure = false;
        }
        slot += MPROM_ROMFS_INDEX_SLOT_SIZE;
    }
    return sure ? 0 : -MPROM_EBADMSG;
}
