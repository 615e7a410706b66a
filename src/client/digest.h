/*
 * How the contents of a segment are recognised without reading them back: by a digest of 32 bits that the board
 * computes. It is no CRC-32: that is the same of all bytes that end with their own, as images do and many files in
 * them (docs/transfer.md).
 */
#ifndef MPROM_CLIENT_DIGEST_H
#define MPROM_CLIENT_DIGEST_H

#include "mprom/client.h"

enum digest_kind {
    DIGEST_NONE,   /* the board computes none: what it holds has to be read */
    DIGEST_XXH32,  /* mprom's firmware (mprom/digest.h) */
    DIGEST_SHA256, /* the first four bytes, the highest first: every other board that has hashlib */
};

enum digest_kind digest_kind(const struct client_board *board);

/* What the board answers if it holds these bytes. kind is not DIGEST_NONE. */
uint32_t digest_of(enum digest_kind kind, const void *bytes, size_t size);

#endif
