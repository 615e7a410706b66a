/*
 * The head of an image: the units that hold its magic. They are programmed last, and made invalid before anything of
 * an old image is erased. Private to src/rom.
 *
 * How that is done depends on how often a unit may be programmed between two erases (docs/update.md):
 *
 *   any number, three times, or MRAM   first without the magic, then with it; broken by programming the magic again
 *   twice                              where a unit is at most 4 bytes and erases to FF: at once, and broken as
 *                                      above; else in two parts, and marked as gone
 *   once                               at once, and marked as gone
 *
 * "Marked as gone" is a mark outside of the image, in units that were not programmed yet: it says that the first
 * block is about to be erased, so whatever that erase leaves behind is no image.
 */
#ifndef MPROM_ROM_HEAD_H
#define MPROM_ROM_HEAD_H

#include "rom/segment.h"

enum {
    MPROM_ROM_MAGIC_SIZE = 3, /* bytes that make an image: D2 CD 31 */
};

/* Bytes of the units that hold the magic: what a session holds back. */
uint32_t mprom_rom_head_size(const struct mprom_flash_geometry *geometry);

/* Whether the head is programmed without its magic first, so that going live changes nothing but the magic. */
bool mprom_rom_head_is_split(const struct mprom_flash_geometry *geometry);

/* Whether going live changes more than the magic in one operation, so that a cut may leave a wrong head. */
bool mprom_rom_head_may_tear(const struct mprom_flash_geometry *geometry);

/* Whether images on this flash can be marked as gone. */
bool mprom_rom_head_may_be_gone(const struct mprom_flash_geometry *geometry);

/* For a split head: programs it without its magic. head holds mprom_rom_head_size() bytes. Else does nothing. */
int mprom_rom_head_prepare(struct mprom_rom *rom, uint32_t id, const uint8_t *head);

/*
 * Makes the image invalid, by its magic if that can be programmed again, else by erasing its first block, marked as
 * gone before. The trailer is left as it is. Returns 0 or an error of the flash.
 */
int mprom_rom_head_break(struct mprom_rom *rom, uint32_t id);

/* Whether a sound image of that size is marked as gone: 1, 0 or an error of the flash. */
int mprom_rom_head_is_gone(struct mprom_rom *rom, uint32_t id, uint32_t size);

#endif
