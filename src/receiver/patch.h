/*
 * A patch: operations that make an image from bytes that are sent and bytes that the segment holds. Private to
 * src/receiver.
 *
 * patch_take() puts the image together in a block of memory; the caller writes the block when patch_is_due() says so,
 * and calls patch_take() again, also without bytes, until it is not. Two functions instead of one keep the deepest
 * path of calls short.
 */
#ifndef MPROM_RECEIVER_PATCH_H
#define MPROM_RECEIVER_PATCH_H

#include "mprom/receiver.h"

void patch_init(struct receiver *receiver);

/*
 * Takes bytes of the patch, until all are taken or the block is due. Returns how many it took, or -MPROM_EBADMSG if
 * they break the format or ask for what must not be used, or what rom_read() or rom_update_keep() return.
 */
int64_t patch_take(struct receiver *receiver, const uint8_t *bytes, size_t size);

/* Whether the block is to be written before the patch goes on. */
bool patch_is_due(const struct receiver *receiver);

/* Writes the block; opens the session first if this is the image's first one. Returns as the session's functions. */
int patch_write(struct receiver *receiver);

/* Whether the whole image is made and written. */
bool patch_is_done(const struct receiver *receiver);

/* Makes the image live. Returns as rom_update_commit(). */
int patch_commit(struct receiver *receiver);

/* Closes the session, if it is this patch's. */
void patch_abort(struct receiver *receiver);

/* Records why the patch is refused and returns -MPROM_EBADMSG. */
int patch_fail(struct receiver *receiver, const char *what);

#endif
