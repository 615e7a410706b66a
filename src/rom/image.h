/* The image in a segment: whether it is whole, and what is known of it. Private to src/rom. */
#ifndef MPROM_ROM_IMAGE_H
#define MPROM_ROM_IMAGE_H

#include "rom/segment.h"

/*
 * Checks structure and seal; flags as for mprom_romfs_check(). Returns 0 whatever the image's state, or an error of
 * the flash, which is recorded. An image without a seal has crc 0 afterwards.
 */
int mprom_rom_image_check(struct mprom_rom *rom, unsigned flags, struct mprom_rom_image *image);

/*
 * Whether an image of this size without a seal is taken with what lies behind it in its last block; one with a seal
 * always is. Returns 1, 0, or an error of the flash, which is recorded.
 */
int mprom_rom_image_may_end(struct mprom_rom *rom, uint32_t id, uint32_t size);

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
