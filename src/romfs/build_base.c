/*
 * Gives records the places that they have in an earlier image, the base, so that the blocks of a flash which hold
 * them need not be written again.
 *
 * A directory or file that the base has too keeps its record there: the same offset and the same size. A file whose
 * contents no longer fit gets a data pointer instead, and its contents stand loose at the top level. What is left
 * over inside a record or between two is padding, and room for the next time. A directory with an entry that has no
 * place is laid out anew as a whole; so are new entries, all at the top level: in a gap if one is large enough, else
 * behind everything. The index stays where it is while what stands in front of it fits; if not, a large one leaves
 * some room when it moves.
 *
 * The base is taken for hostile: it says which places to prefer, and nothing depends on what stands there. Records do
 * not overlap, so places of records do not; a place of loose contents is only taken if it is a whole data record of
 * the top level, and by one file.
 */
#include <stdlib.h>
#include <string.h>

#include "romfs/build.h"
#include "romfs/build_record.h"
#include "romfs/record.h"

enum {
    INDEX_SMALL = 8192,
    ROOM_SHARE = 32,  /* of the image is left free when a larger index moves: 1 in 32 */
    SIZE_SHARE = 4,   /* the image may be larger by 1 in 4 */
    SIZE_MORE = 4096, /* and by this, as room counts for more in a small image */
    TRIES_MAX = 1 << 22,
};

/* A part of the top level that is taken. */
struct base_extent {
    uint64_t off;
    uint64_t end_off;
    bool is_used; /* contents that a file has */
};

struct base {
    struct romfs_build *build;
    struct romfs fs;
    struct base_extent *extents; /* by offset once sorted */
    size_t count;
    size_t room;
    uint32_t tail_off; /* where the base's index stands, or its seal, or its end */
    uint32_t tries;    /* gaps that were looked at */
};

static struct base_extent *base_extent_add(struct base *base, uint64_t off, uint64_t end_off)
{
    if (base->count == base->room) {
        size_t room = base->room * 2 + 64;
        struct base_extent *extents = realloc(base->extents, room * sizeof *extents);
        if (extents == NULL) {
            return NULL;
        }
        base->extents = extents;
        base->room = room;
    }
    base->extents[base->count] = (struct base_extent){.off = off, .end_off = end_off};
    return &base->extents[base->count++];
}

/* The records of the top level that are no entries: where loose contents are, and where the tail starts. */
static int base_read_top(struct base *base)
{
    struct romfs_span span = {base->fs.image + base->fs.payload_off, base->fs.image + base->fs.size};
    base->tail_off = base->fs.size;
    while (span.pos != span.end) {
        uint32_t off = (uint32_t)(span.pos - base->fs.image);
        uint32_t kind;
        struct romfs_span body;
        if (!romfs_record_next(&span, &kind, &body)) {
            return 0;
        }
        if (kind == ROMFS_KIND_INDEX || kind == ROMFS_KIND_SEAL) {
            base->tail_off = off;
            return 0;
        }
        uint64_t head_size = 1 + (uint64_t)build_varuint_size(romfs_span_size(&body));
        if (kind != ROMFS_KIND_DATA || off + head_size != (uint64_t)(body.pos - base->fs.image)) {
            continue;
        }
        if (base_extent_add(base, off, off + head_size + romfs_span_size(&body)) == NULL) {
            return build_fail_memory(base->build);
        }
    }
    return 0;
}

/*
 * Finds the entries of a directory of the base among the nodes. Returns whether it is records to its end: only then
 * do gaps between them have room for padding.
 */
static bool base_read_dir(struct base *base, struct build_node *dir, struct romfs_span span)
{
    struct romfs_entry entry;
    int found;
    while ((found = romfs_record_entry(&base->fs, &span, &entry)) > 0) {
        struct build_node *node = build_find(base->build, dir, entry.name, entry.name_size);
        if (node == NULL || node->base.off != 0 || node->is_dir != entry.is_dir) {
            continue;
        }
        struct build_base_place place = {
            .off = entry.off,
            .body_off = (uint32_t)(entry.data - base->fs.image),
            .end_off = (uint32_t)(span.pos - base->fs.image),
        };
        if (romfs_record_resolve(&base->fs, &entry) > 0) {
            place.data_off = (uint32_t)(entry.data - base->fs.image);
            place.data_size = entry.size;
            node->base = place;
        }
    }
    return found == 0;
}

