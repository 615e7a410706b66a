/*
 * A patch: operations that make an image from bytes that are sent and bytes that the segment holds. Private to
 * src/receiver.
 *
 * mprom_patch_take() puts the image together in a block of memory; the caller writes the block when
 * mprom_patch_is_due() says so, and calls mprom_patch_take() again, also without bytes, until it is not. Two
 * functions instead of one keep the deepest path of calls short.
 */
#ifndef MPROM_RECEIVER_PATCH_H
#define MPROM_RECEIVER_PATCH_H

#include "mprom/receiver.h"

void mprom_patch_init(struct mprom_receiver *receiver);

/*
 * Takes bytes of the patch, until all are taken or the block is due. Returns how many it took, or -MPROM_EBADMSG if
 * they break the format or ask for what must not be used, or what mprom_rom_read() or mprom_rom_update_keep() return.
 */
int64_t mprom_patch_take(struct mprom_receiver *receiver, const uint8_t *bytes, size_t size);

/* Whether the block is to be written before the patch goes on. */
bool mprom_patch_is_due(const struct mprom_receiver *receiver);

/* Writes the block; opens the session first if this is the image's first one. Returns as the session's functions. */
int mprom_patch_write(struct mprom_receiver *receiver);

/* Whether the whole image is made and written. */
bool mprom_patch_is_done(const struct mprom_receiver *receiver);

/* Makes the image live. Returns as mprom_rom_update_commit(). */
int mprom_patch_commit(struct mprom_receiver *receiver);

/* Closes the session, if it is this patch's. */
void mprom_patch_abort(struct mprom_receiver *receiver);

/* Records why the patch is refused and returns -MPROM_EBADMSG. */
int mprom_patch_fail(struct mprom_receiver *receiver, const char *what);

#endif
