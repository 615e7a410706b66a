/*
 * Decides what is left out by its name. The rules of options count most, then those of the .mpromignore files from
 * the path's own directory upwards, then the defaults. The first of these that says something decides.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "romfs/defaults.h"
#include "romfs/tree_internal.h"

enum {
    IGNORE_SIZE_MAX = 1 << 20
};

static const char ignore_name[] = ".mpromignore";

int mprom_tree_exclude_open(struct mprom_romfs_tree *tree)
{
    size_t count = 0;
    while (mprom_romfs_default_left_out[count].pattern != NULL) {
        count++;
    }
    tree->defaults = mprom_build_arena_alloc(&tree->arena, count * sizeof tree->defaults[0]);
    if (tree->defaults == NULL) {
        return mprom_tree_fail_memory(tree);
    }
    for (size_t i = 0; i < count; i++) {
        const char *pattern = mprom_romfs_default_left_out[i].pattern;
        if (!mprom_ignore_parse(&tree->defaults[i], &tree->arena, pattern, strlen(pattern))) {
            return mprom_tree_fail_memory(tree);
        }
    }
    tree->excludes.source = "--exclude";
    int err = mprom_ignore_parse_options(&tree->excludes, &tree->arena, tree->options->excludes,
                                         tree->options->exclude_count);
    return err != 0 ? mprom_tree_fail_memory(tree) : 0;
}

/* Reads the rules from fd; path is for messages. */
static int exclude_read(struct mprom_romfs_tree *tree, struct mprom_tree_dir *dir, int fd, const char *path)
{
    struct stat st;
    if (fstat(fd, &st) != 0) {
        return mprom_tree_fail(tree, -errno, path, "%s", strerror(errno));
    }
    if (!S_ISREG(st.st_mode)) {
        return mprom_tree_fail(tree, -MPROM_EINVAL, path, "is no file, so the rules in it cannot be read");
    }
    if (st.st_size > IGNORE_SIZE_MAX) {
        return mprom_tree_fail(tree, -MPROM_EFBIG, path, "is larger than %d bytes", IGNORE_SIZE_MAX);
    }
    size_t size = (size_t)st.st_size;
    char *text = malloc(size + 1);
    ssize_t got = text != NULL ? pread(fd, text, size, 0) : 0;
    int err = 0;
    if (got != st.st_size) {
        err = text == NULL ? mprom_tree_fail_memory(tree)
                           : mprom_tree_fail(tree, -MPROM_EIO, path, "cannot be read, or changed while it was read");
    } else if (mprom_ignore_parse_file(dir->ignore, &tree->arena, text, size) != 0) {
        err = mprom_tree_fail_memory(tree);
    }
    free(text);
    return err;
}

