/*
 * The trailer: the last erase block of a segment, with what is known about the image in it. Private to src/rom.
 *
 * It starts with a record of 20 bytes, little-endian: sequence number, size of the image, its digest, CRC-32 of its
 * head, CRC-32 of these (continued from that of the text "mprom trailer 1"). Behind it come three marks, and a fourth
 * that says that the image is gone, each MPROM_FLASH_PROGRAM_SIZE_MAX bytes behind the one before. Record and marks are
 * programmed once each between two erases, the record in whole program units.
 *
 * A mark is set if anything but the erased value is found there in one of three reads; so a mark that was being
 * written when power failed counts as set as soon as it shows. That is the safe side for each of them
 * (docs/update.md).
 */
#ifndef MPROM_ROM_TRAILER_H
#define MPROM_ROM_TRAILER_H

#include "rom/segment.h"

enum mprom_rom_mark {
    MPROM_ROM_MARK_TRIED,
    MPROM_ROM_MARK_CONFIRMED,
    MPROM_ROM_MARK_REJECTED,
    MPROM_ROM_MARK_COUNT
};

struct mprom_rom_record {
    uint32_t sequence; /* 1..ROM_SEQUENCE_MAX */
    uint32_t size;
    uint32_t crc;
    uint32_t head_crc; /* as mprom_rom_image_head_crc(): the head is programmed after the record, so it may be torn */
};

#define MPROM_ROM_SEQUENCE_MAX 0xFFFFFFFEu

/* Reads the record. Returns 1, 0 if there is none that is whole, or an error of the flash. The segment has a trailer.
 */
int mprom_rom_trailer_read(struct mprom_rom *rom, uint32_t id, struct mprom_rom_record *record);

/* Whether the record speaks of this image, which is sound. */
bool mprom_rom_trailer_speaks_of(const struct mprom_rom_record *record, const struct mprom_rom_image *image);

/*
 * Writes the record of an image that was checked, into a blank trailer; does nothing for a segment without one. The
 * sequence number is chosen here: the highest of the group and one more.
 */
int mprom_rom_trailer_write(struct mprom_rom *rom, uint32_t id, struct mprom_rom_record *record);

/* Makes the trailer blank; does nothing for a segment without one. */
int mprom_rom_trailer_void(struct mprom_rom *rom, uint32_t id);

/* 1 if the mark is set, 0 if not, or an error of the flash. */
int mprom_rom_trailer_mark_read(struct mprom_rom *rom, uint32_t id, enum mprom_rom_mark mark);
int mprom_rom_trailer_mark_write(struct mprom_rom *rom, uint32_t id, enum mprom_rom_mark mark);

/*
 * The mark that says that the image's first block is about to be erased: what is left of it is no image, whatever the
 * record says. Read as the others are; writing it again does nothing.
 */
int mprom_rom_trailer_gone_read(struct mprom_rom *rom, uint32_t id);
int mprom_rom_trailer_gone_write(struct mprom_rom *rom, uint32_t id);

#endif
