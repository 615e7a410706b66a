/* Collects names into a tree of nodes. */
#include "romfs/build.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "romfs/build_text.h"

enum {
    TABLE_SIZE_FIRST = 1024
};

struct mprom_romfs_build *mprom_romfs_build_new(const struct mprom_romfs_build_options *options)
{
    struct mprom_romfs_build *build = calloc(1, sizeof *build);
    if (build == NULL) {
        return NULL;
    }
    build->options = options;
    build->table_size = TABLE_SIZE_FIRST;
    build->table = calloc(build->table_size, sizeof *build->table);
    if (build->table == NULL) {
        free(build);
        return NULL;
    }
    build->root.is_dir = true;
    build->root.is_sorted = true;
    return build;
}

void mprom_romfs_build_free(struct mprom_romfs_build *build)
{
    if (build == NULL) {
        return;
    }
    mprom_build_arena_free(&build->arena);
    free(build->table);
    free(build->order);
    free(build->loose);
    free(build->error);
    free(build);
}

const char *mprom_romfs_build_error(const struct mprom_romfs_build *build)
{
    return build->error != NULL ? build->error : "";
}

/* Prefix may be NULL. Without memory for the sentence there is none; the error number still says what happened. */
__attribute__((format(printf, 3, 0))) static void build_say(struct mprom_romfs_build *build, const char *prefix,
                                                            const char *format, va_list args)
{
    char *sentence = NULL;
    char *whole = NULL;
    if (vasprintf(&sentence, format, args) < 0) {
        return;
    }
    if (prefix != NULL && asprintf(&whole, "%s: %s", prefix, sentence) >= 0) {
        free(sentence);
        sentence = whole;
    }
    free(build->error);
    build->error = sentence;
}

int mprom_build_fail(struct mprom_romfs_build *build, int err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    build_say(build, NULL, format, args);
    va_end(args);
    return err;
}

int mprom_build_fail_memory(struct mprom_romfs_build *build)
{
    mprom_build_fail(build, -MPROM_ENOMEM, "out of memory");
    return -MPROM_ENOMEM;
}

int mprom_build_fail_node(struct mprom_romfs_build *build, const struct mprom_build_node *node, int err,
                          const char *format, ...)
{
    char *path = mprom_build_node_path(node);
    char *shown = path != NULL ? mprom_build_text_shown(path, strlen(path)) : NULL;
    va_list args;
    va_start(args, format);
    build_say(build, shown, format, args);
    va_end(args);
    free(shown);
    free(path);
    return err;
}

static int build_fail_path(struct mprom_romfs_build *build, const char *path, int err, const char *why)
{
    char *shown = mprom_build_text_shown(path, strlen(path));
    if (shown == NULL) {
        return mprom_build_fail_memory(build);
    }
    mprom_build_fail(build, err, "%s: %s", path[0] != '\0' ? shown : "\"\"", why);
    free(shown);
    return err;
}

char *mprom_build_node_path(const struct mprom_build_node *node)
{
    size_t size = 0;
    for (const struct mprom_build_node *at = node; at->parent != NULL; at = at->parent) {
        size += at->name_size + 1;
    }
    char *path = malloc(size + 1);
    if (path == NULL) {
        return NULL;
    }
    char *start = path + size;
    *start = '\0';
    for (const struct mprom_build_node *at = node; at->parent != NULL; at = at->parent) {
        if (*start != '\0') {
            *--start = '/';
        }
        start -= at->name_size;
        memcpy(start, at->name, at->name_size);
    }
    memmove(path, start, strlen(start) + 1);
    return path;
}

/* FNV-1a over the names of a path. */
static uint32_t build_hash(const struct mprom_build_node *parent, const char *name, size_t size)
{
    uint32_t hash = parent->hash ^ 2166136261U;
    for (size_t i = 0; i < size; i++) {
        hash = (hash ^ (uint8_t)name[i]) * 16777619U;
    }
    return hash;
}

/* Where the table holds the child of that name, or would hold it. */
static struct mprom_build_node **build_slot(const struct mprom_romfs_build *build,
                                            const struct mprom_build_node *parent, const char *name, size_t size,
                                            uint32_t hash)
{
    size_t mask = build->table_size - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        struct mprom_build_node *node = build->table[i];
        if (node == NULL || (node->hash == hash && node->parent == parent && node->name_size == size &&
                             memcmp(node->name, name, size) == 0)) {
            return &build->table[i];
        }
    }
}

struct mprom_build_node *mprom_build_find(const struct mprom_romfs_build *build,
                                          const struct mprom_build_node *parent, const char *name, size_t name_size)
{
    return *build_slot(build, parent, name, name_size, build_hash(parent, name, name_size));
}

/* Keeps the table at most half full. */
static int build_grow(struct mprom_romfs_build *build)
{
    if (build->node_count < build->table_size / 2) {
        return 0;
    }
    size_t old_size = build->table_size;
    struct mprom_build_node **old = build->table;
    struct mprom_build_node **table = calloc(old_size * 2, sizeof *table);
    if (table == NULL) {
        return mprom_build_fail_memory(build);
    }
    build->table = table;
    build->table_size = old_size * 2;
    for (size_t i = 0; i < old_size; i++) {
        struct mprom_build_node *node = old[i];
        if (node != NULL) {
            *build_slot(build, node->parent, node->name, node->name_size, node->hash) = node;
        }
    }
    free(old);
    return 0;
}

