#include "client/board/delta.h"

#include <stdlib.h>

/* The blocks that hold the first size bytes. */
static uint32_t blocks_of(const struct mprom_delta *delta, uint32_t size)
{
    return size == 0 ? 0 : mprom_delta_block_at(delta, size - 1) + 1;
}

/* Takes as many blocks as hold size bytes; the last run goes on for ever. */
static bool starts_init(struct mprom_delta *delta, uint32_t size, const struct mprom_client_run *runs,
                        uint32_t run_count)
{
    size_t room = (size_t)size / delta->block_size + 2;
    delta->starts = calloc(room, sizeof *delta->starts);
    if (delta->starts == NULL) {
        return false;
    }
    uint32_t off = 0;
    for (uint32_t run = 0, left = runs[0].count; off < size; off = delta->starts[++delta->start_count]) {
        while (left == 0 && run + 1 < run_count) {
            left = runs[++run].count;
        }
        delta->starts[delta->start_count + 1] = off + runs[run].size;
        left -= left > 0;
    }
    return true;
}

static bool flags_init(struct mprom_delta *delta)
{
    delta->block_count = blocks_of(delta, delta->size);
    delta->base_count = blocks_of(delta, delta->base_size);
    delta->stays = calloc((size_t)delta->block_count + 1, sizeof *delta->stays);
    delta->holds_base = calloc((size_t)delta->base_count + 1, sizeof *delta->holds_base);
    if (delta->stays == NULL || delta->holds_base == NULL) {
        mprom_delta_free(delta);
        return false;
    }
    return true;
}

bool mprom_delta_init(struct mprom_delta *delta, uint32_t size, uint32_t base_size, uint32_t block_size)
{
    *delta = (struct mprom_delta){.size = size, .block_size = block_size, .base_size = base_size};
    return flags_init(delta);
}

bool mprom_delta_init_runs(struct mprom_delta *delta, uint32_t size, uint32_t base_size,
                           const struct mprom_client_run *runs, uint32_t run_count)
{
    *delta = (struct mprom_delta){.size = size, .block_size = runs[0].size, .base_size = base_size};
    for (uint32_t run = 1; run < run_count; run++) {
        delta->block_size = runs[run].size < delta->block_size ? runs[run].size : delta->block_size;
    }
    return starts_init(delta, size > base_size ? size : base_size, runs, run_count) && flags_init(delta);
}

void mprom_delta_free(struct mprom_delta *delta)
{
    free(delta->starts);
    free(delta->stays);
    free(delta->holds_base);
    *delta = (struct mprom_delta){.stays = NULL};
}

uint32_t mprom_delta_start(const struct mprom_delta *delta, uint32_t block)
{
    return delta->starts == NULL ? block * delta->block_size : delta->starts[block];
}

uint32_t mprom_delta_block_at(const struct mprom_delta *delta, uint32_t off)
{
    if (delta->starts == NULL) {
        return off / delta->block_size;
    }
    uint32_t first = 0;
    for (uint32_t count = delta->start_count; count > 1;) {
        uint32_t half = count / 2;
        bool is_behind = delta->starts[first + half] <= off;
        first += is_behind ? half : 0;
        count = is_behind ? count - half : half;
    }
    return first;
}

uint32_t mprom_delta_equal_blocks(const struct mprom_delta *delta, uint32_t block, uint32_t most)
{
    uint32_t size = mprom_delta_start(delta, block + 1) - mprom_delta_start(delta, block);
    uint32_t count = 1;
    if (delta->starts == NULL) {
        return most;
    }
    while (count < most &&
           mprom_delta_start(delta, block + count + 1) - mprom_delta_start(delta, block + count) == size) {
        count++;
    }
    return count;
}

static uint32_t block_range(const struct mprom_delta *delta, uint32_t size, uint32_t block, uint32_t *off)
{
    *off = mprom_delta_start(delta, block);
    uint32_t end = mprom_delta_start(delta, block + 1);
    return end < size ? end : size;
}

uint32_t mprom_delta_block(const struct mprom_delta *delta, uint32_t block, uint32_t *off)
{
    return block_range(delta, delta->size, block, off);
}

uint32_t mprom_delta_base_block(const struct mprom_delta *delta, uint32_t block, uint32_t *off)
{
    return block_range(delta, delta->base_size, block, off);
}

bool mprom_delta_all_stays(const struct mprom_delta *delta)
{
    return delta->block_size != 0 && mprom_delta_sent_size(delta) == 0;
}

static bool any(const bool *flags, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (flags[i]) {
            return true;
        }
    }
    return false;
}

bool mprom_delta_is_any(const struct mprom_delta *delta)
{
    return any(delta->stays, delta->block_count) || any(delta->holds_base, delta->base_count);
}

uint32_t mprom_delta_sent_size(const struct mprom_delta *delta)
{
    uint32_t sent = 0;
    for (uint32_t i = 0; i < delta->block_count; i++) {
        uint32_t off;
        uint32_t end = mprom_delta_block(delta, i, &off);
        sent += delta->stays[i] ? 0 : end - off;
    }
    return sent;
}

static bool stays(const struct mprom_delta *delta, uint32_t block)
{
    return block < delta->block_count && delta->stays[block];
}

uint32_t mprom_delta_next(const struct mprom_delta *delta, uint32_t *off, uint32_t to)
{
    if (delta->block_size == 0 || *off >= to) {
        return to;
    }
    uint32_t block = *off < delta->size ? mprom_delta_block_at(delta, *off) : delta->block_count;
    while (*off < to && stays(delta, block)) {
        *off = mprom_delta_start(delta, ++block);
    }
    if (*off >= to) {
        *off = to;
        return to;
    }
    while (block < delta->block_count && !delta->stays[block]) {
        block++;
    }
    if (block >= delta->block_count) {
        return to;
    }
    uint32_t end = mprom_delta_start(delta, block);
    return end < to ? end : to;
}
