/* Opening an image, finding an entry, listing a directory. Written for a small text size: boards link it. */
#include "romfs/index.h"
#include "romfs/record.h"

int mprom_romfs_open(struct mprom_romfs *fs, const void *mem, size_t mem_size)
{
    struct mprom_romfs_span span = {mem, mem};
    struct mprom_romfs_span body;
    uint32_t kind;

    /* Offsets have 32 bits, so no image is larger than that, header included. */
    span.end += mem_size > UINT32_MAX ? UINT32_MAX : mem_size;
    if (mem_size < MPROM_ROMFS_HEADER_SIZE_MIN || *span.pos == 0x80 ||
        !mprom_romfs_record_next(&span, &kind, &body) || kind != MPROM_ROMFS_KIND_IMAGE) {
        return -MPROM_ENODEV;
    }
    fs->image = mem;
    fs->size = (uint32_t)(body.end - fs->image);
    fs->payload_off = (uint32_t)(body.pos - fs->image);
    fs->index_off = 0;
    fs->index_count = 0;
#if MPROM_ROMFS_INDEX
    mprom_romfs_index_open(fs);
#endif
    return 0;
}

void mprom_romfs_root(const struct mprom_romfs *fs, struct mprom_romfs_entry *root)
{
    root->is_dir = true;
    root->off = 0;
    root->name_size = 0;
    root->name = "";
    root->data = fs->image + fs->payload_off;
    root->size = fs->size - fs->payload_off;
}

void mprom_romfs_dir_open(struct mprom_romfs_dir *it, const struct mprom_romfs_entry *dir)
{
    it->pos = dir->data;
    it->end = dir->data + dir->size;
}

int mprom_romfs_dir_next(const struct mprom_romfs *fs, struct mprom_romfs_dir *it, struct mprom_romfs_entry *entry)
{
    struct mprom_romfs_span span = {it->pos, it->end};
    int r = mprom_romfs_record_entry(fs, &span, entry);

    if (r > 0) {
        r = mprom_romfs_record_resolve(fs, entry);
    }
    if (r >= 0) {
        it->pos = span.pos; /* else it stays, and the next call says the same */
    }
    return r;
}

/* Finds one name in the directory that *entry is, and replaces it. Returns 1, 0 if there is none, -MPROM_EBADMSG. */
static int find(const struct mprom_romfs *fs, struct mprom_romfs_entry *entry, const char *name, size_t name_size)
{
    struct mprom_romfs_span span = {entry->data, entry->data + entry->size};
    int r;

#if MPROM_ROMFS_INDEX
    if (fs->index_count != 0) {
        r = mprom_romfs_index_find(fs, entry->off, &span, name, name_size, entry);
        if (r >= 0) {
            return r;
        }
    }
#endif
    do {
        r = mprom_romfs_record_entry(fs, &span, entry);
    } while (r > 0 && !mprom_romfs_entry_is(entry, name, name_size));
    return r > 0 ? mprom_romfs_record_resolve(fs, entry) : r;
}

int mprom_romfs_lookup(const struct mprom_romfs *fs, const struct mprom_romfs_entry *dir, const char *path,
                       size_t path_size, struct mprom_romfs_entry *entry)
{
    const char *end = path + path_size;

    if (dir != NULL) {
        *entry = *dir;
    } else {
        mprom_romfs_root(fs, entry);
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
