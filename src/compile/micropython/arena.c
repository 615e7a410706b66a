#include "arena.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>

enum {
    ARENA_CLASSES = sizeof(size_t) * CHAR_BIT,
    ARENA_TAIL = 16,           /* zeroes behind the contents, see arena.h */
    ARENA_SMALL_CLASS = 12,    /* up to this class, blocks may also use */
    ARENA_RESERVE = 64 * 1024, /* the end of the range: an error message needs memory when a table has used it up */
};

/*
 * A block, this header included, is a power of two large: its class. The compiler grows its tables a few entries at a
 * time; in such blocks most of that happens in place, and a block that is given up fits the next of its class.
 */
struct arena_block {
    _Alignas(16) size_t class;
    union {
        size_t size;              /* of the contents that are zeroed or in use */
        struct arena_block *next; /* in a free block */
    };
};

static struct {
    uint8_t *start;
    uint8_t *next; /* nothing has been handed out from here on */
    uint8_t *end;
    struct arena_block *free[ARENA_CLASSES];
} arena;

void mprom_arena_start(void *start, size_t size)
{
    arena.start = start;
    arena.end = arena.start + size;
    mprom_arena_reset();
}

void mprom_arena_reset(void)
{
    arena.next = arena.start;
    memset(arena.free, 0, sizeof(arena.free));
}

static size_t arena_room(size_t class)
{
    return ((size_t)1 << class) - sizeof(struct arena_block) - ARENA_TAIL;
}

/* The smallest class whose room is at least size, which is no larger than the range. */
static size_t arena_class(size_t size)
{
    return ARENA_CLASSES - (size_t)__builtin_clzl(size + sizeof(struct arena_block) + ARENA_TAIL - 1);
}

/* What is left of the range for a block of this class. */
static size_t arena_left(size_t class)
{
    size_t left = (size_t)(arena.end - arena.next);
    if (class <= ARENA_SMALL_CLASS) {
        return left;
    }
    return left > ARENA_RESERVE ? left - ARENA_RESERVE : 0;
}

static struct arena_block *arena_take(size_t class)
{
    struct arena_block *block = arena.free[class];
    if (block) {
        arena.free[class] = block->next;
    } else if (arena_left(class) >> class) {
        block = (struct arena_block *)arena.next;
        arena.next += (size_t)1 << class;
        block->class = class;
    }
    return block;
}

void *mprom_arena_alloc(size_t size)
{
    if (size > (size_t)(arena.end - arena.start)) {
        return NULL;
    }
    struct arena_block *block = arena_take(arena_class(size));
    if (!block) {
        return NULL;
    }
    block->size = size;
    return memset(block + 1, 0, size + ARENA_TAIL);
}

void *mprom_arena_realloc(void *contents, size_t size)
{
    if (!contents) {
        return mprom_arena_alloc(size);
    }
    struct arena_block *block = (struct arena_block *)contents - 1;
    if (size <= arena_room(block->class)) {
        if (size > block->size) {
            memset((uint8_t *)contents + block->size, 0, size - block->size + ARENA_TAIL);
            block->size = size;
        }
        return contents;
    }
    void *moved = mprom_arena_alloc(size);
    if (moved) {
        memcpy(moved, contents, block->size);
        mprom_arena_free(contents);
    }
    return moved;
}

void mprom_arena_free(void *contents)
{
    if (contents) {
        struct arena_block *block = (struct arena_block *)contents - 1;
        block->next = arena.free[block->class];
        arena.free[block->class] = block;
    }
}
