/* Writes the records of an image where the layout has placed them. */
#include <stdlib.h>
#include <string.h>

#include "romfs/build.h"
#include "romfs/build_contents.h"
#include "romfs/build_index.h"
#include "romfs/build_output.h"
#include "romfs/build_record.h"
#include "romfs/seal.h"

/* Stays in the second-level cache between reading, summing and writing. */
enum {
    BUFFER_SIZE = 1 << 16
};

static void write_pad(struct mprom_build_output *output, uint64_t size)
{
    uint8_t width = mprom_build_record_pad_width(size);
    mprom_build_output_head(output, MPROM_ROMFS_KIND_PADDING, size - 1 - width, width);
    mprom_build_output_zeros(output, size - 1 - width);
}

/* Kind, length and name: what directories and files have in common. */
static void write_node_head(struct mprom_build_output *output, const struct mprom_build_node *node)
{
    uint64_t payload_size = node->end_off - node->off - 1 - node->length_width;
    mprom_build_output_head(output, node->is_dir ? MPROM_ROMFS_KIND_DIR : MPROM_ROMFS_KIND_FILE, payload_size,
                            node->length_width);
    mprom_build_output_varuint(output, node->name_size);
    mprom_build_output_put(output, node->name, node->name_size);
}

static int write_host_contents(struct mprom_build_output *output, struct mprom_romfs_build *build,
                               struct mprom_build_node *file)
{
    struct mprom_build_contents contents;
    ssize_t got = mprom_build_contents_open(&contents, build, file);
    if (got < 0) {
        return (int)got;
    }
    do {
        size_t room;
        uint8_t *dst = mprom_build_output_room(output, &room);
        got = dst != NULL ? mprom_build_contents_read(&contents, dst, room) : 0;
        mprom_build_output_took(output, got > 0 ? (size_t)got : 0);
    } while (got > 0);
    mprom_build_contents_close(&contents);
    return (int)got;
}

static int write_bytes(struct mprom_build_output *output, struct mprom_romfs_build *build,
                       struct mprom_build_node *file)
{
    if (file->host_path != NULL) {
        return write_host_contents(output, build, file);
    }
    mprom_build_output_put(output, file->data, (size_t)file->size);
    return 0;
}

/* The data record of a file that keeps its own contents, and the gap in front that aligns them. */
static int write_contents(struct mprom_build_output *output, struct mprom_romfs_build *build,
                          struct mprom_build_node *file)
{
    uint8_t width = mprom_build_varuint_size(file->size);
    uint64_t gap = file->data_off - mprom_build_output_off(output) - 1 - width;
    if (gap == 1) {
        width++; /* too small for a padding record */
    } else if (gap >= MPROM_BUILD_PAD_SIZE_MIN) {
        write_pad(output, gap);
    }
    mprom_build_output_head(output, MPROM_ROMFS_KIND_DATA, file->size, width);
    return write_bytes(output, build, file);
}

/* A gap of one byte behind it, for which no padding record is small enough, becomes part of the payload. */
static void write_pointer(struct mprom_build_output *output, struct mprom_romfs_build *build,
                          const struct mprom_build_node *file)
{
    const struct mprom_build_node *owner = file->owner != NULL ? file->owner : file;
    uint64_t pointer = owner->data_off - build->layout.header_size;
    uint8_t size = (uint8_t)(mprom_build_varuint_size(file->size) + mprom_build_varuint_size(pointer));
    bool is_one_short = mprom_build_output_off(output) + 2 + size + 1 == file->end_off;
    mprom_build_output_head(output, MPROM_ROMFS_KIND_DATA_POINTER, size + (uint64_t)is_one_short, 1);
    mprom_build_output_varuint(output, file->size);
    mprom_build_output_varuint(output, pointer);
    mprom_build_output_zeros(output, is_one_short);
}

static int write_file(struct mprom_build_output *output, struct mprom_romfs_build *build,
                      struct mprom_build_node *file)
{
    write_node_head(output, file);
    if (file->mtime != 0) {
        mprom_build_output_head(output, MPROM_ROMFS_KIND_TIME, mprom_build_varuint_size(file->mtime), 1);
        mprom_build_output_varuint(output, file->mtime);
    }
    if (file->owner == NULL && !file->is_loose) {
        return write_contents(output, build, file);
    }
    write_pointer(output, build, file);
    return 0;
}

/* Fills up to `off` with padding. */
static void write_gap(struct mprom_build_output *output, uint64_t off)
{
    uint64_t at = mprom_build_output_off(output);
    if (at < off) {
        write_pad(output, off - at);
    }
}

/* Fills up what encloses the record written last and ends in front of `off`, then up to there. */
static void write_gaps(struct mprom_build_output *output, const struct mprom_build_node *last, uint64_t off)
{
    for (; last != NULL && last->parent != NULL && last->end_off <= off; last = last->parent) {
        write_gap(output, last->end_off);
    }
    write_gap(output, off);
}

static int write_loose(struct mprom_build_output *output, struct mprom_romfs_build *build,
                       struct mprom_build_node *file)
{
    mprom_build_output_head(output, MPROM_ROMFS_KIND_DATA, file->size, mprom_build_varuint_size(file->size));
    return write_bytes(output, build, file);
}

