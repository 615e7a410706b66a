/*
 * The bytes of an image, read through the flash contract, with what a session still holds in RAM laid over them.
 * Private to src/rom.
 */
#ifndef MPROM_ROM_IMAGE_SOURCE_H
#define MPROM_ROM_IMAGE_SOURCE_H

#include "rom/segment.h"

/* Sets up rom->source, which the functions below read: size bytes of a segment. overlay may be NULL. */
void mprom_rom_source_open(struct mprom_rom *rom, uint32_t segment, const struct mprom_rom_update *overlay,
                           uint32_t size);

/* Continues a checksum over a range of rom->source. Returns 0 or an error, which is recorded. */
int mprom_rom_source_crc(struct mprom_rom *rom, uint32_t off, uint32_t size, uint32_t *crc);

/*
 * The image's own outer length, header included; UINT32_MAX if the source ends within the header or the length is
 * larger than that. Returns 0; -MPROM_EBADMSG if there is no image; or an error of the flash. Both are recorded.
 */
int mprom_rom_image_size(struct mprom_rom *rom, uint32_t *size);

#endif
