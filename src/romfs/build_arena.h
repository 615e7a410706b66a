/*
 * Memory that is taken in small pieces and given back all at once.
 */
#ifndef MPROM_ROMFS_BUILD_ARENA_H
#define MPROM_ROMFS_BUILD_ARENA_H

#include <stddef.h>

/* Zeroed is empty. Used by one thread at a time. */
struct build_arena {
    struct build_arena_block *last;
};

/* Returns size bytes, aligned for any object and not initialised, or NULL if out of memory. */
void *build_arena_alloc(struct build_arena *arena, size_t size);

/* Makes room for size bytes in pieces, all at once. Returns 0, or -1 if out of memory. */
int build_arena_reserve(struct build_arena *arena, size_t size);

/* Returns a copy of size bytes with a NUL behind it, or NULL if out of memory. */
char *build_arena_text(struct build_arena *arena, const char *text, size_t size);

void build_arena_free(struct build_arena *arena);

#endif
