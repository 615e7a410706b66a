/*
 * The session that writes an image to a segment, below both of its interfaces (stream.c, ioctl.c). Private to
 * src/rom.
 *
 * Arguments were checked by the caller. A function that returns an error other than those that its comment names has
 * closed the session, and the segment holds no image.
 */
#ifndef MPROM_ROM_SESSION_H
#define MPROM_ROM_SESSION_H

#include "rom/segment.h"

/*
 * Makes the image in a segment invalid, and voids its trailer. Closes any session. The caller has asked
 * mprom_rom_slot_check_open(), also before mprom_rom_session_open(): asked here, it would need too much stack
 * (scripts/stack-report).
 */
int mprom_rom_session_invalidate(struct mprom_rom *rom, uint32_t id);

/*
 * Opens a session for `end` bytes, 0 < end <= the segment's size. Returns 0 or an error
 * of the flash with the segment as it was or empty.
 */
int mprom_rom_session_open(struct mprom_rom *rom, uint32_t id, uint32_t end, enum mprom_rom_update_mode mode);

/*
 * Takes the next bytes; written_end + size <= end. fill_end says up to where the caller is going to write in any
 * case: so far may an erase reach.
 */
int mprom_rom_session_append(struct mprom_rom *rom, const uint8_t *bytes, uint32_t size, uint32_t fill_end);

/* Takes the next bytes from what the segment holds. The range was checked. */
int mprom_rom_session_keep(struct mprom_rom *rom, uint32_t size);

/*
 * Checks what was written and makes it live. Returns -MPROM_EINVAL, and the session stays open, if the image's own
 * outer length is larger than what was written and a client could still write the rest (rom_ioctl).
 */
int mprom_rom_session_commit(struct mprom_rom *rom);

void mprom_rom_session_close(struct mprom_rom *rom);

#endif
