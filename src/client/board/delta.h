/*
 * Which blocks of a segment hold what they shall hold already, so that they can stay. Pure.
 */
#ifndef MPROM_CLIENT_DELTA_H
#define MPROM_CLIENT_DELTA_H

#include "mprom/client.h"

/* A delta of zeros says that nothing can stay. */
struct mprom_delta {
    uint32_t size;       /* of the image */
    uint32_t block_size; /* of the smallest block; 0: nothing can stay */
    uint32_t block_count;
    uint32_t *starts; /* of each block of image and base, and the end of the last; NULL: all have block_size */
    uint32_t start_count;
    bool *stays;        /* for each block; the caller's to free, with mprom_delta_free() */
    uint32_t base_size; /* of another image that the segment may hold; 0: none is known */
    uint32_t base_count;
    bool *holds_base; /* for each block of that one, whether it does; freed as stays */
};

/* Every block is to be sent, nothing of the base is there. Returns false if out of memory. */
bool mprom_delta_init(struct mprom_delta *delta, uint32_t size, uint32_t base_size, uint32_t block_size);

/* The same for blocks that differ in size: run_count runs of them, at least one, that hold image and base. */
bool mprom_delta_init_runs(struct mprom_delta *delta, uint32_t size, uint32_t base_size,
                           const struct mprom_client_run *runs, uint32_t run_count);

void mprom_delta_free(struct mprom_delta *delta);

/* Where block `block` starts, or the last one ends. */
uint32_t mprom_delta_start(const struct mprom_delta *delta, uint32_t block);

/* The block that holds off, which is below the end of the last block of image and base. */
uint32_t mprom_delta_block_at(const struct mprom_delta *delta, uint32_t off);

/* How many blocks from `block` on have the size of that one, `most` at most; `most` of them are there. */
uint32_t mprom_delta_equal_blocks(const struct mprom_delta *delta, uint32_t block, uint32_t most);

/* The bytes [*off, result) of block `block` that belong to the image. */
uint32_t mprom_delta_block(const struct mprom_delta *delta, uint32_t block, uint32_t *off);

/* The bytes [*off, result) of block `block` that belong to the base. */
uint32_t mprom_delta_base_block(const struct mprom_delta *delta, uint32_t block, uint32_t *off);

/* Whether every block stays. */
bool mprom_delta_all_stays(const struct mprom_delta *delta);

/* Whether anything that the segment holds is known: a block of the image or of the base. */
bool mprom_delta_is_any(const struct mprom_delta *delta);

/* How many bytes of the image are in blocks that do not stay. */
uint32_t mprom_delta_sent_size(const struct mprom_delta *delta);

/*
 * The next range to be sent, from *off on and below `to`: moves *off to its start and returns its end. *off is `to`
 * if there is none.
 */
uint32_t mprom_delta_next(const struct mprom_delta *delta, uint32_t *off, uint32_t to);

#endif
