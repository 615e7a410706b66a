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
 * If that does not fit into what the caller says (a segment), a tighter layout is tried: records with much unused
 * room do not stay, then more and more of the base's end moves into the gaps. In the end everything is laid out anew.
 *
 * The base is taken for hostile: it says which places to prefer, and nothing depends on what stands there. Records do
 * not overlap, so places of records do not; a place of loose contents is only taken if it is a whole data record of
 * the top level, and by one file.
 */
#include "romfs/build_base.h"

#include <stdlib.h>
#include <string.h>

#include "romfs/build_record.h"
#include "romfs/record.h"

enum {
    INDEX_SMALL = 8192,
    ROOM_SHARE = 32,   /* of the image is left free when a larger index moves: 1 in 32 */
    SIZE_SHARE = 4,    /* the image may be larger by 1 in 4 */
    SIZE_MORE = 4096,  /* and by this, as room counts for more in a small image */
    UNUSED_SHARE = 32, /* of a record may be unused in a tight layout: 1 in 32 */
    UNUSED_MORE = 64,  /* and this */
    CUT_SHARE = 32,    /* of the base is laid out anew in the first step towards a tight layout: 1 in 32 */
};

/* The records of the top level that are no entries: where loose contents are, and where the tail starts. */
static int base_read_top(struct mprom_base *base)
{
    struct mprom_romfs_span span = {base->fs.image + base->fs.payload_off, base->fs.image + base->fs.size};
    base->tail_off = base->fs.size;
    while (span.pos != span.end) {
        uint32_t off = (uint32_t)(span.pos - base->fs.image);
        uint32_t kind;
        struct mprom_romfs_span body;
        if (!mprom_romfs_record_next(&span, &kind, &body)) {
            return 0;
        }
        if (kind == MPROM_ROMFS_KIND_INDEX || kind == MPROM_ROMFS_KIND_SEAL) {
            base->tail_off = off;
            return 0;
        }
        uint64_t head_size = 1 + (uint64_t)mprom_build_varuint_size(mprom_romfs_span_size(&body));
        if (kind != MPROM_ROMFS_KIND_DATA || off + head_size != (uint64_t)(body.pos - base->fs.image)) {
            continue;
        }
        if (mprom_build_base_take(base, off, off + head_size + mprom_romfs_span_size(&body)) == NULL) {
            return mprom_build_fail_memory(base->build);
        }
    }
    return 0;
}

/*
 * Finds the entries of a directory of the base among the nodes. Returns whether it is records to its end: only then
 * do gaps between them have room for padding.
 */
static bool base_read_dir(struct mprom_base *base, struct mprom_build_node *dir, struct mprom_romfs_span span)
{
    struct mprom_romfs_entry entry;
    int found;
    while ((found = mprom_romfs_record_entry(&base->fs, &span, &entry)) > 0) {
        struct mprom_build_node *node = mprom_build_find(base->build, dir, entry.name, entry.name_size);
        if (node == NULL || node->base.off != 0 || node->is_dir != entry.is_dir) {
            continue;
        }
        struct mprom_build_base_place place = {
            .off = entry.off,
            .body_off = (uint32_t)(entry.data - base->fs.image),
            .end_off = (uint32_t)(span.pos - base->fs.image),
        };
        if (mprom_romfs_record_resolve(&base->fs, &entry) > 0) {
            place.data_off = (uint32_t)(entry.data - base->fs.image);
            place.data_size = entry.size;
            node->base = place;
        }
    }
    return found == 0;
}

static int base_read(struct mprom_base *base)
{
    struct mprom_romfs_build *build = base->build;
    struct mprom_romfs_entry root;
    for (uint32_t i = 0; i < build->node_count; i++) {
        build->order[i]->base.off = 0;
    }
    mprom_romfs_root(&base->fs, &root);
    base_read_dir(base, &build->root, (struct mprom_romfs_span){root.data, root.data + root.size});
    for (uint32_t i = 0; i < build->node_count; i++) {
        struct mprom_build_node *node = build->order[i];
        if (node->is_dir && node->base.off != 0) {
            const uint8_t *image = base->fs.image;
            struct mprom_romfs_span span = {image + node->base.body_off, image + node->base.end_off};
            if (!base_read_dir(base, node, span)) {
                node->base.off = 0;
            }
        }
    }
    return base_read_top(base);
}

