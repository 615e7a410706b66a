/*
 * The image in a segment, read through the flash contract, with what a session still holds in RAM laid over it.
 * Private to src/rom.
 */
#ifndef MPROM_ROM_IMAGE_H
#define MPROM_ROM_IMAGE_H

#include "rom/segment.h"

struct rom_source {
    struct romfs_source source;
    struct rom *rom;
    uint32_t segment;
    const struct rom_update *overlay; /* a session's first unit and tail count as written; NULL: flash only */
    uint32_t bad_off;                 /* where the flash could not be read, after -MPROM_EBADMSG */
};

void rom_source_open(struct rom_source *source, struct rom *rom, uint32_t segment, const struct rom_update *overlay,
                     uint32_t size);

/* Continues a checksum over a range. Returns 0 or an error, which is recorded. */
int rom_source_crc(struct rom_source *source, uint32_t off, uint32_t size, uint32_t *crc);

/*
 * The image's own outer length, header included; UINT32_MAX if the source ends within the header or the length is
 * larger than that. Returns 0; -MPROM_EBADMSG if there is no image; or an error of the flash. Both are recorded.
 */
int rom_image_size(struct rom_source *source, uint32_t *size);

/*
 * Checks structure and seal; flags as for romfs_check(). Returns 0 whatever the image's state, or an error of the
 * flash, which is recorded. An image without a seal has crc 0 afterwards.
 */
int rom_image_check(struct rom_source *source, unsigned flags, struct rom_image *image);

/*
 * Makes sure that rom->states[id].image says what the segment holds: as rom_verify() in START, for a valid id.
 * Returns 0 or an error of the flash.
 */
int rom_image_know(struct rom *rom, uint32_t id);

#endif
