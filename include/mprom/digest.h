/*
 * The digest by which a PC knows what a segment holds: XXH32 with seed 0, of any number of bytes.
 *
 * Not the CRC-32 of the image's seal: of bytes that end with their own CRC-32, as an image does and many files in it,
 * the CRC-32 is always the same (docs/transfer.md, "How contents are recognised"). It finds accidents, not forgery.
 *
 * Freestanding, pure; does not block.
 */
#ifndef MPROM_DIGEST_H
#define MPROM_DIGEST_H

#include <stddef.h>
#include <stdint.h>

enum {
    DIGEST_STRIPE_SIZE = 16
};

/* The caller's memory. For src/receiver only. */
struct digest {
    uint32_t lanes[4];
    uint32_t size;                    /* bytes so far, modulo 2^32 */
    uint8_t rest[DIGEST_STRIPE_SIZE]; /* the last size % 16 bytes */
};

void digest_begin(struct digest *digest);

/* Adds size bytes; a multiple of DIGEST_STRIPE_SIZE, except for the last ones before digest_end(). */
void digest_add(struct digest *digest, const void *data, size_t size);

/* The digest of all bytes since digest_begin(). */
uint32_t digest_end(const struct digest *digest);

#endif
