#include "chips/kit/model/kit_segments.h"

/* Slots of whole erase blocks, as large as each other, in place of the first segment. */
static void divide(struct machine_segment *segments, uint32_t count, uint32_t erase_size)
{
    static const char *const names[MPROM_KIT_SEGMENTS_MAX] = {"rom0", "rom1", "rom2", "rom3"};
    const struct machine_segment whole = segments[0];
    uint32_t size = whole.size / count / erase_size * erase_size;
    for (uint32_t i = 0; i < count; i++) {
        segments[i] = (struct machine_segment){
            .name = names[i], .off = whole.off + i * size, .size = size, .has_trailer = true, .group = 1};
    }
}

void kit_segments_describe(const struct mprom_kit_rom *rom, const struct mprom_flash_geometry *geometry,
                           struct machine_segment segments[MPROM_KIT_SEGMENTS_MAX],
                           struct machine_description *description)
{
    for (uint32_t i = 0; i < rom->segment_count; i++) {
        const struct mprom_kit_segment *from = &rom->segments[i];
        segments[i] = (struct machine_segment){.name = from->name,
                                               .off = from->off,
                                               .size = from->size != 0 ? from->size : geometry->size - from->off,
                                               .has_trailer = from->has_trailer,
                                               .group = from->group,
                                               .flash = from->flash};
    }
    if (rom->slots != 0) {
        divide(segments, rom->slots, geometry->regions[0].erase_size);
    }
    description->segments = segments;
    description->segment_count = rom->slots != 0 ? rom->slots : rom->segment_count;
}
