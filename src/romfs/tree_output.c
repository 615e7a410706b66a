/* Knows the file that will be written again when it meets it, also if it is not there yet. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "romfs/tree_internal.h"

/* The real path of what is or will be at path; NULL if that cannot be known. Allocated. */
static char *output_real_path(const char *path)
{
    char *real = realpath(path, NULL);
    if (real != NULL || errno != ENOENT) {
        return real;
    }
    const char *slash = strrchr(path, '/');
    char *parent = slash != NULL ? strndup(path, (size_t)(slash + 1 - path)) : strdup(".");
    char *real_parent = parent != NULL ? realpath(parent, NULL) : NULL;
    if (real_parent != NULL && asprintf(&real, "%s/%s", strcmp(real_parent, "/") != 0 ? real_parent : "",
                                        slash != NULL ? slash + 1 : path) < 0) {
        real = NULL;
    }
    free(parent);
    free(real_parent);
    return real;
}

int mprom_tree_output_open(struct mprom_romfs_tree *tree)
{
    if (tree->options->output == NULL) {
        return 0;
    }
    tree->output = output_real_path(tree->options->output);
    if (tree->output != NULL && tree->real == NULL) {
        tree->real = realpath(tree->host, NULL);
    }
    return tree->output != NULL && tree->real == NULL ? mprom_tree_fail_memory(tree) : 0;
}

/* Whether the link at host_path leads, or would lead, to the output. */
static bool output_is_behind(const struct mprom_romfs_tree *tree, const char *host_path)
{
    char target[PATH_MAX];
    char *real = realpath(host_path, NULL);
    if (real == NULL) {
        ssize_t size = readlink(host_path, target, sizeof target - 1);
        char *joined = NULL;
        const char *slash = strrchr(host_path, '/');
        target[size > 0 ? size : 0] = '\0';
        if (size > 0 && target[0] == '/') {
            real = output_real_path(target);
        } else if (size > 0 && asprintf(&joined, "%.*s/%s", (int)(slash - host_path), host_path, target) >= 0) {
            real = output_real_path(joined);
            free(joined);
        }
    }
    bool same = real != NULL && strcmp(real, tree->output) == 0;
    free(real);
    return same;
}

bool mprom_tree_is_output(const struct mprom_romfs_tree *tree, const char *path, bool is_link)
{
    if (tree->output == NULL) {
        return false;
    }
    char *host_path = NULL;
    if (is_link) {
        bool same = asprintf(&host_path, "%s/%s", tree->host, path) >= 0 && output_is_behind(tree, host_path);
        free(host_path);
        return same;
    }
    size_t size = strcmp(tree->real, "/") != 0 ? strlen(tree->real) : 0;
    return strncmp(tree->output, tree->real, size) == 0 && tree->output[size] == '/' &&
           strcmp(tree->output + size + 1, path) == 0;
}
