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
    MPROM_DIGEST_STRIPE_SIZE = 16
};

/* The caller's memory. For src/wire only. */
struct mprom_digest {
    uint32_t lanes[4];
    uint32_t size;                          /* bytes so far, modulo 2^32 */
    uint8_t rest[MPROM_DIGEST_STRIPE_SIZE]; /* the last size % 16 bytes */
};

void mprom_digest_begin(struct mprom_digest *digest);

/* Adds size bytes; a multiple of MPROM_DIGEST_STRIPE_SIZE, except for the last ones before mprom_digest_end(). */
void mprom_digest_add(struct mprom_digest *digest, const void *data, size_t size);

/* The digest of all bytes since mprom_digest_begin(). */
uint32_t mprom_digest_end(const struct mprom_digest *digest);

#endif
