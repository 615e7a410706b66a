/* Room in the top level for what does not stay where it is in the base. */
#include "romfs/build_base.h"

#include <stdlib.h>
#include <string.h>

#include "romfs/build_record.h"

enum {
    TRIES_MAX = 1 << 22,
};

struct mprom_base_extent *mprom_build_base_take(struct mprom_base *base, uint64_t off, uint64_t end_off)
{
    if (base->count == base->room) {
        size_t room = base->room * 2 + 64;
        struct mprom_base_extent *extents = realloc(base->extents, room * sizeof *extents);
        if (extents == NULL) {
            return NULL;
        }
        base->extents = extents;
        base->room = room;
    }
    base->extents[base->count] = (struct mprom_base_extent){.off = off, .end_off = end_off};
    return &base->extents[base->count++];
}

/* Takes [off, end_off), which is free. */
static int base_insert(struct mprom_base *base, size_t before, uint64_t off, uint64_t end_off)
{
    if (mprom_build_base_take(base, 0, 0) == NULL) {
        return mprom_build_fail_memory(base->build);
    }
    struct mprom_base_extent *at = &base->extents[before];
    memmove(at + 1, at, (base->count - 1 - before) * sizeof *at);
    *at = (struct mprom_base_extent){.off = off, .end_off = end_off};
    return 0;
}

/* Lays something out at off; returns the offset behind it. */
typedef uint64_t base_put(struct mprom_base *base, void *what, uint64_t off);

/* Puts something, `count` records, into the first gap of the top level that has room; least_size bytes at least. */
static int base_place(struct mprom_base *base, base_put *put, void *what, uint32_t count, uint64_t least_size)
{
    uint64_t off = base->build->layout.header_size + base->build->info_size;
    for (size_t i = 0;; i++) {
        uint64_t gap_end = i < base->count ? base->extents[i].off : UINT64_MAX;
        bool may_fit = gap_end - off >= least_size && base->tries < TRIES_MAX;
        if (may_fit || i == base->count) {
            base->tries += count;
            uint64_t end = put(base, what, off);
            if (end <= gap_end && gap_end - end != 1) {
                return base_insert(base, i, off, end);
            }
        }
        off = base->extents[i].end_off;
    }
}

static uint64_t base_put_contents(struct mprom_base *base, void *what, uint64_t off)
{
    (void)base;
    struct mprom_build_node *file = what;
    uint64_t head_size = 1 + (uint64_t)mprom_build_varuint_size(file->size);
    file->data_off = mprom_build_layout_align(off + head_size, file->align);
    if (file->data_off - head_size - off == 1) {
        file->data_off += file->align; /* one byte is too small for a padding record */
    }
    return file->data_off + file->size;
}

/* Nodes that stand in one piece, the first at the top level. */
struct base_piece {
    struct mprom_build_node **nodes;
    uint32_t count;
};

static uint64_t base_put_piece(struct mprom_base *base, void *what, uint64_t off)
{
    const struct base_piece *piece = what;
    return mprom_build_layout_place(piece->nodes, piece->count, off, base->build->layout.header_size);
}

int mprom_build_base_place(struct mprom_base *base)
{
    struct mprom_romfs_build *build = base->build;
    int err = 0;
    for (uint32_t i = 0; i < build->node_count && err == 0; i++) {
        struct mprom_build_node *node = build->order[i];
        if (node->is_loose && node->data_off == 0) {
            err = base_place(base, base_put_contents, node, 1, node->size);
        }
    }
    for (uint32_t i = 0; i < build->node_count && err == 0;) {
        struct base_piece piece = {build->order + i, 0};
        uint64_t least_size = 0;
        do {
            const struct mprom_build_node *node = piece.nodes[piece.count++];
            least_size += !node->is_dir && node->owner == NULL ? node->size : 0;
        } while (i + piece.count < build->node_count && piece.nodes[piece.count]->parent != &build->root);
        if (!piece.nodes[0]->is_kept) {
            err = base_place(base, base_put_piece, &piece, piece.count, least_size);
        }
        i += piece.count;
    }
    return err;
}
