#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "romfs/build_text.h"
#include "romfs/tree_internal.h"

enum {
    ROOM_FIRST = 256
};

struct romfs_tree *romfs_tree_new(const struct romfs_tree_options *options)
{
    struct romfs_tree *tree = calloc(1, sizeof *tree);
    if (tree != NULL) {
        tree->options = options;
        tree->fd = -1;
    }
    return tree;
}

void romfs_tree_free(struct romfs_tree *tree)
{
    if (tree == NULL) {
        return;
    }
    build_arena_free(&tree->arena);
    for (size_t i = 0; i < TREE_READERS_MAX; i++) {
        build_arena_free(&tree->contents[i]);
    }
    free(tree->entries);
    free(tree->left_out);
    free(tree->real);
    free(tree->error);
    free(tree);
}

const char *romfs_tree_error(const struct romfs_tree *tree)
{
    return tree->error != NULL ? tree->error : "";
}

int tree_fail(struct romfs_tree *tree, int err, const char *path, const char *format, ...)
{
    char *host = NULL;
    char *shown = NULL;
    char *why = NULL;
    char *sentence = NULL;
    va_list args;
    va_start(args, format);
    if (vasprintf(&why, format, args) < 0) {
        why = NULL;
    }
    va_end(args);
    if (asprintf(&host, "%s%s%s", tree->host, path[0] != '\0' ? "/" : "", path) >= 0) {
        shown = build_text_shown(host, strlen(host));
        free(host);
    }
    /* Without memory for the sentence there is none; the error number still says what happened. */
    if (why != NULL && shown != NULL && asprintf(&sentence, "%s: %s", shown, why) >= 0) {
        free(tree->error);
        tree->error = sentence;
    }
    free(shown);
    free(why);
    return err;
}

int tree_fail_memory(struct romfs_tree *tree)
{
    return tree_fail(tree, -MPROM_ENOMEM, "", "out of memory");
}

void *tree_grow(void *array, size_t count, size_t *room, size_t element_size)
{
    if (count < *room) {
        return array;
    }
    size_t wanted = *room == 0 ? ROOM_FIRST : *room * 2;
    void *grown = reallocarray(array, wanted, element_size);
    if (grown != NULL) {
        *room = wanted;
    }
    return grown;
}

/* The order of docs/format.md over whole paths: '/' comes before every other character. */
static int tree_compare_paths(const char *a, const char *b)
{
    while (*a == *b && *a != '\0') {
        a++;
        b++;
    }
    unsigned left = *a == '/' ? 1 : (unsigned char)*a * 2U;
    unsigned right = *b == '/' ? 1 : (unsigned char)*b * 2U;
    return (left > right) - (left < right);
}

static int tree_compare_entries(const void *a, const void *b)
{
    const struct romfs_tree_entry *left = a;
    const struct romfs_tree_entry *right = b;
    return tree_compare_paths(left->path, right->path);
}

static int tree_compare_left_out(const void *a, const void *b)
{
    const char *const *left = a;
    const char *const *right = b;
    return tree_compare_paths(*left, *right);
}

static void tree_sort(struct romfs_tree *tree)
{
    if (tree->count > 0) {
        qsort(tree->entries, tree->count, sizeof tree->entries[0], tree_compare_entries);
    }
    if (tree->left_out_count > 0) {
        qsort(tree->left_out, tree->left_out_count, sizeof tree->left_out[0], tree_compare_left_out);
    }
}

int romfs_tree_scan(struct romfs_tree *tree, const char *dir)
{
    size_t size = strlen(dir);
    while (size > 1 && dir[size - 1] == '/') {
        size--;
    }
    tree->host = build_arena_text(&tree->arena, dir, size);
    if (tree->host == NULL) {
        tree->host = dir;
        return tree_fail_memory(tree);
    }
    tree->fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (tree->fd < 0) {
        int err = errno;
        return tree_fail(tree, -err, "", "%s", strerror(err));
    }
    int err = tree_list(tree);
    if (err == 0) {
        tree_sort(tree);
        err = tree_read(tree);
    }
    close(tree->fd);
    return err;
}

const struct romfs_tree_entry *romfs_tree_entries(const struct romfs_tree *tree, size_t *count)
{
    *count = tree->count;
    return tree->entries;
}

const char *const *romfs_tree_left_out(const struct romfs_tree *tree, size_t *count)
{
    *count = tree->left_out_count;
    return tree->left_out;
}

int romfs_tree_add(const struct romfs_tree_entry *entry, struct romfs_build *build)
{
    if (entry->is_dir) {
        return romfs_build_add_dir(build, entry->path);
    }
    if (entry->data != NULL) {
        return romfs_build_add_file(build, entry->path, entry->data, (size_t)entry->size, entry->mtime);
    }
    return romfs_build_add_host_file(build, entry->path, entry->host_path, entry->size, entry->mtime);
}
