/* Brings the nodes into the order of the image: a directory before what it holds, siblings by name. */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "romfs/build.h"
#include "romfs/defaults.h"

enum {
    ALIGN_DEFAULT = 4,
    ALIGN_MAX = 65536
};

static int order_compare(const void *a, const void *b)
{
    const struct mprom_build_node *const *left = a;
    const struct mprom_build_node *const *right = b;
    return mprom_build_node_compare(*left, *right);
}

/* room holds every node, so it holds one directory's. */
static void order_children(struct mprom_build_node *dir, struct mprom_build_node **room)
{
    size_t count = 0;
    for (struct mprom_build_node *child = dir->first_child; child != NULL; child = child->next) {
        room[count++] = child;
    }
    qsort(room, count, sizeof room[0], order_compare);
    for (size_t i = 0; i + 1 < count; i++) {
        room[i]->next = room[i + 1];
    }
    room[count - 1]->next = NULL;
    dir->first_child = room[0];
    dir->last_child = room[count - 1];
    dir->is_sorted = true;
}

/* The node behind `node` in the image, or NULL behind the last. */
static struct mprom_build_node *order_next(struct mprom_build_node *node)
{
    if (node->first_child != NULL) {
        return node->first_child;
    }
    while (node != NULL && node->next == NULL) {
        node = node->parent;
    }
    return node != NULL ? node->next : NULL;
}

static bool align_is_valid(uint32_t align)
{
    return align != 0 && align <= ALIGN_MAX && (align & (align - 1)) == 0;
}

static int order_check_options(struct mprom_romfs_build *build)
{
    const struct mprom_romfs_build_options *options = build->options;
    if (options->align != 0 && !align_is_valid(options->align)) {
        return mprom_build_fail(build, -MPROM_EINVAL, "alignment %u is not a power of two up to 65536",
                                options->align);
    }
    for (size_t i = 0; i < options->align_count; i++) {
        if (!align_is_valid(options->aligns[i].align)) {
            return mprom_build_fail(build, -MPROM_EINVAL, "alignment %u for \"%s\" is not a power of two up to 65536",
                                    options->aligns[i].align, options->aligns[i].pattern);
        }
    }
    return 0;
}

/* The alignment of a file that no pattern matches. */
static uint32_t order_default_align(const struct mprom_romfs_build_options *options,
                                    const struct mprom_build_node *file)
{
    uint32_t align = options->align != 0 ? options->align : ALIGN_DEFAULT;
    uint32_t type = options->align_types ? mprom_romfs_default_align(file->name, file->name_size) : 0;
    return type > align ? type : align;
}

/* Gives a file the alignment of the first pattern that matches it. */
static int order_align(struct mprom_romfs_build *build, struct mprom_build_node *file)
{
    const struct mprom_romfs_build_options *options = build->options;
    file->align = order_default_align(options, file);
    if (options->align_count == 0) {
        return 0;
    }
    char *path = mprom_build_node_path(file);
    if (path == NULL) {
        return mprom_build_fail_memory(build);
    }
    for (size_t i = 0; i < options->align_count; i++) {
        const char *pattern = options->aligns[i].pattern;
        const char *name = strchr(pattern, '/') != NULL ? path : path + strlen(path) - file->name_size;
        if (fnmatch(pattern + (pattern[0] == '/'), name, 0) == 0) {
            file->align = options->aligns[i].align;
            break;
        }
    }
    free(path);
    return 0;
}

int mprom_build_order(struct mprom_romfs_build *build)
{
    int err = order_check_options(build);
    if (err != 0) {
        return err;
    }
    struct mprom_build_node **room = malloc(((size_t)build->node_count * 2 + 1) * sizeof *room);
    if (room == NULL) {
        return mprom_build_fail_memory(build);
    }
    free(build->order);
    build->order = room;
    size_t count = 0;
    for (struct mprom_build_node *node = &build->root; node != NULL; node = order_next(node)) {
        if (!node->is_sorted) {
            order_children(node, room + build->node_count);
        }
        if (node->parent == NULL) {
            continue;
        }
        room[count++] = node;
        err = node->is_dir ? 0 : order_align(build, node);
        if (err != 0) {
            return err;
        }
    }
    return 0;
}
