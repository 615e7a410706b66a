/*
 * The image in a segment, read through the flash contract, with what a session still holds in RAM laid over it.
 * Private to src/rom.
 */
#ifndef MPROM_ROM_IMAGE_H
#define MPROM_ROM_IMAGE_H

#include "rom/segment.h"

/* Sets up rom->source, which the functions below read: size bytes of a segment. overlay may be NULL. */
void rom_source_open(struct rom *rom, uint32_t segment, const struct rom_update *overlay, uint32_t size);

/* Continues a checksum over a range of rom->source. Returns 0 or an error, which is recorded. */
int rom_source_crc(struct rom *rom, uint32_t off, uint32_t size, uint32_t *crc);

/*
 * The image's own outer length, header included; UINT32_MAX if the source ends within the header or the length is
 * larger than that. Returns 0; -MPROM_EBADMSG if there is no image; or an error of the flash. Both are recorded.
 */
int rom_image_size(struct rom *rom, uint32_t *size);

/*
 * Checks structure and seal; flags as for romfs_check(). Returns 0 whatever the image's state, or an error of the
 * flash, which is recorded. An image without a seal has crc 0 afterwards.
 */
int rom_image_check(struct rom *rom, unsigned flags, struct rom_image *image);

/* Whether a whole image that begins in another segment reaches into this one, or may, as its flash cannot be read. */
bool rom_image_reaches_into(const struct rom *rom, uint32_t id);

/*
 * CRC-32 of the image's head: its first FLASH_PROGRAM_SIZE_MAX bytes, or all if it has fewer. They hold the first
 * unit of every flash, which is programmed last. Returns 0 or an error, which is recorded.
 */
int rom_image_head_crc(struct rom *rom, const struct rom_image *image, uint32_t *crc);

/*
 * Makes sure that rom->states[id].image says what the segment holds: as rom_verify() in START, for a valid id.
 * Returns 0 or an error of the flash.
 */
int rom_image_know(struct rom *rom, uint32_t id);

#endif
