/*
 * Slots: segments of one group that hold versions of one application, with what the trailer of each says about it, and
 * the choice of what to boot. As rom.h: freestanding, for one thread, never for an interrupt.
 */
#ifndef MPROM_ROM_SLOT_H
#define MPROM_ROM_SLOT_H

#include "mprom/rom.h"

/* Where the image in a slot stands. */
enum mprom_rom_slot_state {
    MPROM_ROM_SLOT_UNKNOWN,   /* there is no record of it: nothing is there, or no session wrote it */
    MPROM_ROM_SLOT_WAITING,   /* not started yet */
    MPROM_ROM_SLOT_TRIAL,     /* started, and neither confirmed nor given up */
    MPROM_ROM_SLOT_GAVE_UP,   /* a hard reset came before it was confirmed */
    MPROM_ROM_SLOT_CONFIRMED, /* good */
    MPROM_ROM_SLOT_REJECTED,  /* rolled back from */
};

/* What a slot's trailer says about the image in it. */
struct mprom_rom_slot {
    bool valid; /* the trailer is whole and speaks of the image that is there, which passed the check when written */
    uint32_t sequence;
    uint32_t size;                   /* bytes of the image */
    uint32_t crc;                    /* its seal's, or if it has none that of all its bytes */
    bool tried;                      /* its boot or main was started */
    bool confirmed;                  /* romfs.confirm(), or deployed with --confirm */
    bool rejected;                   /* rolled back from */
    enum mprom_rom_slot_state state; /* the marks in one word */
};

/*
 * Reads the trailer of a segment. Returns 0, -MPROM_ENOENT, -MPROM_EOPNOTSUPP if the segment has none, -MPROM_EIO.
 */
int mprom_rom_slot_read(struct mprom_rom *rom, uint32_t id, struct mprom_rom_slot *slot);

/* The state in words, such as "on trial"; "" for MPROM_ROM_SLOT_UNKNOWN. */
const char *mprom_rom_slot_state_text(enum mprom_rom_slot_state state);

/*
 * Chooses the segment to start from: segment 0 if it is in no group, else a slot of its group whose image is sound:
 * the one with the highest sequence that has not failed its trial (tried but not confirmed) nor been rolled back
 * from; if there is none such, one without a record; then the one of lowest sequence that failed; then any.
 *
 * hard_reset says whether this start is one. If it is not, the slot that was chosen before is chosen again while its
 * image is sound; if no slot was chosen before, this start chooses as a hard reset does. The slot that is returned
 * cannot be written until another one is chosen.
 *
 * Returns the segment's id, or -MPROM_ENOENT if none can be started, or as mprom_rom_verify().
 */
int mprom_rom_boot_choose(struct mprom_rom *rom, bool hard_reset);

/*
 * Marks: a slot's boot or main starts; the image in it is good; go back to the other one at the next hard reset. A
 * mark that is already there is not written again. A sound image without a record is not on trial: tried and confirm
 * then do nothing.
 *
 * After rollback of the chosen slot the one that the next hard reset starts cannot be written
 * (mprom_rom_slot_unlock()).
 *
 * Returns 0, -MPROM_ENOENT, -MPROM_EOPNOTSUPP without a trailer, -MPROM_ENODEV (confirm: there is no sound image),
 * -MPROM_EPERM (rollback: there is no record, or no other slot to go back to; confirm: rolled back from before),
 * -MPROM_EIO.
 */
int mprom_rom_slot_mark_tried(struct mprom_rom *rom, uint32_t id);
int mprom_rom_slot_confirm(struct mprom_rom *rom, uint32_t id);
int mprom_rom_slot_rollback(struct mprom_rom *rom, uint32_t id);

/*
 * Lets the next session or erase have the slot that the board goes back to, although its image may be the only good
 * one. Does nothing to a slot that can be written already. It is forgotten at a hard reset.
 *
 * Returns 0, -MPROM_ENOENT, -MPROM_EOPNOTSUPP without a trailer, -MPROM_EBUSY if the slot runs.
 */
int mprom_rom_slot_unlock(struct mprom_rom *rom, uint32_t id);

/*
 * The image of the group of segment 0 that was passed over at this start although it is newer than the chosen one,
 * because it gave up. Returns the segment's id, or MPROM_ROM_SEGMENT_NONE; of several the newest.
 */
int mprom_rom_boot_passed_over(struct mprom_rom *rom);

#endif
