/*
 * The image in a segment, read through the flash contract, with what a session still holds in RAM laid over it.
 * Private to src/rom.
 */
#ifndef MPROM_ROM_IMAGE_H
#define MPROM_ROM_IMAGE_H

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

/*
 * Checks structure and seal; flags as for mprom_romfs_check(). Returns 0 whatever the image's state, or an error of
 * the flash, which is recorded. An image without a seal has crc 0 afterwards.
 */
int mprom_rom_image_check(struct mprom_rom *rom, unsigned flags, struct mprom_rom_image *image);

/* Whether a whole image that begins in another segment reaches into this one, or may, as its flash cannot be read. */
bool mprom_rom_image_reaches_into(const struct mprom_rom *rom, uint32_t id);

/*
 * CRC-32 of the image's head: its first MPROM_FLASH_PROGRAM_SIZE_MAX bytes, or all if it has fewer. They hold the
 * first unit of every flash, which is programmed last. Returns 0 or an error, which is recorded.
 */
int mprom_rom_image_head_crc(struct mprom_rom *rom, const struct mprom_rom_image *image, uint32_t *crc);

/*
 * Makes sure that rom->states[id].image says what the segment holds: as mprom_rom_verify() in START, for a valid id.
 * Returns 0 or an error of the flash.
 */
int mprom_rom_image_know(struct mprom_rom *rom, uint32_t id);

#endif
