/*
 * What the update session asks of slots. Private to src/rom.
 */
#ifndef MPROM_ROM_SLOT_H
#define MPROM_ROM_SLOT_H

#include "rom/segment.h"

/*
 * -MPROM_EPERM if the segment is a slot that the board goes back to after a rollback, and was not unlocked; else 0.
 * Reads the trailers of the group.
 */
int rom_slot_check_lock(struct rom *rom, uint32_t id);

#endif
