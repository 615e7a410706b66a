/* The sentence of a tree that failed. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "romfs/build_text.h"
#include "romfs/tree_internal.h"

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
