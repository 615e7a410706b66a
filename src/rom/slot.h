/*
 * What the update session asks of slots. Private to src/rom.
 */
#ifndef MPROM_ROM_SLOT_PARTS_H
#define MPROM_ROM_SLOT_PARTS_H

#include "mprom/rom_slot.h"
#include "rom/segment.h"

/*
 * Whether a session may be opened in this segment: 0; -MPROM_EBUSY if the segment runs; or -MPROM_EPERM if it is a
 * slot that the board goes back to after a rollback, and was not unlocked. Reads the trailers of the group. A slot
 * that can no longer be read stays closed.
 */
int mprom_rom_slot_check_open(struct mprom_rom *rom, uint32_t id);

/* A session has made an image live here: notes whether the board goes back to it. */
void mprom_rom_slot_note_live(struct mprom_rom *rom, uint32_t id);

#endif
