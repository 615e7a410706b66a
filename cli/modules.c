/* Finds modules of one name. */
#include "cli/modules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MODULES_ROOM_FIRST = 64
};

static const char *const module_suffixes[] = {[MODULE_DIR] = "", [MODULE_PY] = ".py", [MODULE_MPY] = ".mpy"};

static bool module_has_suffix(const char *path, size_t size, const char *suffix)
{
    size_t suffix_size = strlen(suffix);
    return size > suffix_size && memcmp(path + size - suffix_size, suffix, suffix_size) == 0 &&
           path[size - suffix_size - 1] != '/';
}

/* boot and main of the top level are run by their file's name, and __init__ is found by it. */
static bool module_is_found_by_name(const char *stem, size_t size)
{
    const char *slash = memrchr(stem, '/', size);
    size_t name_size = slash ? (size_t)(stem + size - slash - 1) : size;
    const char *name = stem + size - name_size;
    return (name_size == 8 && memcmp(name, "__init__", 8) == 0) ||
           (!slash && name_size == 4 && (memcmp(name, "boot", 4) == 0 || memcmp(name, "main", 4) == 0));
}

void modules_add(struct modules *modules, const char *path, size_t size, bool is_dir)
{
    enum module_kind kind = is_dir ? MODULE_DIR : module_has_suffix(path, size, ".mpy") ? MODULE_MPY : MODULE_PY;
    if (kind == MODULE_PY && !module_has_suffix(path, size, ".py")) {
        return;
    }
    if (modules->count == modules->room) {
        size_t room = modules->room > 0 ? modules->room * 2 : MODULES_ROOM_FIRST;
        struct module *grown = reallocarray(modules->items, room, sizeof *grown);
        if (!grown) {
            modules->failed = true;
            return;
        }
        modules->items = grown;
        modules->room = room;
    }
    size -= strlen(module_suffixes[kind]);
    const char *stem = mprom_build_arena_text(&modules->arena, path, size);
    if (!stem) {
        modules->failed = true;
        return;
    }
    modules->items[modules->count] = (struct module){stem, size, kind, modules->count};
    modules->count++;
}

static int module_compare(const void *a, const void *b)
{
    const struct module *left = a;
    const struct module *right = b;
    size_t size = left->size < right->size ? left->size : right->size;
    int order = memcmp(left->stem, right->stem, size);
    if (order == 0 && left->size != right->size) {
        order = left->size < right->size ? -1 : 1;
    }
    if (order == 0 && left->kind != right->kind) {
        order = left->kind < right->kind ? -1 : 1;
    }
    return order != 0 ? order : left->number < right->number ? -1 : 1;
}

static void module_tell(const struct module *hidden, const struct module *by, modules_sink *sink, void *ctx)
{
    char *hidden_path = NULL;
    char *by_path = NULL;
    if (asprintf(&hidden_path, "%s%s", hidden->stem, module_suffixes[hidden->kind]) < 0) {
        hidden_path = NULL;
    }
    if (asprintf(&by_path, "%s%s", by->stem, module_suffixes[by->kind]) < 0) {
        by_path = NULL;
    }
    if (hidden_path && by_path) {
        sink(ctx, hidden_path, by_path, by->kind == MODULE_DIR);
    }
    free(hidden_path);
    free(by_path);
}

void modules_find(struct modules *modules, modules_sink *sink, void *ctx)
{
    if (modules->count == 0) {
        return;
    }
    qsort(modules->items, modules->count, sizeof modules->items[0], module_compare);
    const struct module *first = &modules->items[0]; /* of those with one stem; it is the one that is imported */
    for (size_t i = 1; i < modules->count; i++) {
        const struct module *module = &modules->items[i];
        if (module->size != first->size || memcmp(module->stem, first->stem, module->size) != 0) {
            first = module;
        } else if (module->kind != first->kind &&
                   !(first->kind == MODULE_DIR && module_is_found_by_name(module->stem, module->size))) {
            module_tell(module, first, sink, ctx);
        }
    }
}

void modules_free(struct modules *modules)
{
    mprom_build_arena_free(&modules->arena);
    free(modules->items);
    *modules = (struct modules){0};
}
