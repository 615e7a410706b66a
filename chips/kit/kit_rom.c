#include "chips/kit/kit_rom.h"

enum {
    SLOT_GROUP = 1
};

/* The first segment as slots: the only one of a board that has them. */
static int segments_divide(uint32_t count, struct mprom_rom_segment segments[MPROM_KIT_SEGMENTS_MAX])
{
    static const char *const names[MPROM_KIT_SEGMENTS_MAX] = {"rom0", "rom1", "rom2", "rom3"};
    const struct mprom_rom_segment whole = segments[0];
    if (count > MPROM_KIT_SEGMENTS_MAX || mprom_rom_segment_divide(&whole, count, names, SLOT_GROUP, segments)) {
        return -MPROM_EINVAL;
    }
    return (int)count;
}

int mprom_kit_rom_fill(const struct mprom_kit_rom *facts, const struct mprom_flash *flash,
                       const struct mprom_flash *second, struct mprom_rom_segment segments[MPROM_KIT_SEGMENTS_MAX])
{
    for (uint32_t i = 0; i < facts->segment_count; i++) {
        const struct mprom_kit_segment *from = &facts->segments[i];
        segments[i] = (struct mprom_rom_segment){
            .name = from->name,
            .flash = from->flash == 0 ? flash : second,
            .off = from->off,
            .size = from->size != 0 ? from->size : flash->geometry->size - from->off,
            .has_trailer = from->has_trailer,
            .group = from->group,
        };
    }
    return facts->slots != 0 ? segments_divide(facts->slots, segments) : facts->segment_count;
}
