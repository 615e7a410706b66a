#include "client/patch.h"

#include <stdlib.h>
#include <string.h>

enum {
    BUFFER_SIZE = 2 * PATCH_PIECE,
    HEAD_MAX = 10,           /* two numbers */
    RUN_MAX = 1 << 24,       /* of one operation */
    SIZE_MAX_COPY = 1 << 30, /* above, a change of the shift would not fit its number */
    STRING_SIZE = 8,         /* what is looked for, */
    STRIDE = 4,              /* and is found where it starts at a multiple of this */
    WAYS = 4,                /* of each hash so many offsets are remembered, */
    INDEX_MAX = 1 << 20,     /* and of all so many; of more, fewer strings are */
    MIN_SAME_SHIFT = 8,      /* bytes that are worth an operation of three to five, and what it cuts in two */
    MIN_OTHER_SHIFT = 12,
    PATIENCE = 256,               /* after so many bytes without a match every second one is looked at, and so on, */
    PATIENCE_MAX = 16 * PATIENCE, /* up to this */
    OPS_MAX = 2 * PATCH_BLOCK_MAX / MIN_SAME_SHIFT + 1,
};

#define NOWHERE UINT32_MAX

enum op_kind {
    OP_LITERAL,
    OP_COPY,
    OP_KEEP,
};

struct op {
    enum op_kind kind;
    uint32_t count;
    uint32_t off; /* of the image; COPY: of the segment */
};

/* A range of the segment whose contents are known: bytes[from..to), counted as in the segment. */
struct run {
    const uint8_t *bytes;
    uint32_t from;
    uint32_t to;
};

struct match {
    uint32_t off; /* of the image */
    uint32_t source;
    uint32_t count;
};

struct patch {
    struct patch_input in;
    uint32_t block_size; /* in which the image is assembled */
    bool copies;
    uint32_t stride;
    uint32_t index_bits;
    uint32_t *index;    /* offsets of strings in the segment, WAYS for each hash, the newest first */
    uint32_t off;       /* the image is planned up to here, */
    uint32_t made;      /* and operations are put out up to here */
    int64_t shift;      /* of the COPY planned last, */
    int64_t said;       /* and of that put out last */
    uint32_t unmatched; /* bytes looked at since */
    uint32_t op_count;
    uint32_t op_next;
    struct op ops[OPS_MAX];
    uint32_t literal_off; /* bytes of the image that are to be put out next */
    uint32_t literal_left;
    uint32_t head_pos; /* before them */
    uint32_t head_size;
    uint8_t head[HEAD_MAX];
    uint32_t buffer_off;
    uint32_t buffer_size;
    uint8_t buffer[BUFFER_SIZE];
};

static bool block_stays(const struct delta *delta, uint32_t block)
{
    return block < delta->block_count && delta->stays[block];
}

/* Block 0 is written whatever it holds: the image is invalid meanwhile. */
static bool block_is_kept(const struct patch *patch, uint32_t block)
{
    return block > 0 && block_stays(patch->in.delta, block);
}

/*
 * What the segment holds at off while the block of the image at `made` is assembled: below, the new image, of which
 * the first block is held back; from there on what was there before.
 */
static struct run run_at(const struct patch *patch, uint32_t off, uint32_t made)
{
    const struct delta *delta = patch->in.delta;
    if (off < made) {
        return (struct run){off >= patch->block_size ? patch->in.image : NULL, patch->block_size, made};
    }
    uint32_t block = off / delta->block_size;
    struct run run = {NULL, block * delta->block_size, (block + 1) * delta->block_size};
    uint32_t end = 0;
    if (block < delta->base_count && delta->holds_base[block]) {
        run.bytes = patch->in.base;
        end = delta->base_size;
    } else if (block_stays(delta, block)) {
        run.bytes = patch->in.image;
        end = patch->in.size;
    }
    run.from = run.from > made ? run.from : made;
    run.to = run.to < end ? run.to : end;
    run.bytes = off < run.to ? run.bytes : NULL;
    return run;
}

