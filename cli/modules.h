/*
 * Modules that no program can import, since another file or a directory has their name. MicroPython takes the first
 * of: a directory (also one without __init__), the .py, the .mpy.
 */
#ifndef MPROM_CLI_MODULES_H
#define MPROM_CLI_MODULES_H

#include <stdbool.h>
#include <stddef.h>

#include "romfs/build_arena.h"

enum module_kind {
    MODULE_DIR,
    MODULE_PY,
    MODULE_MPY,
};

struct module {
    const char *stem; /* the path without its suffix */
    size_t size;
    enum module_kind kind;
    size_t number; /* the order in which they were added */
};

/* Zeroed is empty. */
struct modules {
    struct mprom_build_arena arena;
    struct module *items;
    size_t count;
    size_t room;
    bool failed; /* out of memory: some are not looked at */
};

/* Adds a directory or a file; files that are no modules are skipped. */
void modules_add(struct modules *modules, const char *path, size_t size, bool is_dir);

/* Told of a module that cannot be imported: hidden is its file, by what it is hidden. Both end with NUL. */
typedef void modules_sink(void *ctx, const char *hidden, const char *by, bool by_is_dir);

/* Finds them all. */
void modules_find(struct modules *modules, modules_sink *sink, void *ctx);

void modules_free(struct modules *modules);

#endif
