/*
 * Finds files with equal contents. The first one in the order of the image keeps them; the others point to it.
 *
 * Most files differ in size already, so only those that share their size with another are read; only those that
 * share size and checksum are compared.
 */
#include <stdlib.h>

#include "romfs/build.h"
#include "romfs/build_contents.h"

/* Files by a key; open addressing, never more than half full. */
struct dedupe_slot {
    struct mprom_build_node *file; /* NULL is free */
    uint32_t crc;
    bool is_shared; /* more than one file has this size */
};

struct dedupe {
    struct mprom_romfs_build *build;
    struct dedupe_slot *sizes;
    struct dedupe_slot *contents;
    size_t mask;
};

static size_t dedupe_hash(uint64_t size, uint32_t crc)
{
    uint64_t hash = (size ^ ((uint64_t)crc << 32)) * 0x9e3779b97f4a7c15U;
    return (size_t)(hash >> 32);
}

static struct dedupe_slot *dedupe_size_slot(const struct dedupe *dedupe, uint64_t size)
{
    size_t i = dedupe_hash(size, 0) & dedupe->mask;
    while (dedupe->sizes[i].file != NULL && dedupe->sizes[i].file->size != size) {
        i = (i + 1) & dedupe->mask;
    }
    return &dedupe->sizes[i];
}

static void dedupe_count(struct dedupe *dedupe, struct mprom_build_node *file)
{
    struct dedupe_slot *slot = dedupe_size_slot(dedupe, file->size);
    slot->is_shared = slot->file != NULL;
    slot->file = file;
}

static void dedupe_share(struct mprom_romfs_build *build, struct mprom_build_node *file,
                         struct mprom_build_node *owner)
{
    file->owner = owner;
    if (owner->align < file->align) {
        owner->align = file->align;
    }
    build->summary.shared_count++;
    build->summary.shared_size += file->size;
}

static int dedupe_file(struct dedupe *dedupe, struct mprom_build_node *file)
{
    uint32_t crc;
    int err = mprom_build_contents_crc(dedupe->build, file, &crc);
    if (err != 0) {
        return err;
    }
    for (size_t i = dedupe_hash(file->size, crc) & dedupe->mask;; i = (i + 1) & dedupe->mask) {
        struct dedupe_slot *slot = &dedupe->contents[i];
        if (slot->file == NULL) {
            *slot = (struct dedupe_slot){.file = file, .crc = crc};
            return 0;
        }
        if (slot->crc != crc || slot->file->size != file->size) {
            continue;
        }
        int equal = mprom_build_contents_equal(dedupe->build, slot->file, file);
        if (equal < 0) {
            return equal;
        }
        if (equal == 1) {
            dedupe_share(dedupe->build, file, slot->file);
            return 0;
        }
    }
}

static int dedupe_run(struct dedupe *dedupe)
{
    struct mprom_romfs_build *build = dedupe->build;
    for (uint32_t i = 0; i < build->node_count; i++) {
        struct mprom_build_node *node = build->order[i];
        node->owner = NULL;
        if (!node->is_dir) {
            dedupe_count(dedupe, node);
        }
    }
    for (uint32_t i = 0; i < build->node_count; i++) {
        struct mprom_build_node *node = build->order[i];
        if (node->is_dir || node->size == 0 || !dedupe_size_slot(dedupe, node->size)->is_shared) {
            continue;
        }
        int err = dedupe_file(dedupe, node);
        if (err != 0) {
            return err;
        }
    }
    return 0;
}

int mprom_build_dedupe(struct mprom_romfs_build *build)
{
    struct dedupe dedupe = {.build = build, .mask = 1};
    while (dedupe.mask < (size_t)build->node_count * 2) {
        dedupe.mask = dedupe.mask * 2 + 1;
    }
    dedupe.sizes = calloc(dedupe.mask + 1, sizeof *dedupe.sizes);
    dedupe.contents = calloc(dedupe.mask + 1, sizeof *dedupe.contents);
    int err = dedupe.sizes != NULL && dedupe.contents != NULL ? dedupe_run(&dedupe) : mprom_build_fail_memory(build);
    free(dedupe.sizes);
    free(dedupe.contents);
    return err;
}
