/*
 * Memory for MicroPython's compiler: one range, taken back whole after each source.
 *
 * Blocks come zeroed, as they do from MicroPython's garbage collector, and with zeroes behind them. The compiler
 * relies on both: the alignment bytes of native code are never written (emitnxtensawin), and the offset of a label
 * that is not yet known is read one place past the end of its table (emitinlinerv32.c). So nothing of one source
 * reaches the next.
 */
#ifndef MPROM_COMPILE_ARENA_H
#define MPROM_COMPILE_ARENA_H

#include <stddef.h>

/* Sets the range; start is aligned to 16 bytes and stays the caller's. */
void mprom_arena_start(void *start, size_t size);

/* Takes back every block. */
void mprom_arena_reset(void);

/* As calloc(1, size), realloc() and free(), within the range; NULL when it is used up. Blocks are aligned to 16. */
void *mprom_arena_alloc(size_t size);
void *mprom_arena_realloc(void *contents, size_t size);
void mprom_arena_free(void *contents);

#endif
