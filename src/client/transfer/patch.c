#include "client/transfer/patch.h"

#include "client/transfer/patch_match.h"

#include <stdlib.h>
#include <string.h>

enum {
    BUFFER_SIZE = 2 * MPROM_PATCH_PIECE,
    RUN_MAX = 1 << 24,            /* of one operation */
    SIZE_MAX_COPY = 1 << 30,      /* above, a change of the shift would not fit its number */
    PATIENCE = 256,               /* after so many bytes without a match every second one is looked at, and so on, */
    PATIENCE_MAX = 16 * PATIENCE, /* up to this */
    OPS_MAX = 2 * MPROM_WIRE_BLOCK_SIZE_MAX / MPROM_MATCH_MIN + 1,
};

struct op {
    enum mprom_wire_kind kind;
    uint32_t count;
    uint32_t off; /* of the image; COPY: of the segment */
};

struct patch {
    struct mprom_patch_input in;
    uint32_t block_size; /* in which the image is assembled */
    bool copies;
    struct mprom_match_index index;
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
    uint8_t head[MPROM_WIRE_OPERATION_SIZE_MAX];
    uint32_t buffer_off;
    uint32_t buffer_size;
    uint8_t buffer[BUFFER_SIZE];
};

/* Block 0 is written whatever it holds: the image is invalid meanwhile. */
static bool block_is_kept(const struct patch *patch, uint32_t block)
{
    return block > 0 && block < patch->in.delta->block_count && patch->in.delta->stays[block];
}

static void plan_add(struct patch *patch, enum mprom_wire_kind kind, uint32_t off, uint32_t count)
{
    if (count > 0) {
        patch->ops[patch->op_count++] = (struct op){kind, count, off};
    }
}

/* One block of which not all stays. */
static void plan_block(struct patch *patch, uint32_t end)
{
    struct mprom_match_range free = {patch->off, patch->off, end};
    for (uint32_t off = patch->off; off < end;) {
        struct mprom_match match = mprom_match_find(&patch->index, off, patch->shift, &free);
        if (match.count == 0) {
            uint32_t step = 1 + patch->unmatched / PATIENCE;
            patch->unmatched += patch->unmatched < PATIENCE_MAX ? step : 0;
            off += step;
            continue;
        }
        patch->unmatched = 0;
        plan_add(patch, MPROM_WIRE_LITERAL, free.off, match.off - free.off);
        plan_add(patch, MPROM_WIRE_COPY, match.source, match.count);
        patch->shift = (int64_t)match.source - match.off;
        off = free.off = match.off + match.count;
    }
    plan_add(patch, MPROM_WIRE_LITERAL, free.off, end - free.off);
    mprom_match_made(&patch->index, patch->off, end);
}

/* Where the kept, or not kept, blocks end that begin at the one given. */
static uint32_t plan_run_end(const struct patch *patch, uint32_t block, bool kept)
{
    const struct mprom_delta *delta = patch->in.delta;
    uint32_t start = mprom_delta_start(delta, block);
    uint32_t end = block + 1;
    while (end < delta->block_count && mprom_delta_start(delta, end + 1) - start <= RUN_MAX &&
           block_is_kept(patch, end) == kept) {
        end++;
    }
    return end >= delta->block_count ? patch->in.size : mprom_delta_start(delta, end);
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
        plan_add(patch, MPROM_WIRE_LITERAL, patch->off, end - patch->off);
    } else {
        uint32_t block = mprom_delta_block_at(patch->in.delta, patch->off);
        bool kept = block_is_kept(patch, block);
        if (!kept && patch->copies) {
            end = left < patch->block_size ? patch->in.size : patch->off + patch->block_size;
            plan_block(patch, end);
        } else {
            end = plan_run_end(patch, block, kept);
            plan_add(patch, kept ? MPROM_WIRE_KEEP : MPROM_WIRE_LITERAL, patch->off, end - patch->off);
        }
    }
    patch->off = end;
    return true;
}

static void head_put(struct patch *patch, uint32_t number)
{
    patch->head_size += (uint32_t)mprom_wire_number_put(patch->head + patch->head_size, number);
}

/* Begins the next operation. Returns NULL at the end of the patch. */
static const struct op *op_begin(struct patch *patch)
{
    if (patch->op_next == patch->op_count && !plan_next(patch)) {
        return NULL;
    }
    const struct op *op = &patch->ops[patch->op_next++];
    patch->head_size = patch->head_pos = 0;
    head_put(patch, mprom_wire_operation(op->kind, op->count));
    if (op->kind == MPROM_WIRE_LITERAL) {
        patch->literal_off = op->off;
        patch->literal_left = op->count;
    } else if (op->kind == MPROM_WIRE_COPY) {
        int64_t shift = (int64_t)op->off - patch->made;
        head_put(patch, mprom_wire_from_change((uint32_t)(shift - patch->said)));
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
        mprom_match_begin(&patch->index);
    }
}

const uint8_t *mprom_patch_bytes(struct patch *patch, uint32_t off, uint32_t *size)
{
    if (off < patch->buffer_off) {
        patch_rewind(patch);
    }
    uint32_t used = off - patch->buffer_off;
    uint32_t there = patch->buffer_size - used;
    if (there < MPROM_PATCH_PIECE) {
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

void mprom_patch_measure(struct patch *patch, struct mprom_patch_facts *facts)
{
    const struct op *op;
    *facts = (struct mprom_patch_facts){.size = 0};
    patch_rewind(patch);
    while ((op = op_begin(patch)) != NULL) {
        facts->size += patch->head_size;
        facts->sent += op->kind == MPROM_WIRE_LITERAL ? op->count : 0;
        facts->copied += op->kind == MPROM_WIRE_COPY ? op->count : 0;
        facts->kept += op->kind == MPROM_WIRE_KEEP ? op->count : 0;
    }
    facts->size += facts->sent;
    patch_rewind(patch);
}

/* Of flash in larger blocks too much is overwritten when a block of it is assembled. */
static bool patch_may_copy(const struct mprom_patch_input *in)
{
    const struct mprom_delta *delta = in->delta;
    return delta->block_size > 0 && delta->block_size <= MPROM_WIRE_BLOCK_SIZE_MAX && in->size < SIZE_MAX_COPY &&
           delta->base_size < SIZE_MAX_COPY;
}

struct patch *mprom_patch_new(const struct mprom_patch_input *input)
{
    struct patch *patch = malloc(sizeof *patch);
    if (patch == NULL) {
        return NULL;
    }
    patch->in = *input;
    patch->block_size =
        input->delta->block_size < MPROM_WIRE_BLOCK_SIZE_MAX ? input->delta->block_size : MPROM_WIRE_BLOCK_SIZE_MAX;
    patch->copies = patch_may_copy(input);
    patch->index = (struct mprom_match_index){.in = NULL};
    if (patch->copies && !mprom_match_init(&patch->index, &patch->in)) {
        free(patch);
        return NULL;
    }
    patch_rewind(patch);
    return patch;
}

void mprom_patch_free(struct patch *patch)
{
    if (patch != NULL) {
        mprom_match_free(&patch->index);
        free(patch);
    }
}
