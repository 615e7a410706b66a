#include "client/transfer/patch_match.h"

#include <stdlib.h>
#include <string.h>

enum {
    STRING_SIZE = 8,     /* what is looked for, */
    STRIDE = 4,          /* and is found where it starts at a multiple of this */
    WAYS = 4,            /* of each hash so many offsets are remembered, */
    INDEX_MAX = 1 << 20, /* and of all so many; of more, fewer strings are */
    MIN_OTHER_SHIFT = 12,
};

#define NOWHERE UINT32_MAX

/* A range of the segment whose contents are known: bytes[..to), counted as in the segment. */
struct run {
    const uint8_t *bytes;
    uint32_t to;
};

/* An erase takes the whole block that the last written byte lies in, the smallest or not. */
static uint32_t lost_end(const struct mprom_delta *delta, uint32_t made)
{
    return made == 0 || delta->starts == NULL ? made
                                              : mprom_delta_start(delta, mprom_delta_block_at(delta, made - 1) + 1);
}

/*
 * What the segment holds at off while the block of the image at `made` is assembled: below, the new image, of which
 * the first block is held back; from there on what was there before, but for the rest of a block that was erased.
 */
static struct run run_at(const struct mprom_match_index *index, uint32_t off, uint32_t made)
{
    const struct mprom_delta *delta = index->in->delta;
    if (off < made) {
        return (struct run){off >= index->block_size ? index->in->image : NULL, made};
    }
    if (off < lost_end(delta, made)) {
        return (struct run){NULL, lost_end(delta, made)};
    }
    uint32_t known = delta->size > delta->base_size ? delta->size : delta->base_size;
    if (off >= known) {
        return (struct run){NULL, UINT32_MAX};
    }
    uint32_t block = mprom_delta_block_at(delta, off);
    struct run run = {NULL, mprom_delta_start(delta, block + 1)};
    uint32_t end = 0;
    if (block < delta->base_count && delta->holds_base[block]) {
        run.bytes = index->in->base;
        end = delta->base_size;
    } else if (block < delta->block_count && delta->stays[block]) {
        run.bytes = index->in->image;
        end = index->in->size;
    }
    run.to = run.to < end ? run.to : end;
    run.bytes = off < run.to ? run.bytes : NULL;
    return run;
}

static uint32_t match_forward(const struct mprom_match_index *index, uint32_t source, uint32_t off, uint32_t to,
                              uint32_t made)
{
    const uint8_t *image = index->in->image;
    uint32_t start = off;
    while (off < to) {
        struct run run = run_at(index, source, made);
        if (run.bytes == NULL) {
            break;
        }
        uint32_t end = run.to - source < to - off ? off + (run.to - source) : to;
        while (off < end && run.bytes[source] == image[off]) {
            off++;
            source++;
        }
        if (off < end) {
            break;
        }
    }
    return off - start;
}

/* How many bytes before both are the same, down to `from` in the image. */
static uint32_t match_backward(const struct mprom_match_index *index, uint32_t source, uint32_t off, uint32_t from,
                               uint32_t made)
{
    uint32_t count = 0;
    while (off - count > from && source > count) {
        struct run run = run_at(index, source - count - 1, made);
        if (run.bytes == NULL || run.bytes[source - count - 1] != index->in->image[off - count - 1]) {
            break;
        }
        count++;
    }
    return count;
}

static uint32_t *index_at(const struct mprom_match_index *index, const uint8_t *string)
{
    uint64_t value;
    memcpy(&value, string, sizeof value);
    return index->ways + WAYS * (size_t)(value * 0x9E3779B97F4A7C15u >> (64 - index->bits));
}

/* Remembers the strings in a range of the segment. */
static void index_add(struct mprom_match_index *index, const uint8_t *bytes, uint32_t from, uint32_t to)
{
    uint32_t off = (from + index->stride - 1) / index->stride * index->stride;
    for (; off < to && to - off >= STRING_SIZE; off += index->stride) {
        uint32_t *ways = index_at(index, bytes + off);
        memmove(ways + 1, ways, (WAYS - 1) * sizeof *ways);
        ways[0] = off;
    }
}

/* Everything that is known of the segment before it is written. */
void mprom_match_begin(struct mprom_match_index *index)
{
    const struct mprom_delta *delta = index->in->delta;
    uint32_t count = delta->block_count > delta->base_count ? delta->block_count : delta->base_count;
    memset(index->ways, 0xFF, (WAYS * sizeof *index->ways) << index->bits);
    for (uint32_t block = 0; block < count; block++) {
        uint32_t start = mprom_delta_start(delta, block);
        struct run run = run_at(index, start, 0);
        if (run.bytes != NULL) {
            index_add(index, run.bytes, start, run.to);
        }
    }
}

void mprom_match_made(struct mprom_match_index *index, uint32_t from, uint32_t to)
{
    if (from > 0) {
        index_add(index, index->in->image, from, to);
    }
}

static void match_try(const struct mprom_match_index *index, int64_t source, uint32_t off,
                      const struct mprom_match_range *range, uint32_t min, struct mprom_match *best)
{
    uint32_t made = range->made;
    uint32_t to = range->end;
    if (source < 0 || source > UINT32_MAX) {
        return;
    }
    uint32_t from = (uint32_t)source;
    uint32_t forward = match_forward(index, from, off, to, made);
    uint32_t count = forward == 0 ? 0 : forward + match_backward(index, from, off, range->off, made);
    if (count >= min && count > best->count) {
        uint32_t before = count - forward;
        *best = (struct mprom_match){off - before, from - before, count};
    }
}

struct mprom_match mprom_match_find(const struct mprom_match_index *index, uint32_t off, int64_t shift,
                                    const struct mprom_match_range *range)
{
    struct mprom_match best = {.count = 0};
    match_try(index, off + shift, off, range, MPROM_MATCH_MIN, &best);
    match_try(index, off, off, range, MIN_OTHER_SHIFT, &best);
    if (range->end - off >= STRING_SIZE) {
        const uint32_t *ways = index_at(index, index->in->image + off);
        for (uint32_t i = 0; i < WAYS && ways[i] != NOWHERE; i++) {
            match_try(index, ways[i], off, range, MIN_OTHER_SHIFT, &best);
        }
    }
    return best;
}

bool mprom_match_init(struct mprom_match_index *index, const struct mprom_patch_input *in)
{
    uint32_t size = in->size + in->delta->base_size;
    *index = (struct mprom_match_index){.in = in, .block_size = in->delta->block_size, .stride = STRIDE, .bits = 1};
    while (size / index->stride > INDEX_MAX) {
        index->stride *= 2;
    }
    while ((uint32_t)WAYS << index->bits < size / index->stride) {
        index->bits++;
    }
    index->ways = malloc((WAYS * sizeof *index->ways) << index->bits);
    return index->ways != NULL;
}

void mprom_match_free(struct mprom_match_index *index)
{
    free(index->ways);
}