static int base_read(struct base *base)
{
    struct romfs_build *build = base->build;
    struct romfs_entry root;
    for (uint32_t i = 0; i < build->node_count; i++) {
        build->order[i]->base.off = 0;
    }
    romfs_root(&base->fs, &root);
    base_read_dir(base, &build->root, (struct romfs_span){root.data, root.data + root.size});
    for (uint32_t i = 0; i < build->node_count; i++) {
        struct build_node *node = build->order[i];
        if (node->is_dir && node->base.off != 0) {
            const uint8_t *image = base->fs.image;
            struct romfs_span span = {image + node->base.body_off, image + node->base.end_off};
            if (!base_read_dir(base, node, span)) {
                node->base.off = 0;
            }
        }
    }
    return base_read_top(base);
}

/* The place of loose contents that the base has for a file, if it is as large as the file is now; else NULL. */
static struct base_extent *base_find_loose(struct base *base, const struct build_node *file)
{
    const struct build_base_place *place = &file->base;
    if (place->data_size != file->size || place->data_off % file->align != 0) {
        return NULL;
    }
    uint64_t off = place->data_off - 1 - (uint64_t)build_varuint_size(file->size);
    size_t low = 0;
    for (size_t high = base->count; low < high;) {
        size_t middle = (low + high) / 2;
        if (base->extents[middle].off < off) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == base->count || base->extents[low].off != off ||
        base->extents[low].end_off != place->data_off + file->size || base->extents[low].is_used) {
        return NULL;
    }
    return &base->extents[low];
}

/* Whether contents fit into a file's record in the base; gives them their offset. */
static bool base_fit_contents(struct build_node *file, uint64_t off)
{
    uint64_t end = file->base.end_off;
    uint64_t data_off = off + 1 + build_varuint_size(file->size);
    if (file->size > 0) {
        data_off = build_layout_align(data_off, file->align);
    }
    if (data_off > end || file->size > end - data_off || end - data_off - file->size == 1) {
        return false;
    }
    file->data_off = data_off;
    return true;
}

/* Tries to put a file into its record in the base. */
static void base_fit_file(struct base *base, struct build_node *file)
{
    const struct build_base_place *place = &file->base;
    uint64_t off = place->body_off + build_layout_time_size(file);
    uint64_t pointer_size = 2 + (uint64_t)build_varuint_size(file->size);
    if (file->owner != NULL) {
        /* The owner has no place yet; base_check_pointers() knows more. */
        file->is_kept = off + pointer_size < place->end_off;
        return;
    }
    struct base_extent *extent = base_find_loose(base, file);
    if (extent != NULL) {
        extent->is_used = true;
        file->data_off = place->data_off;
        file->is_loose = true;
        file->is_kept = true;
    } else if (base_fit_contents(file, off)) {
        file->is_kept = true;
    } else if (off + pointer_size + build_varuint_size(base->fs.size * (uint64_t)2) <= place->end_off) {
        file->data_off = 0; /* comes later */
        file->is_loose = true;
        file->is_kept = true;
    }
}

/* Decides which nodes are kept, children before their directory: it stays only if all of them do. */
static void base_choose(struct base *base)
{
    struct romfs_build *build = base->build;
    for (uint32_t i = 0; i < build->node_count; i++) {
        build->order[i]->is_kept = build->order[i]->is_dir && build->order[i]->base.off != 0;
    }
    for (uint32_t i = build->node_count; i-- > 0;) {
        struct build_node *node = build->order[i];
        if (!node->is_dir && node->base.off != 0) {
            base_fit_file(base, node);
        }
        uint64_t head_size = 2 + build_layout_name_size(node);
        uint64_t base_head_size = node->base.body_off - node->base.off;
        if (node->is_kept &&
            (base_head_size < head_size || base_head_size > head_size + BUILD_VARUINT_SIZE_MAX - 1)) {
            node->is_kept = false;
        }
        if (!node->is_kept && node->parent != &build->root) {
            node->parent->is_kept = false;
        }
    }
}

static int base_compare_extents(const void *a, const void *b)
{
    const struct base_extent *left = a;
    const struct base_extent *right = b;
    return (left->off > right->off) - (left->off < right->off);
}