static uint32_t match_forward(const struct patch *patch, uint32_t source, uint32_t off, uint32_t to, uint32_t made)
{
    const uint8_t *image = patch->in.image;
    uint32_t start = off;
    while (off < to) {
        struct run run = run_at(patch, source, made);
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
static uint32_t match_backward(const struct patch *patch, uint32_t source, uint32_t off, uint32_t from, uint32_t made)
{
    uint32_t count = 0;
    while (off - count > from && source > count) {
        struct run run = run_at(patch, source - count - 1, made);
        if (run.bytes == NULL || run.bytes[source - count - 1] != patch->in.image[off - count - 1]) {
            break;
        }
        count++;
    }
    return count;
}

static uint32_t *index_at(const struct patch *patch, const uint8_t *string)
{
    uint64_t value;
    memcpy(&value, string, sizeof value);
    return patch->index + WAYS * (size_t)(value * 0x9E3779B97F4A7C15u >> (64 - patch->index_bits));
}

/* Remembers the strings in a range of the segment. */
static void index_add(struct patch *patch, const uint8_t *bytes, uint32_t from, uint32_t to)
{
    uint32_t off = (from + patch->stride - 1) / patch->stride * patch->stride;
    for (; off < to && to - off >= STRING_SIZE; off += patch->stride) {
        uint32_t *ways = index_at(patch, bytes + off);
        memmove(ways + 1, ways, (WAYS - 1) * sizeof *ways);
        ways[0] = off;
    }
}

/* Everything that is known of the segment before it is written. */
static void index_begin(struct patch *patch)
{
    const struct delta *delta = patch->in.delta;
    uint32_t count = delta->block_count > delta->base_count ? delta->block_count : delta->base_count;
    memset(patch->index, 0xFF, (WAYS * sizeof *patch->index) << patch->index_bits);
    for (uint32_t block = 0; block < count; block++) {
        struct run run = run_at(patch, block * delta->block_size, 0);
        if (run.bytes != NULL) {
            index_add(patch, run.bytes, run.from, run.to);
        }
    }
}

static void match_try(const struct patch *patch, int64_t source, uint32_t off, const struct op *free, uint32_t min,
                      struct match *best)
{
    uint32_t made = patch->off;
    uint32_t to = free->off + free->count;
    if (source < 0 || source > UINT32_MAX) {
        return;
    }
    uint32_t from = (uint32_t)source;
    uint32_t forward = match_forward(patch, from, off, to, made);
    uint32_t count = forward == 0 ? 0 : forward + match_backward(patch, from, off, free->off, made);
    if (count >= min && count > best->count) {
        uint32_t before = count - forward;
        *best = (struct match){off - before, from - before, count};
    }
}

/* The longest match at off; what is free are the bytes that no operation makes yet. */
static struct match match_find(const struct patch *patch, uint32_t off, const struct op *free)
{
    struct match best = {.count = 0};
    match_try(patch, off + patch->shift, off, free, MIN_SAME_SHIFT, &best);
    match_try(patch, off, off, free, MIN_OTHER_SHIFT, &best);
    if (free->off + free->count - off >= STRING_SIZE) {
        const uint32_t *ways = index_at(patch, patch->in.image + off);
        for (uint32_t i = 0; i < WAYS && ways[i] != NOWHERE; i++) {
            match_try(patch, ways[i], off, free, MIN_OTHER_SHIFT, &best);
        }
    }
    return best;
}

static void plan_add(struct patch *patch, enum op_kind kind, uint32_t off, uint32_t count)
{
    if (count > 0) {
        patch->ops[patch->op_count++] = (struct op){kind, count, off};
    }
}

/* One block of which not all stays. */
static void plan_block(struct patch *patch, uint32_t end)
{
    struct op free = {OP_LITERAL, end - patch->off, patch->off};
    for (uint32_t off = patch->off; off < end;) {
        struct match match = match_find(patch, off, &free);
        if (match.count == 0) {
            uint32_t step = 1 + patch->unmatched / PATIENCE;
            patch->unmatched += patch->unmatched < PATIENCE_MAX ? step : 0;
            off += step;
            continue;
        }
        patch->unmatched = 0;
        plan_add(patch, OP_LITERAL, free.off, match.off - free.off);
        plan_add(patch, OP_COPY, match.source, match.count);
        patch->shift = (int64_t)match.source - match.off;
        off = match.off + match.count;
        free = (struct op){OP_LITERAL, end - off, off};
    }
    plan_add(patch, OP_LITERAL, free.off, free.count);
    if (patch->off > 0) {
        index_add(patch, patch->in.image, patch->off, end);
    }
}

/* Where the kept, or not kept, blocks end that begin at the one given. */
static uint32_t plan_run_end(const struct patch *patch, uint32_t block, bool kept)
{
    const struct delta *delta = patch->in.delta;
    uint32_t size = delta->block_size;
    uint32_t max = size < RUN_MAX ? RUN_MAX / size : 1;
    uint32_t end = block + 1;
    while (end < delta->block_count && end - block < max && block_is_kept(patch, end) == kept) {
        end++;
    }
    return end >= delta->block_count ? patch->in.size : end * size;
}

/* Finds out how the image goes on. Returns false at its end. */
static bool plan_next(struct patch *patch)
{
    uint32_t left = patch->in.size - patch->off;
    uint32_t end = left < RUN_MAX ? patch->in.size : patch->off + RUN_MAX;
    patch->op_count = patch->op_next = 0;
    if (left == 0) {
        return false;
    }
    if (patch->in.delta->block_size == 0) {
        plan_add(patch, OP_LITERAL, patch->off, end - patch->off);
    } else {
        uint32_t block = patch->off / patch->in.delta->block_size;
        bool kept = block_is_kept(patch, block);
        if (!kept && patch->copies) {
            end = left < patch->block_size ? patch->in.size : patch->off + patch->block_size;
            plan_block(patch, end);
        } else {
            end = plan_run_end(patch, block, kept);
            plan_add(patch, kept ? OP_KEEP : OP_LITERAL, patch->off, end - patch->off);
        }
    }
    patch->off = end;
    return true;
}

static void head_put(struct patch *patch, uint32_t number)
{
    while (number >= 0x80) {
        patch->head[patch->head_size++] = (uint8_t)(number | 0x80);
        number >>= 7;
    }
    patch->head[patch->head_size++] = (uint8_t)number;
}

/* Begins the next operation. Returns NULL at the end of the patch. */
static const struct op *op_begin(struct patch *patch)
{
    if (patch->op_next == patch->op_count && !plan_next(patch)) {
        return NULL;
    }
    const struct op *op = &patch->ops[patch->op_next++];
    patch->head_size = patch->head_pos = 0;
    head_put(patch, op->count << 2 | op->kind);
    if (op->kind == OP_LITERAL) {
        patch->literal_off = op->off;
        patch->literal_left = op->count;
    } else if (op->kind == OP_COPY) {
        int64_t shift = (int64_t)op->off - patch->made;
        int64_t change = shift - patch->said;
        head_put(patch, (uint32_t)(change < 0 ? -2 * change - 1 : 2 * change));
        patch->said = shift;
    }
    patch->made += op->count;
    return op;
}

/* Puts out the next bytes. Returns how many, 0 at the end of the patch. */
static uint32_t patch_put(struct patch *patch, uint8_t *dst, uint32_t room)
{
    const uint8_t *from = patch->head + patch->head_pos;
    uint32_t size = patch->head_size - patch->head_pos;
    if (size == 0 && patch->literal_left == 0 && op_begin(patch) != NULL) {
        from = patch->head;
        size = patch->head_size;
    }
    if (size > 0) {
        size = size < room ? size : room;
        patch->head_pos += size;
    } else {
        from = patch->in.image + patch->literal_off;
        size = patch->literal_left < room ? patch->literal_left : room;
        patch->literal_off += size;
        patch->literal_left -= size;
    }
    memcpy(dst, from, size);
    return size;
}

static void patch_rewind(struct patch *patch)
{
    patch->off = patch->made = patch->unmatched = 0;
    patch->shift = patch->said = 0;
    patch->op_count = patch->op_next = 0;
    patch->literal_left = patch->head_size = patch->head_pos = 0;
    patch->buffer_off = patch->buffer_size = 0;
    if (patch->copies) {
        index_begin(patch);
    }
}

const uint8_t *patch_bytes(struct patch *patch, uint32_t off, uint32_t *size)
{
    if (off < patch->buffer_off) {
        patch_rewind(patch);
    }
    uint32_t used = off - patch->buffer_off;
    uint32_t there = patch->buffer_size - used;
    if (there < PATCH_PIECE) {
        memmove(patch->buffer, patch->buffer + used, there);
        patch->buffer_off = off;
        for (uint32_t more = 1; more > 0 && there < BUFFER_SIZE; there += more) {
            more = patch_put(patch, patch->buffer + there, BUFFER_SIZE - there);
        }
        patch->buffer_size = there;
        used = 0;
    }
    *size = there;
    return patch->buffer + used;
}

void patch_measure(struct patch *patch, struct patch_facts *facts)
{
    const struct op *op;
    *facts = (struct patch_facts){.size = 0};
    patch_rewind(patch);
    while ((op = op_begin(patch)) != NULL) {
        facts->size += patch->head_size;
        facts->sent += op->kind == OP_LITERAL ? op->count : 0;
        facts->copied += op->kind == OP_COPY ? op->count : 0;
        facts->kept += op->kind == OP_KEEP ? op->count : 0;
    }
    facts->size += facts->sent;
    patch_rewind(patch);
}

/* Of flash in larger blocks too much is overwritten when a block of it is assembled. */
static bool patch_may_copy(const struct patch_input *in)
{
    const struct delta *delta = in->delta;
    return delta->block_size > 0 && delta->block_size <= PATCH_BLOCK_MAX && in->size < SIZE_MAX_COPY &&
           delta->base_size < SIZE_MAX_COPY;
}

/* Memory for as many strings as there are, or for fewer of them. */
static bool index_init(struct patch *patch)
{
    uint32_t size = patch->in.size + patch->in.delta->base_size;
    patch->stride = STRIDE;
    patch->index_bits = 1;
    while (size / patch->stride > INDEX_MAX) {
        patch->stride *= 2;
    }
    while ((uint32_t)WAYS << patch->index_bits < size / patch->stride) {
        patch->index_bits++;
    }
    patch->index = malloc((WAYS * sizeof *patch->index) << patch->index_bits);
    return patch->index != NULL;
}

struct patch *patch_new(const struct patch_input *input)
{
    struct patch *patch = malloc(sizeof *patch);
    if (patch == NULL) {
        return NULL;
    }
    patch->in = *input;
    patch->block_size = input->delta->block_size < PATCH_BLOCK_MAX ? input->delta->block_size : PATCH_BLOCK_MAX;
    patch->copies = patch_may_copy(input);
    patch->index = NULL;
    if (patch->copies && !index_init(patch)) {
        free(patch);
        return NULL;
    }
    patch_rewind(patch);
    return patch;
}

void patch_free(struct patch *patch)
{
    if (patch != NULL) {
        free(patch->index);
        free(patch);
    }
}
