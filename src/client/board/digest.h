/*
 * How the contents of a segment are recognised without reading them back: by a digest of 32 bits that the board
 * computes. It is no CRC-32: that is the same of all bytes that end with their own, as images do and many files in
 * them (docs/transfer.md).
 */
#ifndef MPROM_CLIENT_DIGEST_H
#define MPROM_CLIENT_DIGEST_H

#include "mprom/client.h"

enum mprom_digest_kind {
    MPROM_DIGEST_NONE,   /* the board computes none: what it holds has to be read */
    MPROM_DIGEST_XXH32,  /* mprom's firmware (mprom/digest.h) */
    MPROM_DIGEST_SHA256, /* the first four bytes, the highest first: every other board that has hashlib */
};

enum mprom_digest_kind mprom_digest_kind(const struct mprom_client_board *board);

/* What the board answers if it holds these bytes. kind is not MPROM_DIGEST_NONE. */
uint32_t mprom_digest_of(enum mprom_digest_kind kind, const void *bytes, size_t size);

#endif
