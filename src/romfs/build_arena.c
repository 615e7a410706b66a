#include "romfs/build_arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Blocks grow, so that a small tree touches few pages and a large one takes few blocks. */
enum {
    BLOCK_SIZE_FIRST = 1 << 14,
    BLOCK_SIZE_MAX = 1 << 20
};

struct build_arena_block {
    struct build_arena_block *before;
    size_t size;
    size_t used;
    max_align_t bytes[];
};

static struct build_arena_block *arena_grow(struct mprom_build_arena *arena, size_t need)
{
    size_t size = arena->last != NULL ? arena->last->size * 2 : BLOCK_SIZE_FIRST;
    if (size > BLOCK_SIZE_MAX) {
        size = BLOCK_SIZE_MAX;
    }
    if (size < need) {
        size = need;
    }
    if (size > SIZE_MAX - sizeof(struct build_arena_block)) {
        return NULL;
    }
    struct build_arena_block *block = malloc(sizeof *block + size);
    if (block != NULL) {
        *block = (struct build_arena_block){.before = arena->last, .size = size};
        arena->last = block;
    }
    return block;
}

int mprom_build_arena_reserve(struct mprom_build_arena *arena, size_t size)
{
    struct build_arena_block *block = arena->last;
    bool fits = block != NULL && size <= block->size - block->used;
    return fits || arena_grow(arena, size) != NULL ? 0 : -1;
}

void *mprom_build_arena_alloc(struct mprom_build_arena *arena, size_t size)
{
    const size_t align = _Alignof(max_align_t);
    if (size > SIZE_MAX - align) {
        return NULL;
    }
    size = (size + align - 1) & ~(align - 1);
    struct build_arena_block *block = arena->last;
    if (block == NULL || size > block->size - block->used) {
        block = arena_grow(arena, size);
        if (block == NULL) {
            return NULL;
        }
    }
    void *piece = (char *)block->bytes + block->used;
    block->used += size;
    return piece;
}

char *mprom_build_arena_text(struct mprom_build_arena *arena, const char *text, size_t size)
{
    char *copy = mprom_build_arena_alloc(arena, size + 1);
    if (copy != NULL) {
        memcpy(copy, text, size);
        copy[size] = '\0';
    }
    return copy;
}

void mprom_build_arena_free(struct mprom_build_arena *arena)
{
    while (arena->last != NULL) {
        struct build_arena_block *block = arena->last;
        arena->last = block->before;
        free(block);
    }
}