static void write_seal(struct mprom_build_output *output, struct mprom_romfs_build *build)
{
    uint8_t algorithm = MPROM_ROMFS_SEAL_CRC32;
    mprom_build_output_head(output, MPROM_ROMFS_KIND_SEAL, MPROM_ROMFS_SEAL_PAYLOAD_SIZE, 1);
    mprom_build_output_put(output, &algorithm, 1);
    build->summary.crc = mprom_build_output_crc(output);
    mprom_build_output_le32(output, build->summary.crc);
}

/* Nodes and loose contents stand in two lists, each by offset. */
static int write_nodes(struct mprom_build_output *output, struct mprom_romfs_build *build)
{
    const struct mprom_build_node *last = NULL;
    uint32_t loose = 0;
    int err = 0;
    for (uint32_t i = 0; i <= build->node_count && err == 0 && output->err == 0; i++) {
        struct mprom_build_node *node = i < build->node_count ? build->order[i] : NULL;
        while (err == 0 && loose < build->loose_count &&
               (node == NULL || build->loose[loose]->data_off < node->off)) {
            struct mprom_build_node *file = build->loose[loose++];
            write_gaps(output, last, file->data_off - 1 - mprom_build_varuint_size(file->size));
            err = write_loose(output, build, file);
        }
        if (err != 0 || node == NULL) {
            break;
        }
        write_gaps(output, last, node->off);
        last = node;
        if (node->is_dir) {
            write_node_head(output, node);
        } else {
            err = write_file(output, build, node);
        }
    }
    if (err == 0) {
        write_gaps(output, last, build->layout.pad_off);
    }
    return err;
}

static int write_image(struct mprom_build_output *output, struct mprom_romfs_build *build)
{
    const struct mprom_build_layout *layout = &build->layout;
    mprom_build_output_head(output, MPROM_ROMFS_KIND_IMAGE, layout->image_size - layout->header_size,
                            (uint8_t)(layout->header_size - MPROM_BUILD_IMAGE_KIND_SIZE));
    mprom_build_output_put(output, build->info, build->info_size);
    int err = write_nodes(output, build);
    if (err == 0 && layout->pad_size > 0) {
        write_pad(output, layout->pad_size);
    }
    if (err == 0 && layout->index_off != 0) {
        err = mprom_build_index_write(output, build);
    }
    if (err == 0 && !build->options->no_seal) {
        write_seal(output, build);
    }
    mprom_build_output_flush(output);
    return err != 0 ? err : output->err;
}

/* Whether the image has the size that it may have. Without a base it is as small as it can be. */
static int build_check_size(struct mprom_romfs_build *build)
{
    uint32_t size_max = build->options->size_max;
    if (size_max == 0 || build->layout.image_size <= size_max) {
        return 0;
    }
    return mprom_build_fail(build, -MPROM_ENOSPC, "the image would have %llu bytes, and only %u fit",
                            (unsigned long long)build->layout.image_size, size_max);
}

/* All that has to be known before the first byte can be written. */
static int build_plan(struct mprom_romfs_build *build)
{
    memset(&build->summary, 0, sizeof build->summary);
    int err = mprom_build_order(build);
    if (err == 0) {
        err = mprom_build_dedupe(build);
    }
    if (err == 0) {
        err = mprom_build_info(build);
    }
    if (err == 0) {
        err = mprom_build_layout(build);
    }
    if (err == 0) {
        err = mprom_build_base(build);
    }
    if (err == 0) {
        err = build_check_size(build);
    }
    for (uint32_t i = 0; err == 0 && i < build->node_count; i++) {
        build->summary.dir_count += build->order[i]->is_dir;
        build->summary.file_count += !build->order[i]->is_dir;
    }
    build->summary.image_size = err == 0 ? (uint32_t)build->layout.image_size : 0;
    return err;
}

int mprom_romfs_build_write(struct mprom_romfs_build *build, mprom_romfs_build_sink *sink, void *ctx,
                            struct mprom_romfs_build_summary *summary)
{
    int err = build_plan(build);
    if (err != 0) {
        return err;
    }
    struct mprom_build_output output = {.sink = sink, .ctx = ctx, .room = BUFFER_SIZE};
    output.buffer = malloc(output.room);
    if (output.buffer == NULL) {
        return mprom_build_fail_memory(build);
    }
    err = write_image(&output, build);
    free(output.buffer);
    if (err == 0 && summary != NULL) {
        *summary = build->summary;
    }
    return err;
}

int mprom_romfs_build_write_memory(struct mprom_romfs_build *build, uint8_t **image, size_t *size,
                                   struct mprom_romfs_build_summary *summary)
{
    int err = build_plan(build);
    if (err != 0) {
        return err;
    }
    struct mprom_build_output output = {.room = (size_t)build->layout.image_size};
    output.buffer = malloc(output.room);
    if (output.buffer == NULL) {
        return mprom_build_fail_memory(build);
    }
    err = write_image(&output, build);
    if (err != 0) {
        free(output.buffer);
        return err;
    }
    *image = output.buffer;
    *size = output.used;
    if (summary != NULL) {
        *summary = build->summary;
    }
    return 0;
}
