/*
 * Gives every record its offset.
 *
 * The contents of a file are aligned relative to the start of the image, so the gap before them depends on everything
 * that stands in front, the lengths of the enclosing records included, and those depend on the gap. Three things
 * break the circle. A directory's length field is as wide as the largest size that the directory can have wherever it
 * ends up; in the rare case that it turns out smaller, the length is padded. A file is placed for each width of its
 * length until one fits. The image's own length must not be padded, so the whole layout is done for each size of the
 * header, from the smallest possible on, until one fits.
 */
#include "romfs/build.h"
#include "romfs/build_record.h"

uint64_t mprom_build_layout_name_size(const struct mprom_build_node *node)
{
    return mprom_build_varuint_size(node->name_size) + (uint64_t)node->name_size;
}

uint64_t mprom_build_layout_time_size(const struct mprom_build_node *file)
{
    return file->mtime != 0 ? MPROM_BUILD_KIND_SIZE_LONG + 1 + (uint64_t)mprom_build_varuint_size(file->mtime) : 0;
}

/* The largest size that the record can have, for a directory once its children have added theirs to end_off. */
static uint64_t layout_bound(struct mprom_build_node *node)
{
    uint64_t payload = mprom_build_layout_name_size(node);
    if (node->is_dir) {
        payload += node->end_off;
        node->length_width = mprom_build_varuint_size(payload);
    } else if (node->owner != NULL) {
        payload += mprom_build_layout_time_size(node) + 2 + mprom_build_varuint_size(node->size) +
                   mprom_build_varuint_size(UINT32_MAX);
    } else {
        payload +=
            mprom_build_layout_time_size(node) + node->align + 1 + mprom_build_varuint_size(node->size) + node->size;
    }
    return 1 + mprom_build_varuint_size(payload) + payload;
}

void mprom_build_layout_widths(struct mprom_romfs_build *build)
{
    for (uint32_t i = 0; i < build->node_count; i++) {
        build->order[i]->end_off = 0;
    }
    /* Children stand behind their directory, so from the end each directory is met when its sum is complete. */
    for (uint32_t i = build->node_count; i-- > 0;) {
        struct mprom_build_node *node = build->order[i];
        uint64_t bound = layout_bound(node);
        if (node->parent != &build->root) {
            node->parent->end_off += bound;
        }
    }
}

uint64_t mprom_build_layout_align(uint64_t off, uint64_t align)
{
    return (off + align - 1) & ~(align - 1);
}

static void layout_file(struct mprom_build_node *file, uint64_t header_size)
{
    for (uint8_t width = 1;; width++) {
        uint64_t payload_off = file->off + 1 + width;
        uint64_t off = payload_off + mprom_build_layout_name_size(file) + mprom_build_layout_time_size(file);
        if (file->owner != NULL) {
            uint64_t pointer = file->owner->data_off - header_size;
            file->end_off = off + 2 + mprom_build_varuint_size(file->size) + mprom_build_varuint_size(pointer);
        } else {
            off += 1 + (uint64_t)mprom_build_varuint_size(file->size);
            file->data_off = file->size > 0 ? mprom_build_layout_align(off, file->align) : off;
            file->end_off = file->data_off + file->size;
        }
        file->length_width = width;
        if (mprom_build_varuint_size(file->end_off - payload_off) <= width) {
            return;
        }
    }
}

uint64_t mprom_build_layout_place(struct mprom_build_node **nodes, uint32_t count, uint64_t off, uint64_t header_size)
{
    for (uint32_t i = 0; i < count; i++) {
        struct mprom_build_node *node = nodes[i];
        node->off = off;
        if (node->is_dir) {
            node->end_off = off + 1 + node->length_width + mprom_build_layout_name_size(node);
        } else {
            layout_file(node, header_size);
        }
        off = node->end_off;
    }
    for (uint32_t i = count; i-- > 0;) {
        struct mprom_build_node *node = nodes[i];
        if (node->end_off > node->parent->end_off) {
            node->parent->end_off = node->end_off;
        }
    }
    return off;
}

