/* Memory for MicroPython's compiler: one range, handed out from its start to its end and taken back all at once. */
#ifndef MPROM_COMPILE_ARENA_H
#define MPROM_COMPILE_ARENA_H

#include <stddef.h>

/* Sets the range; start is aligned to 16 bytes and stays the caller's. */
void arena_start(void *start, size_t size);

/* Takes back every block. What the blocks held is undefined afterwards. */
void arena_reset(void);

/* As malloc(), realloc() and free(), within the range; NULL when it is used up. Blocks are aligned to 16 bytes. */
void *arena_alloc(size_t size);
void *arena_realloc(void *block, size_t size);
void arena_free(void *block);

#endif