/* Gives the kept nodes their places, takes those of others back, and notes what of the top level is taken. */
static int base_keep(struct base *base)
{
    struct romfs_build *build = base->build;
    base->count = 0;
    for (uint32_t i = 0; i < build->node_count; i++) {
        struct build_node *node = build->order[i];
        if (node->parent != &build->root && !node->parent->is_kept) {
            node->is_kept = false;
        }
        if (!node->is_kept) {
            node->is_loose = false;
            continue;
        }
        build->summary.kept_count++;
        node->off = node->base.off;
        node->end_off = node->base.end_off;
        node->length_width = (uint8_t)(node->base.body_off - node->base.off - 1 - build_layout_name_size(node));
        if (node->parent == &build->root && base_extent_add(base, node->off, node->end_off) == NULL) {
            return build_fail_memory(build);
        }
        uint64_t contents_off = node->data_off - 1 - build_varuint_size(node->size);
        if (node->is_loose && node->data_off != 0 &&
            base_extent_add(base, contents_off, node->data_off + node->size) == NULL) {
            return build_fail_memory(build);
        }
    }
    if (base->count > 0) {
        qsort(base->extents, base->count, sizeof base->extents[0], base_compare_extents);
    }
    return 0;
}

/* Takes [off, end_off), which is free. */
static int base_take(struct base *base, size_t before, uint64_t off, uint64_t end_off)
{
    if (base_extent_add(base, 0, 0) == NULL) {
        return build_fail_memory(base->build);
    }
    struct base_extent *at = &base->extents[before];
    memmove(at + 1, at, (base->count - 1 - before) * sizeof *at);
    *at = (struct base_extent){.off = off, .end_off = end_off};
    return 0;
}

/* Lays something out at off; returns the offset behind it. */
typedef uint64_t base_put(struct base *base, void *what, uint64_t off);

/* Puts something, `count` records, into the first gap of the top level that has room; least_size bytes at least. */
static int base_place(struct base *base, base_put *put, void *what, uint32_t count, uint64_t least_size)
{
    uint64_t off = base->build->layout.header_size + base->build->info_size;
    for (size_t i = 0;; i++) {
        uint64_t gap_end = i < base->count ? base->extents[i].off : UINT64_MAX;
        bool may_fit = gap_end - off >= least_size && base->tries < TRIES_MAX;
        if (may_fit || i == base->count) {
            base->tries += count;
            uint64_t end = put(base, what, off);
            if (end <= gap_end && gap_end - end != 1) {
                return base_take(base, i, off, end);
            }
        }
        off = base->extents[i].end_off;
    }
}

static uint64_t base_put_contents(struct base *base, void *what, uint64_t off)
{
    (void)base;
    struct build_node *file = what;
    uint64_t head_size = 1 + (uint64_t)build_varuint_size(file->size);
    file->data_off = build_layout_align(off + head_size, file->align);
    if (file->data_off - head_size - off == 1) {
        file->data_off += file->align; /* one byte is too small for a padding record */
    }
    return file->data_off + file->size;
}

/* Nodes that stand in one piece, the first at the top level. */
struct base_piece {
    struct build_node **nodes;
    uint32_t count;
};

static uint64_t base_put_piece(struct base *base, void *what, uint64_t off)
{
    const struct base_piece *piece = what;
    return build_layout_place(piece->nodes, piece->count, off, base->build->layout.header_size);
}

static int base_place_all(struct base *base)
{
    struct romfs_build *build = base->build;
    int err = 0;
    for (uint32_t i = 0; i < build->node_count && err == 0; i++) {
        struct build_node *node = build->order[i];
        if (node->is_loose && node->data_off == 0) {
            err = base_place(base, base_put_contents, node, 1, node->size);
        }
    }
    for (uint32_t i = 0; i < build->node_count && err == 0;) {
        struct base_piece piece = {build->order + i, 0};
        uint64_t least_size = 0;
        do {
            const struct build_node *node = piece.nodes[piece.count++];
            least_size += !node->is_dir && node->owner == NULL ? node->size : 0;
        } while (i + piece.count < build->node_count && piece.nodes[piece.count]->parent != &build->root);
        if (!piece.nodes[0]->is_kept) {
            err = base_place(base, base_put_piece, &piece, piece.count, least_size);
        }
        i += piece.count;
    }
    return err;
}

/* Whether all pointers fit into the records that were kept. */
static bool base_check_pointers(const struct romfs_build *build)
{
    for (uint32_t i = 0; i < build->node_count; i++) {
        const struct build_node *file = build->order[i];
        if (!file->is_kept || file->is_dir || (file->owner == NULL && !file->is_loose)) {
            continue;
        }
        uint64_t data_off = file->owner != NULL ? file->owner->data_off : file->data_off;
        uint64_t pointer_size =
            2 + (uint64_t)build_varuint_size(file->size) + build_varuint_size(data_off - build->layout.header_size);
        if (file->base.body_off + build_layout_time_size(file) + pointer_size > file->end_off) {
            return false;
        }
    }
    return true;
}