/* Places the index at `off` and returns the offset behind it. */
static uint64_t layout_index(struct mprom_build_layout *layout, uint64_t off, uint64_t table_size)
{
    layout->index_off = off;
    for (uint8_t width = 1;; width++) {
        uint64_t payload_off = off + MPROM_BUILD_KIND_SIZE_LONG + width;
        layout->table_off = mprom_build_layout_align(payload_off, MPROM_BUILD_INDEX_ALIGN);
        layout->index_length_width = width;
        if (mprom_build_varuint_size(layout->table_off - payload_off + table_size) <= width) {
            return layout->table_off + table_size;
        }
    }
}

/* Places what stands behind the nodes, with pad_size bytes of padding in front of it. */
static void layout_end(struct mprom_romfs_build *build, uint64_t pad_off, uint64_t pad_size)
{
    const struct mprom_romfs_build_options *options = build->options;
    struct mprom_build_layout *layout = &build->layout;
    layout->pad_off = pad_off;
    layout->pad_size = pad_size;
    layout->index_off = 0;
    layout->image_size = pad_off + pad_size;
    if (!options->no_index && build->node_count > 0) {
        layout->image_size = layout_index(layout, layout->image_size, mprom_build_index_size(build));
    }
    if (!options->no_seal) {
        layout->image_size += MPROM_ROMFS_SEAL_SIZE;
    }
}

bool mprom_build_layout_end(struct mprom_romfs_build *build, uint64_t header_size, uint64_t pad_off,
                            uint64_t pad_size)
{
    uint8_t width = (uint8_t)(header_size - MPROM_BUILD_IMAGE_KIND_SIZE);
    build->layout.header_size = header_size;
    for (;;) {
        layout_end(build, pad_off, pad_size);
        uint8_t need = mprom_build_varuint_size(build->layout.image_size - header_size);
        if (need > width) {
            return false;
        }
        /*
         * Too small happens only right behind a boundary: with one byte less in the header the image was too large,
         * and the byte more took some of the gaps away.
         */
        if (need == width && build->layout.image_size % 2 == 0) {
            return true;
        }
        pad_size = pad_size == 0 ? MPROM_BUILD_PAD_SIZE_MIN : pad_size + 1;
    }
}

/* Lays out everything behind a header of header_size bytes. Returns whether the image needs a header of that size. */
static bool layout_fits(struct mprom_romfs_build *build, uint64_t header_size)
{
    uint64_t off = header_size + build->info_size;
    uint64_t end = mprom_build_layout_place(build->order, build->node_count, off, header_size);
    return mprom_build_layout_end(build, header_size, end, 0);
}

/* At least this is the payload, whatever the gaps are. */
static int layout_check_sizes(struct mprom_romfs_build *build, uint64_t *least)
{
    *least = 0;
    for (uint32_t i = 0; i < build->node_count; i++) {
        const struct mprom_build_node *node = build->order[i];
        if (node->is_dir || node->owner != NULL) {
            continue;
        }
        /* Each is bounded, so the sums here and in the bounds cannot overflow. */
        if (node->size > UINT32_MAX) {
            return mprom_build_fail_node(build, node, -MPROM_EFBIG, "larger than an image can be (4 GiB)");
        }
        *least += node->size;
    }
    return 0;
}

int mprom_build_layout(struct mprom_romfs_build *build)
{
    uint64_t least;
    int err = layout_check_sizes(build, &least);
    if (err != 0) {
        return err;
    }
    mprom_build_layout_widths(build);
    uint64_t header_size = MPROM_BUILD_IMAGE_KIND_SIZE + (uint64_t)mprom_build_varuint_size(least);
    while (!layout_fits(build, header_size)) {
        header_size++;
    }
    if (build->layout.image_size > UINT32_MAX) {
        return mprom_build_fail(build, -MPROM_EFBIG, "the image would have %llu bytes; it can have 4294967294",
                                (unsigned long long)build->layout.image_size);
    }
    return 0;
}
