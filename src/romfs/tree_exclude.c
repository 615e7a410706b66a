#include <fnmatch.h>
#include <string.h>

#include "romfs/tree_internal.h"

/* At most one '*' each: tree_matches_simple() is all that they need, and fnmatch() takes longer than opening a file.
 */
const char *const romfs_tree_default_excludes[] = {
    ".git",      "__pycache__",  "*.pyc",        /* made by tools */
    "*~",        ".*.swp",       "#*#",   ".#*", /* backups and locks of editors */
    ".DS_Store", ".mprom-*.tmp",                 /* the latter are ours: images that were never finished */
    NULL,
};

static bool tree_matches_simple(const char *pattern, const char *name, size_t name_size)
{
    size_t head_size = strcspn(pattern, "*");
    if (pattern[head_size] == '\0') {
        return head_size == name_size && memcmp(pattern, name, name_size) == 0;
    }
    const char *tail = pattern + head_size + 1;
    size_t tail_size = strlen(tail);
    return head_size + tail_size <= name_size && memcmp(pattern, name, head_size) == 0 &&
           memcmp(tail, name + name_size - tail_size, tail_size) == 0;
}

bool tree_is_excluded(const struct romfs_tree_options *options, const char *path, const char *name)
{
    if (!options->keep_all) {
        size_t name_size = strlen(name);
        for (const char *const *pattern = romfs_tree_default_excludes; *pattern != NULL; pattern++) {
            if (tree_matches_simple(*pattern, name, name_size)) {
                return true;
            }
        }
    }
    for (size_t i = 0; i < options->exclude_count; i++) {
        const char *pattern = options->excludes[i];
        if (fnmatch(pattern, strchr(pattern, '/') != NULL ? path : name, 0) == 0) {
            return true;
        }
    }
    return false;
}