int mprom_build_node_compare(const struct mprom_build_node *a, const struct mprom_build_node *b)
{
    size_t size = a->name_size < b->name_size ? a->name_size : b->name_size;
    int order = memcmp(a->name, b->name, size);
    return order != 0 ? order : (a->name_size > b->name_size) - (a->name_size < b->name_size);
}

static void node_append(struct mprom_build_node *parent, struct mprom_build_node *node)
{
    if (parent->last_child == NULL) {
        parent->first_child = node;
    } else {
        parent->last_child->next = node;
        /* Trees are mostly added in order: remember it, and there is nothing to sort. */
        parent->is_sorted = parent->is_sorted && mprom_build_node_compare(parent->last_child, node) < 0;
    }
    parent->last_child = node;
}

/* Finds the child, or makes it as a directory; *made says which. Returns NULL if out of memory. */
static struct mprom_build_node *build_child(struct mprom_romfs_build *build, struct mprom_build_node *parent,
                                            const char *name, size_t size, bool *made)
{
    uint32_t hash = build_hash(parent, name, size);
    struct mprom_build_node **slot = build_slot(build, parent, name, size, hash);
    *made = *slot == NULL;
    if (!*made) {
        return *slot;
    }
    struct mprom_build_node *node = mprom_build_arena_alloc(&build->arena, sizeof *node);
    char *copy = mprom_build_arena_text(&build->arena, name, size);
    if (node == NULL || copy == NULL) {
        return NULL;
    }
    *node = (struct mprom_build_node){
        .parent = parent,
        .name = copy,
        .name_size = (uint32_t)size,
        .hash = hash,
        .is_dir = true,
        .is_sorted = true,
    };
    *slot = node;
    build->node_count++;
    node_append(parent, node);
    return node;
}

static int build_check_path(struct mprom_romfs_build *build, const char *path)
{
    for (const char *name = path;; name++) {
        size_t size = strcspn(name, "/");
        const char *fault = mprom_build_text_name_fault(name, size);
        if (fault != NULL) {
            return build_fail_path(build, path, -MPROM_EINVAL, fault);
        }
        name += size;
        if (*name == '\0') {
            return 0;
        }
    }
}

/* Makes every directory on the way to path, and path itself as a directory; *made says if it was not there before. */
static int build_add(struct mprom_romfs_build *build, const char *path, struct mprom_build_node **added, bool *made)
{
    int err = build_check_path(build, path);
    if (err != 0) {
        return err;
    }
    struct mprom_build_node *node = &build->root;
    for (const char *name = path;; name++) {
        if (!node->is_dir) {
            return build_fail_path(build, path, -MPROM_EEXIST, "a file has the name of a directory in this path");
        }
        err = build_grow(build);
        if (err != 0) {
            return err;
        }
        size_t size = strcspn(name, "/");
        node = build_child(build, node, name, size, made);
        if (node == NULL) {
            return mprom_build_fail_memory(build);
        }
        name += size;
        if (*name == '\0') {
            *added = node;
            return 0;
        }
    }
}

int mprom_romfs_build_add_dir(struct mprom_romfs_build *build, const char *path)
{
    struct mprom_build_node *node;
    bool made;
    int err = build_add(build, path, &node, &made);
    if (err == 0 && !node->is_dir) {
        err = build_fail_path(build, path, -MPROM_EEXIST, "a file has this path");
    }
    return err;
}

static int build_add_file(struct mprom_romfs_build *build, const char *path, uint64_t size, uint64_t mtime,
                          struct mprom_build_node **added)
{
    bool made;
    int err = build_add(build, path, added, &made);
    if (err != 0) {
        return err;
    }
    if (!made) {
        return build_fail_path(build, path, -MPROM_EEXIST,
                               (*added)->is_dir ? "a directory has this path" : "a file has this path");
    }
    (*added)->is_dir = false;
    (*added)->size = size;
    (*added)->mtime = mtime;
    return 0;
}

int mprom_romfs_build_add_file(struct mprom_romfs_build *build, const char *path, const void *data, size_t size,
                               uint64_t mtime)
{
    struct mprom_build_node *node;
    int err = build_add_file(build, path, size, mtime, &node);
    if (err == 0) {
        node->data = data;
    }
    return err;
}

int mprom_romfs_build_add_host_file(struct mprom_romfs_build *build, const char *path, const char *host_path,
                                    uint64_t size, uint64_t mtime)
{
    char *copy = mprom_build_arena_text(&build->arena, host_path, strlen(host_path));
    if (copy == NULL) {
        return mprom_build_fail_memory(build);
    }
    struct mprom_build_node *node;
    int err = build_add_file(build, path, size, mtime, &node);
    if (err == 0) {
        node->host_path = copy;
        node->host_mtime.tv_nsec = -1;
    }
    return err;
}
