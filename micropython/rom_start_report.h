/* What the start says of segments that do not become what their owner expects: one line each, on the console. */
#ifndef MPROM_ROM_START_REPORT_H
#define MPROM_ROM_START_REPORT_H

#include "mprom/rom.h"

/* An older image runs, since a newer one was not confirmed. */
void mprom_rom_report_trial(struct mprom_rom *rom, uint32_t chosen);

/* So many blocks could not be read and were erased. */
void mprom_rom_report_erased(const struct mprom_rom *rom, uint32_t id, int blocks);

/* rom->error says why it cannot be read. */
void mprom_rom_report_unread(const struct mprom_rom *rom, uint32_t id);

/* Other firmware left an image that is longer than the segment. */
void mprom_rom_report_long(const struct mprom_rom *rom, uint32_t id, const struct mprom_rom_image *image);

void mprom_rom_report_damage(const struct mprom_rom *rom, uint32_t id, const struct mprom_rom_image *image);

/* No segment has a sound image, and one that is damaged is there. */
void mprom_rom_report_none(void);

#endif
