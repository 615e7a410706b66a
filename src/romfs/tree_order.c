/* The order of the tree. */
#include <stdlib.h>

#include "romfs/tree_internal.h"

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

const struct mprom_romfs_tree_entry **mprom_tree_sort(struct mprom_romfs_tree *tree)
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

void mprom_tree_sort_left_out(struct mprom_romfs_tree *tree)
{
    if (tree->left_out_count > 0) {
        qsort(tree->left_out, tree->left_out_count, sizeof tree->left_out[0], tree_compare_left_out);
    }
}
