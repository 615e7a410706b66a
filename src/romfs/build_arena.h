/*
 * Memory that is taken in small pieces and given back all at once.
 */
#ifndef MPROM_ROMFS_BUILD_ARENA_H
#define MPROM_ROMFS_BUILD_ARENA_H

#include <stddef.h>

/* Zeroed is empty. Used by one thread at a time. */
struct mprom_build_arena {
    struct build_arena_block *last;
};

/* Returns size bytes, aligned for any object and not initialised, or NULL if out of memory. */
void *mprom_build_arena_alloc(struct mprom_build_arena *arena, size_t size);

/* Makes room for size bytes in pieces, all at once. Returns 0, or -1 if out of memory. */
int mprom_build_arena_reserve(struct mprom_build_arena *arena, size_t size);

/* Returns a copy of size bytes with a NUL behind it, or NULL if out of memory. */
char *mprom_build_arena_text(struct mprom_build_arena *arena, const char *text, size_t size);

void mprom_build_arena_free(struct mprom_build_arena *arena);

#endif