/* The place of loose contents that the base has for a file, if it is as large as the file is now; else NULL. */
static struct mprom_base_extent *base_find_loose(struct mprom_base *base, const struct mprom_build_node *file)
{
    const struct mprom_build_base_place *place = &file->base;
    if (place->data_size != file->size || place->data_off % file->align != 0) {
        return NULL;
    }
    uint64_t off = place->data_off - 1 - (uint64_t)mprom_build_varuint_size(file->size);
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
        base->extents[low].end_off != place->data_off + file->size || base->extents[low].end_off > base->cut_off ||
        base->extents[low].is_used) {
        return NULL;
    }
    return &base->extents[low];
}

/* Whether contents fit into a file's record in the base; gives them their offset. */
static bool base_fit_contents(struct mprom_build_node *file, uint64_t off)
{
    uint64_t end = file->base.end_off;
    uint64_t data_off = off + 1 + mprom_build_varuint_size(file->size);
    if (file->size > 0) {
        data_off = mprom_build_layout_align(data_off, file->align);
    }
    if (data_off > end || file->size > end - data_off || end - data_off - file->size == 1) {
        return false;
    }
    file->data_off = data_off;
    return true;
}

/* Whether enough of a record is in use, of which nothing is behind used_end_off. */
static bool base_is_used(const struct mprom_base *base, const struct mprom_build_base_place *place,
                         uint64_t used_end_off)
{
    uint32_t size = place->end_off - place->off;
    return !base->is_tight || used_end_off + size / UNUSED_SHARE + UNUSED_MORE >= place->end_off;
}

/* The same for a directory, all of whose entries stay. */
static bool base_dir_is_used(const struct mprom_base *base, const struct mprom_build_node *dir)
{
    uint64_t used_end_off = dir->base.body_off;
    for (const struct mprom_build_node *node = dir->first_child; node != NULL; node = node->next) {
        used_end_off += node->base.end_off - node->base.off;
    }
    return base_is_used(base, &dir->base, used_end_off);
}

/* Tries to put a file into its record in the base. */
static void base_fit_file(struct mprom_base *base, struct mprom_build_node *file)
{
    const struct mprom_build_base_place *place = &file->base;
    uint64_t off = place->body_off + mprom_build_layout_time_size(file);
    uint64_t pointer_end_off = off + 2 + mprom_build_varuint_size(file->size);
    uint64_t used_end_off = pointer_end_off + mprom_build_varuint_size(base->fs.size * (uint64_t)2);
    if (file->owner != NULL) {
        /* The owner has no place yet; base_check_pointers() knows more. */
        file->is_kept = pointer_end_off < place->end_off && base_is_used(base, place, used_end_off);
        return;
    }
    struct mprom_base_extent *extent = base_find_loose(base, file);
    if (extent != NULL) {
        file->data_off = place->data_off;
        file->is_loose = true;
        file->is_kept = base_is_used(base, place, used_end_off);
        extent->is_used = file->is_kept;
    } else if (base_fit_contents(file, off)) {
        file->is_kept = base_is_used(base, place, file->data_off + file->size);
    } else if (used_end_off <= place->end_off) {
        file->data_off = 0; /* comes later */
        file->is_loose = true;
        file->is_kept = base_is_used(base, place, used_end_off);
    }
}

/* Whether a node can stay, and where its name is: its head has the size that the writer can make. */
static bool base_node_fits(const struct mprom_base *base, const struct mprom_build_node *node)
{
    uint64_t head_size = 2 + mprom_build_layout_name_size(node);
    uint64_t base_head_size = node->base.body_off - node->base.off;
    return base_head_size >= head_size && base_head_size <= head_size + MPROM_BUILD_VARUINT_SIZE_MAX - 1 &&
           node->base.end_off <= base->cut_off && (!node->is_dir || base_dir_is_used(base, node));
}

