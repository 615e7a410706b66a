/*
 * Which blocks of a segment hold what they shall hold already, so that they can stay. Pure.
 */
#ifndef MPROM_CLIENT_DELTA_H
#define MPROM_CLIENT_DELTA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A delta of zeros says that nothing can stay. */
struct delta {
    uint32_t size;       /* of the image */
    uint32_t block_size; /* 0: nothing can stay */
    uint32_t block_count;
    bool *stays;        /* for each block; the caller's to free, with delta_free() */
    uint32_t base_size; /* of another image that the segment may hold; 0: none is known */
    uint32_t base_count;
    bool *holds_base; /* for each block of that one, whether it does; freed as stays */
};

/* Every block is to be sent, nothing of the base is there. Returns false if out of memory. */
bool delta_init(struct delta *delta, uint32_t size, uint32_t base_size, uint32_t block_size);

void delta_free(struct delta *delta);

/* The bytes [*off, result) of block `block` that belong to the image. */
uint32_t delta_block(const struct delta *delta, uint32_t block, uint32_t *off);

/* The bytes [*off, result) of block `block` that belong to the base. */
uint32_t delta_base_block(const struct delta *delta, uint32_t block, uint32_t *off);

/* Whether every block stays. */
bool delta_all_stays(const struct delta *delta);

/* Whether anything that the segment holds is known: a block of the image or of the base. */
bool delta_is_any(const struct delta *delta);

/* How many bytes of the image are in blocks that do not stay. */
uint32_t delta_sent_size(const struct delta *delta);

/*
 * The next range to be sent, from *off on and below `to`: moves *off to its start and returns its end. *off is `to`
 * if there is none.
 */
uint32_t delta_next(const struct delta *delta, uint32_t *off, uint32_t to);

#endif
