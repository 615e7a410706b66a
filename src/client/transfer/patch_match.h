/*
 * Bytes of an image that a segment holds already, wherever they are. Pure.
 */
#ifndef MPROM_CLIENT_PATCH_MATCH_H
#define MPROM_CLIENT_PATCH_MATCH_H

#include "client/transfer/patch.h"

enum {
    MPROM_MATCH_MIN = 8, /* bytes of the shortest */
};

/* What a segment holds while an image is made in it, and where strings of it are. */
struct mprom_match_index {
    const struct mprom_patch_input *in;
    uint32_t block_size; /* in which the image is assembled */
    uint32_t stride;
    uint32_t bits;
    uint32_t *ways; /* offsets of strings in the segment, some for each hash, the newest first */
};

/* Bytes [off, off + count) of the image are those of the segment from source on. */
struct mprom_match {
    uint32_t off;
    uint32_t source;
    uint32_t count;
};

/* Bytes of the image that are looked for: the block that begins at made, as far as it is not made yet. */
struct mprom_match_range {
    uint32_t made;
    uint32_t off;
    uint32_t end;
};

/* in must live as long as the index. Returns false if out of memory. */
bool mprom_match_init(struct mprom_match_index *index, const struct mprom_patch_input *in);

/* index may be all zeros. */
void mprom_match_free(struct mprom_match_index *index);

/* Forgets all, then takes what is known of the segment before it is written. */
void mprom_match_begin(struct mprom_match_index *index);

/* The image is made from `from` to `to`, which is one block. The first one is held back, and nothing of it found. */
void mprom_match_made(struct mprom_match_index *index, uint32_t from, uint32_t to);

/*
 * The longest match over the byte at off, which lies in the range, within it; count is 0 if there is none. One that
 * is as much further on in the segment as shift says is taken although it is short.
 */
struct mprom_match mprom_match_find(const struct mprom_match_index *index, uint32_t off, int64_t shift,
                                    const struct mprom_match_range *range);

#endif