/* Decides which nodes are kept, children before their directory: it stays only if all of them do. */
static void base_choose(struct mprom_base *base)
{
    struct mprom_romfs_build *build = base->build;
    for (uint32_t i = 0; i < build->node_count; i++) {
        struct mprom_build_node *node = build->order[i];
        node->is_kept = node->is_dir && node->base.off != 0;
        node->is_loose = false;
    }
    for (uint32_t i = build->node_count; i-- > 0;) {
        struct mprom_build_node *node = build->order[i];
        if (!node->is_dir && node->base.off != 0) {
            base_fit_file(base, node);
        }
        node->is_kept = node->is_kept && base_node_fits(base, node);
        if (!node->is_kept && node->parent != &build->root) {
            node->parent->is_kept = false;
        }
    }
}

static int base_compare_extents(const void *a, const void *b)
{
    const struct mprom_base_extent *left = a;
    const struct mprom_base_extent *right = b;
    return (left->off > right->off) - (left->off < right->off);
}

/* Gives the kept nodes their places, takes those of others back, and notes what of the top level is taken. */
static int base_keep(struct mprom_base *base)
{
    struct mprom_romfs_build *build = base->build;
    base->count = 0;
    build->summary.kept_count = 0;
    for (uint32_t i = 0; i < build->node_count; i++) {
        struct mprom_build_node *node = build->order[i];
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
        node->length_width = (uint8_t)(node->base.body_off - node->base.off - 1 - mprom_build_layout_name_size(node));
        if (node->parent == &build->root && mprom_build_base_take(base, node->off, node->end_off) == NULL) {
            return mprom_build_fail_memory(build);
        }
        uint64_t contents_off = node->data_off - 1 - mprom_build_varuint_size(node->size);
        if (node->is_loose && node->data_off != 0 &&
            mprom_build_base_take(base, contents_off, node->data_off + node->size) == NULL) {
            return mprom_build_fail_memory(build);
        }
    }
    if (base->count > 0) {
        qsort(base->extents, base->count, sizeof base->extents[0], base_compare_extents);
    }
    return 0;
}

/* Whether all pointers fit into the records that were kept. */
static bool base_check_pointers(const struct mprom_romfs_build *build)
{
    for (uint32_t i = 0; i < build->node_count; i++) {
        const struct mprom_build_node *file = build->order[i];
        if (!file->is_kept || file->is_dir || (file->owner == NULL && !file->is_loose)) {
            continue;
        }
        uint64_t data_off = file->owner != NULL ? file->owner->data_off : file->data_off;
        uint64_t pointer_size = 2 + (uint64_t)mprom_build_varuint_size(file->size) +
                                mprom_build_varuint_size(data_off - build->layout.header_size);
        if (file->base.body_off + mprom_build_layout_time_size(file) + pointer_size > file->end_off) {
            return false;
        }
    }
    return true;
}

static int base_compare_nodes(const void *a, const void *b)
{
    const struct mprom_build_node *const *left = a;
    const struct mprom_build_node *const *right = b;
    return ((*left)->off > (*right)->off) - ((*left)->off < (*right)->off);
}

static int base_compare_loose(const void *a, const void *b)
{
    const struct mprom_build_node *const *left = a;
    const struct mprom_build_node *const *right = b;
    return ((*left)->data_off > (*right)->data_off) - ((*left)->data_off < (*right)->data_off);
}

