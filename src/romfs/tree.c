#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "romfs/tree_internal.h"

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
    mprom_tree_sort_left_out(tree);
    return 0;
}

/* Lists, sorts and reads: other threads read what is listed, and this one joins them when the rest is done. */
static int tree_scan_opened(struct mprom_romfs_tree *tree)
{
    const struct mprom_romfs_tree_entry **sorted = NULL;
    mprom_tree_readers_open(tree);
    int err = mprom_tree_list(tree);
    if (err == 0) {
        sorted = mprom_tree_sort(tree);
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
