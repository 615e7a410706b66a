#include "client/delta.h"

#include <stdlib.h>

static uint32_t blocks(uint32_t size, uint32_t block_size)
{
    return size / block_size + (size % block_size != 0);
}

bool delta_init(struct delta *delta, uint32_t size, uint32_t base_size, uint32_t block_size)
{
    *delta = (struct delta){
        .size = size,
        .block_size = block_size,
        .block_count = blocks(size, block_size),
        .base_size = base_size,
        .base_count = blocks(base_size, block_size),
    };
    delta->stays = calloc((size_t)delta->block_count + 1, sizeof *delta->stays);
    delta->holds_base = calloc((size_t)delta->base_count + 1, sizeof *delta->holds_base);
    if (delta->stays == NULL || delta->holds_base == NULL) {
        delta_free(delta);
        return false;
    }
    return true;
}

void delta_free(struct delta *delta)
{
    free(delta->stays);
    free(delta->holds_base);
    *delta = (struct delta){.stays = NULL};
}

static uint32_t block_range(const struct delta *delta, uint32_t size, uint32_t block, uint32_t *off)
{
    *off = block * delta->block_size;
    uint32_t left = size - *off;
    return *off + (left < delta->block_size ? left : delta->block_size);
}

uint32_t delta_block(const struct delta *delta, uint32_t block, uint32_t *off)
{
    return block_range(delta, delta->size, block, off);
}

uint32_t delta_base_block(const struct delta *delta, uint32_t block, uint32_t *off)
{
    return block_range(delta, delta->base_size, block, off);
}

bool delta_all_stays(const struct delta *delta)
{
    return delta->block_size != 0 && delta_sent_size(delta) == 0;
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

bool delta_is_any(const struct delta *delta)
{
    return any(delta->stays, delta->block_count) || any(delta->holds_base, delta->base_count);
}

uint32_t delta_sent_size(const struct delta *delta)
{
    uint32_t sent = 0;
    for (uint32_t i = 0; i < delta->block_count; i++) {
        uint32_t off;
        uint32_t end = delta_block(delta, i, &off);
        sent += delta->stays[i] ? 0 : end - off;
    }
    return sent;
}

static bool stays(const struct delta *delta, uint32_t block)
{
    return block < delta->block_count && delta->stays[block];
}

uint32_t delta_next(const struct delta *delta, uint32_t *off, uint32_t to)
{
    uint32_t size = delta->block_size;
    if (size == 0) {
        return to;
    }
    while (*off < to && stays(delta, *off / size)) {
        *off = (*off / size + 1) * size;
    }
    if (*off >= to) {
        *off = to;
        return to;
    }
    uint32_t block = *off / size;
    while (block < delta->block_count && !delta->stays[block]) {
        block++;
    }
    return block >= delta->block_count || block * size > to ? to : block * size;
}
