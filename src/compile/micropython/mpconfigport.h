/*
 * MicroPython's configuration: that of its mpy-cross, so that both compile alike in every release, less files and
 * garbage collection.
 */
#ifndef MPROM_COMPILE_MPCONFIGPORT_H
#define MPROM_COMPILE_MPCONFIGPORT_H

#include <stdlib.h>

#include "mpy-cross/mpconfigport.h"

/* Sources come from memory, and the compiled code goes to memory. */
#undef MICROPY_READER_POSIX
#define MICROPY_READER_POSIX (0)
#undef MICROPY_HELPER_LEXER_UNIX
#define MICROPY_HELPER_LEXER_UNIX (0)
#undef MICROPY_PERSISTENT_CODE_SAVE_FILE
#define MICROPY_PERSISTENT_CODE_SAVE_FILE (0)

/* Memory is handed out in order and taken back whole after each file, which costs nothing. */
#undef MICROPY_ENABLE_GC
#define MICROPY_ENABLE_GC (0)
#define MICROPY_ALLOC_PARSE_CHUNK_INIT (4096)
#include "arena.h"
#define malloc(size) mprom_arena_alloc(size)
#define realloc(block, size) mprom_arena_realloc(block, size)
#define free(block) mprom_arena_free(block)

#endif
