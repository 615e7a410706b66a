/*
 * A patch: the operations by which mprom's firmware makes an image of what its segment holds and of bytes that are
 * sent (docs/transfer.md). Made piece by piece while it is sent, so that the PC needs memory for little but the
 * images. Pure.
 */
#ifndef MPROM_CLIENT_PATCH_H
#define MPROM_CLIENT_PATCH_H

#include "client/board/delta.h"
#include "mprom/wire.h"

enum {
    MPROM_PATCH_PIECE = 4096, /* what mprom_patch_bytes() gives at least */
};

struct patch; /* opaque */

/* What a patch is made of. All of it must live as long as the patch. */
struct mprom_patch_input {
    const uint8_t *image;
    uint32_t size;
    const uint8_t *base;             /* what blocks hold of which delta says so; NULL: none does */
    const struct mprom_delta *delta; /* of the image; no block size: nothing is known about the segment */
};

/* How many bytes: */
struct mprom_patch_facts {
    uint32_t size; /* of the patch */
    uint32_t sent; /* of the image that are in it, */
    uint32_t copied;
    uint32_t kept;
};

/* Returns NULL if out of memory. */
struct patch *mprom_patch_new(const struct mprom_patch_input *input);

/* patch may be NULL. */
void mprom_patch_free(struct patch *patch);

/* Makes all of the patch without keeping it. mprom_patch_bytes() starts at 0 then. */
void mprom_patch_measure(struct patch *patch, struct mprom_patch_facts *facts);

/*
 * The patch from off on: at least MPROM_PATCH_PIECE bytes or all that is left, valid until the next call. off may not
 * be smaller than in the last call, or it is 0, nor beyond what that has given.
 */
const uint8_t *mprom_patch_bytes(struct patch *patch, uint32_t off, uint32_t *size);

#endif
