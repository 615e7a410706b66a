/* Opening an image, finding an entry, listing a directory. Written for a small text size: boards link it. */
#include "romfs/index.h"
#include "romfs/record.h"

int romfs_open(struct romfs *fs, const void *mem, size_t mem_size)
{
    struct romfs_span span = {mem, mem};
    struct romfs_span body;
    uint32_t kind;

    /* Offsets have 32 bits, so no image is larger than that, header included. */
    span.end += mem_size > UINT32_MAX ? UINT32_MAX : mem_size;
    if (mem_size < ROMFS_HEADER_SIZE_MIN || *span.pos == 0x80 || !romfs_record_next(&span, &kind, &body) ||
        kind != ROMFS_KIND_IMAGE) {
        return -MPROM_ENODEV;
    }
    fs->image = mem;
    fs->size = (uint32_t)(body.end - fs->image);
    fs->payload_off = (uint32_t)(body.pos - fs->image);
    fs->index_off = 0;
    fs->index_count = 0;
#if MPROM_ROMFS_INDEX
    romfs_index_open(fs);
#endif
    return 0;
}

void romfs_root(const struct romfs *fs, struct romfs_entry *root)
{
    root->is_dir = true;
    root->off = 0;
    root->name_size = 0;
    root->name = "";
    root->data = fs->image + fs->payload_off;
    root->size = fs->size - fs->payload_off;
}

void romfs_dir_open(struct romfs_dir *it, const struct romfs_entry *dir)
{
    it->pos = dir->data;
    it->end = dir->data + dir->size;
}

int romfs_dir_next(const struct romfs *fs, struct romfs_dir *it, struct romfs_entry *entry)
{
    struct romfs_span span = {it->pos, it->end};
    int r = romfs_record_entry(fs, &span, entry);

    if (r > 0) {
        r = romfs_record_resolve(fs, entry);
    }
    if (r >= 0) {
        it->pos = span.pos; /* else it stays, and the next call says the same */
    }
    return r;
}

/* Finds one name in the directory that *entry is, and replaces it. Returns 1, 0 if there is none, -MPROM_EBADMSG. */
static int find(const struct romfs *fs, struct romfs_entry *entry, const char *name, size_t name_size)
{
    struct romfs_span span = {entry->data, entry->data + entry->size};
    int r;

#if MPROM_ROMFS_INDEX
    if (fs->index_count != 0) {
        r = romfs_index_find(fs, entry->off, &span, name, name_size, entry);
        if (r >= 0) {
            return r;
        }
    }
#endif
    do {
        r = romfs_record_entry(fs, &span, entry);
    } while (r > 0 && !romfs_entry_is(entry, name, name_size));
    return r > 0 ? romfs_record_resolve(fs, entry) : r;
}

int romfs_lookup(const struct romfs *fs, const struct romfs_entry *dir, const char *path, size_t path_size,
                 struct romfs_entry *entry)
{
    const char *end = path + path_size;

    if (dir != NULL) {
        *entry = *dir;
    } else {
        romfs_root(fs, entry);
    }
    while (path != end) {
        const char *name = path;

        if (!entry->is_dir) {
            return -MPROM_ENOENT;
        }
        while (path != end && *path != '/') {
            path++;
        }
        if (path == name) {
            path++; /* a slash */
        } else {
            int r = find(fs, entry, name, (size_t)(path - name));
            if (r <= 0) {
                return r < 0 ? r : -MPROM_ENOENT;
            }
        }
    }
    return 0;
}
