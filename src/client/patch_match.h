/*
 * Bytes of an image that a segment holds already, wherever they are. Pure.
 */
#ifndef MPROM_CLIENT_PATCH_MATCH_H
#define MPROM_CLIENT_PATCH_MATCH_H

#include "client/patch.h"

enum {
    MATCH_MIN = 8, /* bytes of the shortest */
};

/* What a segment holds while an image is made in it, and where strings of it are. */
struct match_index {
    const struct patch_input *in;
    uint32_t block_size; /* in which the image is assembled */
    uint32_t stride;
    uint32_t bits;
    uint32_t *ways; /* offsets of strings in the segment, some for each hash, the newest first */
};

/* Bytes [off, off + count) of the image are those of the segment from source on. */
struct match {
    uint32_t off;
    uint32_t source;
    uint32_t count;
};

/* Bytes of the image that are looked for: the block that begins at made, as far as it is not made yet. */
struct match_range {
    uint32_t made;
    uint32_t off;
    uint32_t end;
};

/* in must live as long as the index. Returns false if out of memory. */
bool match_init(struct match_index *index, const struct patch_input *in);

/* index may be all zeros. */
void match_free(struct match_index *index);

/* Forgets all, then takes what is known of the segment before it is written. */
void match_begin(struct match_index *index);

/* The image is made from `from` to `to`, which is one block. The first one is held back, and nothing of it found. */
void match_made(struct match_index *index, uint32_t from, uint32_t to);

/*
 * The longest match over the byte at off, which lies in the range, within it; count is 0 if there is none. One that
 * is as much further on in the segment as shift says is taken although it is short.
 */
struct match match_find(const struct match_index *index, uint32_t off, int64_t shift,
                        const struct match_range *range);

#endif