int mprom_tree_exclude_enter(struct mprom_romfs_tree *tree, struct mprom_tree_dir *dir, int fd)
{
    /* Without O_NONBLOCK, a pipe of this name would hold the build for ever. */
    int file = openat(fd, ignore_name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (file < 0 && errno == ENOENT) {
        return 0;
    }
    int err = errno;
    size_t folder_size = strlen(dir->path);
    char *path = mprom_build_arena_alloc(&tree->arena, folder_size + 1 + sizeof ignore_name);
    dir->ignore = mprom_build_arena_alloc(&tree->arena, sizeof *dir->ignore);
    if (path == NULL || dir->ignore == NULL) {
        err = mprom_tree_fail_memory(tree);
    } else {
        char *end = mempcpy(path, dir->path, folder_size);
        if (folder_size > 0) {
            *end++ = '/';
        }
        memcpy(end, ignore_name, sizeof ignore_name);
        *dir->ignore = (struct mprom_ignore_list){.source = path, .folder_size = folder_size};
        err =
            file >= 0 ? exclude_read(tree, dir, file, path) : mprom_tree_fail(tree, -err, path, "%s", strerror(err));
    }
    if (file >= 0) {
        close(file);
    }
    return err;
}

/* The default that concerns path, or NULL. */
static const struct mprom_romfs_default_left_out *exclude_default(const struct mprom_romfs_tree *tree,
                                                                  const struct mprom_ignore_path *path)
{
    const struct mprom_ignore_rule *rule = tree->defaults;
    for (const struct mprom_romfs_default_left_out *found = mprom_romfs_default_left_out; found->pattern != NULL;
         found++, rule++) {
        /* The first character settles most of them. */
        if ((rule->literal_size == 0 || rule->pattern[0] == path->name[0]) && mprom_ignore_matches(rule, 0, path)) {
            return found;
        }
    }
    return NULL;
}

/* Whether a rule can take back what is left out by default. "!*" is meant for other files than these. */
static bool exclude_can_take_back(const struct mprom_ignore_rule *rule,
                                  const struct mprom_romfs_default_left_out *found)
{
    return found == NULL || (found->kind == MPROM_ROMFS_DEFAULT_LITTER ? rule->has_letters : rule->names);
}

/* The last rule of a list that says something about path. */
static const struct mprom_ignore_rule *exclude_find(const struct mprom_ignore_list *list,
                                                    const struct mprom_ignore_path *path,
                                                    const struct mprom_romfs_default_left_out *found)
{
    for (size_t i = list->count; i-- > 0;) {
        const struct mprom_ignore_rule *rule = &list->rules[i];
        if (mprom_ignore_matches(rule, list->folder_size, path) &&
            (!rule->negated || exclude_can_take_back(rule, found))) {
            return rule;
        }
    }
    return NULL;
}

bool mprom_tree_is_excluded(const struct mprom_romfs_tree *tree, const struct mprom_tree_dir *dir,
                            const struct mprom_ignore_path *path, struct mprom_romfs_tree_left_out *out,
                            bool *is_named)
{
    const struct mprom_romfs_default_left_out *found = exclude_default(tree, path);
    const struct mprom_ignore_list *list = &tree->excludes;
    const struct mprom_ignore_rule *rule = exclude_find(list, path, found);
    for (; rule == NULL && dir != NULL; dir = dir->parent) {
        if (dir->ignore != NULL) {
            list = dir->ignore;
            rule = exclude_find(list, path, found);
        }
    }
    if (rule != NULL) {
        *is_named = rule->negated && rule->names && !path->is_dir;
        out->cause = list == &tree->excludes ? MPROM_ROMFS_TREE_OPTION : MPROM_ROMFS_TREE_FILE;
        out->reason = list->source;
        out->pattern = rule->shown;
        out->line = rule->line;
    }
    /* What is secret is called so, also if a rule leaves it out as well. */
    if (found != NULL && (rule == NULL || (!rule->negated && found->kind == MPROM_ROMFS_DEFAULT_SECRET))) {
        out->cause = found->kind == MPROM_ROMFS_DEFAULT_SECRET  ? MPROM_ROMFS_TREE_SECRET
                     : found->kind == MPROM_ROMFS_DEFAULT_IMAGE ? MPROM_ROMFS_TREE_IMAGE
                                                                : MPROM_ROMFS_TREE_LITTER;
        out->reason = found->reason;
        out->pattern = found->pattern;
        out->line = 0;
        return found->kind != MPROM_ROMFS_DEFAULT_LITTER || !tree->options->keep_all;
    }
    return rule != NULL && !rule->negated;
}

bool mprom_tree_is_marked(const struct mprom_romfs_tree *tree, int fd, struct mprom_romfs_tree_left_out *out)
{
    if (tree->options->keep_all) {
        return false;
    }
    for (const struct mprom_romfs_default_marker *marker = mprom_romfs_default_markers; marker->name != NULL;
         marker++) {
        if (faccessat(fd, marker->name, F_OK, 0) == 0) {
            out->cause = MPROM_ROMFS_TREE_LITTER;
            out->reason = marker->reason;
            return true;
        }
    }
    return false;
}