static int base_compare_nodes(const void *a, const void *b)
{
    const struct build_node *const *left = a;
    const struct build_node *const *right = b;
    return ((*left)->off > (*right)->off) - ((*left)->off < (*right)->off);
}

static int base_compare_loose(const void *a, const void *b)
{
    const struct build_node *const *left = a;
    const struct build_node *const *right = b;
    return ((*left)->data_off > (*right)->data_off) - ((*left)->data_off < (*right)->data_off);
}

/* Brings everything into the order in which it is written. */
static int base_sort(struct romfs_build *build)
{
    build->loose = malloc(((size_t)build->node_count + 1) * sizeof *build->loose);
    if (build->loose == NULL) {
        return build_fail_memory(build);
    }
    qsort(build->order, build->node_count, sizeof build->order[0], base_compare_nodes);
    for (uint32_t i = 0; i < build->node_count; i++) {
        if (build->order[i]->is_loose) {
            build->loose[build->loose_count++] = build->order[i];
        }
    }
    qsort(build->loose, build->loose_count, sizeof build->loose[0], base_compare_loose);
    return 0;
}

/* Whether the base has a header and an info record like those of the new image, so that anything can stay. */
static bool base_is_alike(const struct base *base, uint64_t size_max)
{
    const struct romfs *fs = &base->fs;
    uint8_t width = build_varuint_size(fs->size - fs->payload_off);
    return fs->payload_off == BUILD_IMAGE_KIND_SIZE + (uint32_t)width && fs->size / 2 <= size_max;
}

/*
 * What to leave free in front of an index that moves, so that it can stay the next time. One of a few blocks is
 * written anew anyway; without room it moves so little that a patch makes it of the old one (docs/transfer.md).
 */
static uint64_t base_room(const struct romfs_build *build, uint64_t plain_size)
{
    if (build->options->no_index || build_index_size(build) <= INDEX_SMALL) {
        return 0;
    }
    return plain_size / ROOM_SHARE;
}

/* Places everything. Returns 1, 0 if that makes no sense with this base, or a negative error. */
static int base_layout(struct base *base)
{
    struct romfs_build *build = base->build;
    uint64_t plain_size = build->layout.image_size;
    uint64_t size_max = plain_size + plain_size / SIZE_SHARE + SIZE_MORE;
    if (!base_is_alike(base, size_max)) {
        return 0;
    }
    build->layout.header_size = base->fs.payload_off;
    uint64_t start = build->layout.header_size + build->info_size;
    int err = base_read(base);
    if (err == 0) {
        base_choose(base);
        err = base_keep(base);
    }
    if (err != 0) {
        return err;
    }
    if (base->count == 0 || base->extents[0].off < start || base->extents[0].off == start + 1) {
        return 0;
    }
    err = base_place_all(base);
    if (err != 0) {
        return err;
    }
    uint64_t end = base->extents[base->count - 1].end_off;
    uint64_t room = base_room(build, plain_size);
    if (base->tail_off == end || base->tail_off >= end + BUILD_PAD_SIZE_MIN) {
        room = base->tail_off - end;
    }
    return build_layout_end(build, build->layout.header_size, end, room) && build->layout.image_size <= size_max &&
           build->layout.image_size <= UINT32_MAX && base_check_pointers(build);
}

/* Takes back what was tried. */
static int base_give_up(struct romfs_build *build)
{
    for (uint32_t i = 0; i < build->node_count; i++) {
        build->order[i]->is_kept = false;
        build->order[i]->is_loose = false;
    }
    build->summary.kept_count = 0;
    return build_layout(build);
}

int build_base(struct romfs_build *build)
{
    struct base base = {.build = build};
    free(build->loose);
    build->loose = NULL;
    build->loose_count = 0;
    for (uint32_t i = 0; i < build->node_count; i++) {
        build->order[i]->is_kept = false;
        build->order[i]->is_loose = false;
    }
    if (build->options->base == NULL || romfs_open(&base.fs, build->options->base, build->options->base_size) != 0) {
        return 0;
    }
    int done = base_layout(&base);
    free(base.extents);
    if (done < 0) {
        return done;
    }
    return done == 1 ? base_sort(build) : base_give_up(build);
}
