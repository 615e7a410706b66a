/* Looks behind symbolic links. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "romfs/tree_internal.h"

static int link_fail_errno(struct mprom_romfs_tree *tree, const char *path)
{
    int err = errno;
    if (err == ENOENT) {
        return mprom_tree_fail(tree, -MPROM_EINVAL, path, "a symbolic link that leads to nothing");
    }
    if (err == ELOOP) {
        return mprom_tree_fail(tree, -MPROM_EINVAL, path, "a symbolic link that leads to itself");
    }
    return mprom_tree_fail(tree, -err, path, "%s", strerror(err));
}

/* The real path of the tree's directory is worked out once. */
static int link_find_real(struct mprom_romfs_tree *tree)
{
    if (tree->real == NULL) {
        tree->real = realpath(tree->host, NULL);
    }
    return tree->real != NULL ? 0 : link_fail_errno(tree, "");
}

static bool link_is_inside(const char *dir, const char *path)
{
    size_t size = strlen(dir);
    if (size == 1) {
        return true; /* the directory is "/" */
    }
    return strncmp(dir, path, size) == 0 && (path[size] == '/' || path[size] == '\0');
}

static int link_check_inside(struct mprom_romfs_tree *tree, const char *path)
{
    char *host_path;
    int err = link_find_real(tree);
    if (err != 0) {
        return err;
    }
    if (asprintf(&host_path, "%s/%s", tree->host, path) < 0) {
        return mprom_tree_fail_memory(tree);
    }
    char *target = realpath(host_path, NULL);
    if (target == NULL) {
        err = link_fail_errno(tree, path);
    } else if (!link_is_inside(tree->real, target)) {
        err = mprom_tree_fail(
            tree, -MPROM_EINVAL, path,
            "a symbolic link that leads out of the tree, to %s; copy what it points to, or exclude it", target);
    }
    free(target);
    free(host_path);
    return err;
}

int mprom_tree_follow(struct mprom_romfs_tree *tree, const struct mprom_tree_dir *dir, const char *path,
                      struct stat *st)
{
    memset(st, 0, sizeof *st);
    if (tree->link_count++ == MPROM_TREE_LINKS_MAX) {
        return mprom_tree_fail(tree, -MPROM_EFBIG, "", "more than %d symbolic links", MPROM_TREE_LINKS_MAX);
    }
    if (fstatat(tree->fd, path, st, 0) != 0) {
        return link_fail_errno(tree, path);
    }
    int err = link_check_inside(tree, path);
    if (err != 0 || !S_ISDIR(st->st_mode)) {
        return err;
    }
    for (; dir != NULL; dir = dir->parent) {
        if (dir->device == st->st_dev && dir->inode == st->st_ino) {
            return mprom_tree_fail(tree, -MPROM_EINVAL, path, "a symbolic link to a directory that it lies in");
        }
    }
    return 0;
}
