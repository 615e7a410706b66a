#include "romfs/build_index.h"

#include <stdlib.h>

#include "romfs/build_record.h"

/*
 * Fills slots, hash above and offset below, and sorts them by hash, one byte of it after the other. Nodes come by
 * rising offset and the sort keeps the order of equals, so that they end up sorted by offset, too.
 */
static void index_sort(const struct mprom_romfs_build *build, uint64_t *slots, uint64_t *room)
{
    uint32_t count = build->node_count;
    for (uint32_t i = 0; i < count; i++) {
        const struct mprom_build_node *node = build->order[i];
        uint32_t parent_off = node->parent != &build->root ? (uint32_t)node->parent->off : 0;
        uint64_t hash = mprom_romfs_index_hash(parent_off, node->name, node->name_size);
        slots[i] = hash << 32 | (uint32_t)node->off;
    }
    for (unsigned shift = 32; shift < 64; shift += 8) {
        uint32_t starts[257] = {0};
        for (uint32_t i = 0; i < count; i++) {
            starts[(slots[i] >> shift & 0xff) + 1]++;
        }
        for (unsigned i = 0; i < 256; i++) {
            starts[i + 1] += starts[i];
        }
        for (uint32_t i = 0; i < count; i++) {
            room[starts[slots[i] >> shift & 0xff]++] = slots[i];
        }
        uint64_t *sorted = room;
        room = slots;
        slots = sorted;
    }
}

int mprom_build_index_write(struct mprom_build_output *output, struct mprom_romfs_build *build)
{
    const struct mprom_build_layout *layout = &build->layout;
    uint64_t *slots = malloc((size_t)build->node_count * 2 * sizeof *slots);
    if (slots == NULL) {
        return mprom_build_fail_memory(build);
    }
    index_sort(build, slots, slots + build->node_count);
    uint64_t payload_off = layout->index_off + MPROM_BUILD_KIND_SIZE_LONG + layout->index_length_width;
    uint64_t payload_size = layout->table_off + mprom_build_index_size(build) - payload_off;
    mprom_build_output_head(output, MPROM_ROMFS_KIND_INDEX, payload_size, layout->index_length_width);
    mprom_build_output_zeros(output, layout->table_off - payload_off);
    for (uint32_t i = 0; i < build->node_count; i++) {
        mprom_build_output_le32(output, (uint32_t)(slots[i] >> 32));
        mprom_build_output_le32(output, (uint32_t)slots[i]);
    }
    free(slots);
    mprom_build_output_le32(output, (uint32_t)mprom_build_index_size(build));
    return 0;
}
