/* XXH32, as its specification (github.com/Cyan4973/xxHash, doc/xxhash_spec.md) has it, with seed 0. */
#include "mprom/digest.h"

#include <string.h>

#define PRIME_1 0x9E3779B1u
#define PRIME_2 0x85EBCA77u
#define PRIME_3 0xC2B2AE3Du
#define PRIME_4 0x27D4EB2Fu
#define PRIME_5 0x165667B1u

static uint32_t rotate(uint32_t value, unsigned bits)
{
    return value << bits | value >> (32 - bits);
}

/* At any address, on either kind of machine. */
static uint32_t word_at(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static uint32_t round_of(uint32_t lane, const uint8_t *bytes)
{
    return rotate(lane + word_at(bytes) * PRIME_2, 13) * PRIME_1;
}

void mprom_digest_begin(struct mprom_digest *digest)
{
    *digest = (struct mprom_digest){.lanes = {PRIME_1 + PRIME_2, PRIME_2, 0, 0u - PRIME_1}};
}

/* The lanes are independent of each other, so a CPU that does more than one thing at a time has four to do. */
void mprom_digest_add(struct mprom_digest *digest, const void *data, size_t size)
{
    const uint8_t *bytes = data;
    uint32_t lane_0 = digest->lanes[0];
    uint32_t lane_1 = digest->lanes[1];
    uint32_t lane_2 = digest->lanes[2];
    uint32_t lane_3 = digest->lanes[3];

    digest->size += (uint32_t)size;
    for (; size >= MPROM_DIGEST_STRIPE_SIZE; size -= MPROM_DIGEST_STRIPE_SIZE) {
        lane_0 = round_of(lane_0, bytes);
        lane_1 = round_of(lane_1, bytes + 4);
        lane_2 = round_of(lane_2, bytes + 8);
        lane_3 = round_of(lane_3, bytes + 12);
        bytes += MPROM_DIGEST_STRIPE_SIZE;
    }
    memcpy(digest->rest, bytes, size);
    digest->lanes[0] = lane_0;
    digest->lanes[1] = lane_1;
    digest->lanes[2] = lane_2;
    digest->lanes[3] = lane_3;
}

static uint32_t converge(const struct mprom_digest *digest)
{
    const uint32_t *lanes = digest->lanes;
    return digest->size < MPROM_DIGEST_STRIPE_SIZE
               ? PRIME_5
               : rotate(lanes[0], 1) + rotate(lanes[1], 7) + rotate(lanes[2], 12) + rotate(lanes[3], 18);
}

uint32_t mprom_digest_end(const struct mprom_digest *digest)
{
    const uint8_t *rest = digest->rest;
    uint32_t left = digest->size % MPROM_DIGEST_STRIPE_SIZE;
    uint32_t value = converge(digest) + digest->size;

    for (; left >= 4; left -= 4, rest += 4) {
        value = rotate(value + word_at(rest) * PRIME_3, 17) * PRIME_4;
    }
    for (; left > 0; left--) {
        value = rotate(value + *rest++ * PRIME_5, 11) * PRIME_1;
    }
    value = (value ^ value >> 15) * PRIME_2;
    value = (value ^ value >> 13) * PRIME_3;
    return value ^ value >> 16;
}