/* Brings everything into the order in which it is written. */
static int base_sort(struct mprom_romfs_build *build)
{
    build->loose = malloc(((size_t)build->node_count + 1) * sizeof *build->loose);
    if (build->loose == NULL) {
        return mprom_build_fail_memory(build);
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

/* Whether the base has a header like that of the new image, and a size, so that anything can stay. */
static bool base_is_alike(const struct mprom_base *base)
{
    const struct mprom_romfs *fs = &base->fs;
    uint8_t width = mprom_build_varuint_size(fs->size - fs->payload_off);
    return fs->payload_off == MPROM_BUILD_IMAGE_KIND_SIZE + (uint32_t)width && fs->size / 2 <= base->size_max;
}

/*
 * What to leave free in front of an index that moves, so that it can stay the next time. One of a few blocks is
 * written anew anyway; without room it moves so little that a patch makes it of the old one (docs/transfer.md).
 */
static uint64_t base_room(const struct mprom_base *base, uint64_t end)
{
    const struct mprom_romfs_build *build = base->build;
    if (base->tail_off == end || base->tail_off >= end + MPROM_BUILD_PAD_SIZE_MIN) {
        return base->tail_off - end;
    }
    if (build->options->no_index || mprom_build_index_size(build) <= INDEX_SMALL) {
        return 0;
    }
    return base->plain_size / ROOM_SHARE;
}

/* Places index and seal behind `end`, with so much room in front of them as there is. Returns whether they fit. */
static bool base_layout_end(struct mprom_base *base, uint64_t end)
{
    struct mprom_romfs_build *build = base->build;
    uint64_t room = base_room(base, end);
    while (mprom_build_layout_end(build, build->layout.header_size, end, room)) {
        uint64_t image_size = build->layout.image_size;
        if (image_size <= base->size_max) {
            return true;
        }
        if (room == 0) {
            return false;
        }
        uint64_t excess = image_size - base->size_max;
        room = room >= excess + MPROM_BUILD_PAD_SIZE_MIN ? room - excess : 0;
    }
    return false;
}

/* Places everything. Returns 1, 0 if it becomes too large or cannot be, or a negative error. */
static int base_layout(struct mprom_base *base)
{
    struct mprom_romfs_build *build = base->build;
    base->count = 0;
    base->tries = 0;
    mprom_build_layout_widths(build); /* an attempt before may have set those of records that it kept */
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
    err = mprom_build_base_place(base);
    if (err != 0) {
        return err;
    }
    return base_layout_end(base, base->extents[base->count - 1].end_off) && base_check_pointers(build);
}

/*
 * Tries layouts until one fits the size that the caller wants: as much as possible where it is in the base; without
 * records of which much is unused; and without more and more of the base's end, which moves into the gaps in front of
 * it. Returns as base_layout().
 */
static int base_layout_tighter(struct mprom_base *base)
{
    int done = base_layout(base);
    if (base->build->options->size_max == 0) {
        return done;
    }
    base->is_tight = true;
    if (done == 0) {
        done = base_layout(base);
    }
    uint64_t step = base->fs.size / CUT_SHARE + 1;
    for (; done == 0 && step < base->fs.size; step *= 2) {
        base->cut_off = base->fs.size - step;
        done = base_layout(base);
    }
    return done;
}

/* Takes back what was tried. */
static int base_give_up(struct mprom_romfs_build *build)
{
    for (uint32_t i = 0; i < build->node_count; i++) {
        build->order[i]->is_kept = false;
        build->order[i]->is_loose = false;
    }
    build->summary.kept_count = 0;
    return mprom_build_layout(build);
}

int mprom_build_base(struct mprom_romfs_build *build)
{
    const struct mprom_romfs_build_options *options = build->options;
    struct mprom_base base = {.build = build, .plain_size = build->layout.image_size, .cut_off = UINT64_MAX};
    free(build->loose);
    build->loose = NULL;
    build->loose_count = 0;
    for (uint32_t i = 0; i < build->node_count; i++) {
        build->order[i]->is_kept = false;
        build->order[i]->is_loose = false;
    }
    if (options->base == NULL || mprom_romfs_open(&base.fs, options->base, options->base_size) != 0) {
        return 0;
    }
    base.size_max = base.plain_size + base.plain_size / SIZE_SHARE + SIZE_MORE;
    uint32_t limit = options->size_max != 0 ? options->size_max : UINT32_MAX;
    base.size_max = base.size_max < limit ? base.size_max : limit;
    if (!base_is_alike(&base)) {
        return 0;
    }
    int done = base_layout_tighter(&base);
    free(base.extents);
    if (done < 0) {
        return done;
    }
    return done == 1 ? base_sort(build) : base_give_up(build);
}
