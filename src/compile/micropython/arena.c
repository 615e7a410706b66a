#include "arena.h"

#include <stdint.h>
#include <string.h>

enum {
    ARENA_ALIGN = 16
};

/* In front of each block, so that realloc() knows how much to move. */
struct arena_head {
    _Alignas(ARENA_ALIGN) size_t size; /* of the block, rounded up */
};

static struct {
    uint8_t *start;
    uint8_t *next;
    uint8_t *end;
} arena;

void arena_start(void *start, size_t size)
{
    arena.start = start;
    arena.next = start;
    arena.end = arena.start + size / ARENA_ALIGN * ARENA_ALIGN;
}

void arena_reset(void)
{
    arena.next = arena.start;
}

static size_t arena_round(size_t size)
{
    return (size + (ARENA_ALIGN - 1)) & ~(size_t)(ARENA_ALIGN - 1);
}

static struct arena_head *arena_head(void *block)
{
    return (struct arena_head *)block - 1;
}

/* Only the last block can grow, shrink or go in place: what stands behind any other is in use. */
static int arena_is_last(void *block)
{
    return (uint8_t *)block + arena_head(block)->size == arena.next;
}

void *arena_alloc(size_t size)
{
    size_t room = (size_t)(arena.end - arena.next);
    if (room < sizeof(struct arena_head) || size > room - sizeof(struct arena_head)) {
        return NULL;
    }
    struct arena_head *head = (struct arena_head *)arena.next;
    head->size = arena_round(size);
    arena.next += sizeof(*head) + head->size;
    return memset(head + 1, 0, head->size);
}

void *arena_realloc(void *block, size_t size)
{
    if (!block) {
        return arena_alloc(size);
    }
    struct arena_head *head = arena_head(block);
    if (arena_is_last(block)) {
        if (size > (size_t)(arena.end - (uint8_t *)block)) {
            return NULL;
        }
        size_t new_size = arena_round(size);
        if (new_size > head->size) {
            memset((uint8_t *)block + head->size, 0, new_size - head->size);
        }
        head->size = new_size;
        arena.next = (uint8_t *)block + new_size;
        return block;
    }
    if (size <= head->size) {
        return block;
    }
    void *moved = arena_alloc(size);
    return moved ? memcpy(moved, block, head->size) : NULL;
}

void arena_free(void *block)
{
    if (block && arena_is_last(block)) {
        arena.next = (uint8_t *)arena_head(block);
    }
}
