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

struct mprom_romfs_tree *mprom_romfs_tree_new(const struct mprom_romfs_tree_options *options)
{
    struct mprom_romfs_tree *tree = calloc(1, sizeof *tree);
    if (tree != NULL) {
        tree->options = options;
        tree->fd = -1;
    }
    return tree;
}

void mprom_romfs_tree_free(struct mprom_romfs_tree *tree)
{
    if (tree == NULL) {
        return;
    }
    mprom_build_arena_free(&tree->arena);
    mprom_tree_readers_free(tree);
    free(tree->entries);
    free(tree->left_out);
    free(tree->real);
    free(tree->output);
    free(tree->error);
    free(tree);
}

const char *mprom_romfs_tree_error(const struct mprom_romfs_tree *tree)
{
    return tree->error != NULL ? tree->error : "";
}

int mprom_tree_fail(struct mprom_romfs_tree *tree, int err, const char *path, const char *format, ...)
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
        shown = mprom_build_text_shown(host, strlen(host));
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

int mprom_tree_fail_memory(struct mprom_romfs_tree *tree)
{
    return mprom_tree_fail(tree, -MPROM_ENOMEM, "", "out of memory");
}

/* The order of docs/format.md over whole paths: '/' comes before every other character. */
int mprom_tree_compare_paths(const char *a, const char *b)
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
    const struct mprom_romfs_tree_entry *const *left = a;
    const struct mprom_romfs_tree_entry *const *right = b;
    return mprom_tree_compare_paths((*left)->path, (*right)->path);
}

static int tree_compare_left_out(const void *a, const void *b)
{
    const struct mprom_romfs_tree_left_out *left = a;
    const struct mprom_romfs_tree_left_out *right = b;
    return mprom_tree_compare_paths(left->path, right->path);
}

/* Where the entries lie in the chunks, in order; NULL if out of memory. */
static const struct mprom_romfs_tree_entry **tree_sort(struct mprom_romfs_tree *tree)
{
    const struct mprom_romfs_tree_entry **sorted = malloc((tree->count + 1) * sizeof *sorted);
    size_t count = 0;
    if (sorted == NULL) {
        return NULL;
    }
    for (const struct mprom_tree_chunk *chunk = tree->first_chunk; chunk != NULL; chunk = chunk->next) {
        for (size_t i = 0; i < chunk->count; i++) {
            sorted[count++] = &chunk->entries[i];
        }
    }
    qsort(sorted, count, sizeof sorted[0], tree_compare_entries);
    return sorted;
}

static int tree_collect(struct mprom_romfs_tree *tree, const struct mprom_romfs_tree_entry *const *sorted)
{
    tree->entries = malloc((tree->count + 1) * sizeof tree->entries[0]);
    if (tree->entries == NULL) {
        return mprom_tree_fail_memory(tree);
    }
    size_t kept = 0;
    for (size_t i = 0; i < tree->count; i++) {
        const struct mprom_romfs_tree_entry *entry = sorted[i];
        if (!entry->is_dir && !entry->is_named && mprom_tree_is_image(tree, entry)) {
            struct mprom_romfs_tree_left_out out = {
                .path = entry->path, .cause = MPROM_ROMFS_TREE_IMAGE, .reason = "an image"};
            if (mprom_tree_leave_out(tree, &out) != 0) {
                return mprom_tree_fail_memory(tree);
            }
        } else {
            tree->entries[kept++] = *entry;
        }
    }
    tree->count = kept;
    if (tree->left_out_count > 0) {
        qsort(tree->left_out, tree->left_out_count, sizeof tree->left_out[0], tree_compare_left_out);
    }
    return 0;
}

/* Lists, sorts and reads: other threads read what is listed, and this one joins them when the rest is done. */
static int tree_scan_opened(struct mprom_romfs_tree *tree)
{
    const struct mprom_romfs_tree_entry **sorted = NULL;
    mprom_tree_readers_open(tree);
    int err = mprom_tree_list(tree);
    if (err == 0) {
        sorted = tree_sort(tree);
        err = sorted != NULL ? 0 : mprom_tree_fail_memory(tree);
    }
    int read_err = mprom_tree_readers_finish(tree, err != 0);
    if (err == 0) {
        err = read_err;
    }
    if (err == 0 && sorted != NULL) {
        err = tree_collect(tree, sorted);
    }
    free(sorted);
    return err;
}

int mprom_romfs_tree_scan(struct mprom_romfs_tree *tree, const char *dir)
{
    size_t size = strlen(dir);
    while (size > 1 && dir[size - 1] == '/') {
        size--;
    }
    tree->host = mprom_build_arena_text(&tree->arena, dir, size);
    if (tree->host == NULL) {
        tree->host = dir;
        return mprom_tree_fail_memory(tree);
    }
    tree->fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (tree->fd < 0) {
        int err = errno;
        return mprom_tree_fail(tree, -err, "", "%s", strerror(err));
    }
    int err = mprom_tree_exclude_open(tree);
    if (err == 0) {
        err = mprom_tree_output_open(tree);
    }
    if (err == 0) {
        err = tree_scan_opened(tree);
    }
    close(tree->fd);
    return err;
}

const struct mprom_romfs_tree_entry *mprom_romfs_tree_entries(const struct mprom_romfs_tree *tree, size_t *count)
{
    *count = tree->entries != NULL ? tree->count : 0;
    return tree->entries;
}

const struct mprom_romfs_tree_left_out *mprom_romfs_tree_left_out(const struct mprom_romfs_tree *tree, size_t *count)
{
    *count = tree->left_out_count;
    return tree->left_out;
}

int mprom_romfs_tree_add(const struct mprom_romfs_tree_entry *entry, struct mprom_romfs_build *build)
{
    if (entry->is_dir) {
        return mprom_romfs_build_add_dir(build, entry->path);
    }
    if (entry->data != NULL) {
        return mprom_romfs_build_add_file(build, entry->path, entry->data, (size_t)entry->size, entry->mtime);
    }
    return mprom_romfs_build_add_host_file(build, entry->path, entry->host_path, entry->size, entry->mtime);
}
