/* A segment as slots, for boards whose ROM partition is one range. */
#include "rom/segment.h"

enum {
    SLOT_BLOCKS_MIN = 2 /* one of the image, and the trailer */
};

/* The size of the erase blocks of a segment, or 0 if they differ or do not end where it does. */
static uint32_t uniform_block_size(const struct mprom_rom_segment *segment)
{
    uint32_t first_size = 0;
    for (uint32_t off = 0; off < segment->size; off += first_size) {
        uint32_t block_off;
        uint32_t block_size;
        if (mprom_flash_block_at(segment->flash, segment->off + off, &block_off, &block_size) != 0 ||
            block_off != segment->off + off || (first_size != 0 && block_size != first_size)) {
            return 0;
        }
        first_size = block_size;
    }
    return first_size != 0 && segment->size % first_size == 0 ? first_size : 0;
}

int mprom_rom_segment_divide(const struct mprom_rom_segment *whole, uint32_t count, const char *const *names,
                             uint8_t group, struct mprom_rom_segment *slots)
{
    uint32_t block_size = uniform_block_size(whole);
    if (block_size == 0 || count == 0 || group == MPROM_ROM_GROUP_NONE ||
        whole->size / block_size / count < SLOT_BLOCKS_MIN) {
        return -MPROM_EINVAL;
    }
    uint32_t size = whole->size / block_size / count * block_size;
    for (uint32_t i = 0; i < count; i++) {
        slots[i] = (struct mprom_rom_segment){
            .name = names[i],
            .flash = whole->flash,
            .off = whole->off + i * size,
            .size = size,
            .has_trailer = true,
            .group = group,
        };
    }
    return 0;
}
