/*
 * The images deployed last, kept in the user's cache so that the next ones can be laid out like them.
 *
 * They are in $XDG_CACHE_HOME/mprom/deploy, or in ~/.cache/mprom/deploy, one for each directory and set of options of
 * a build. There are at most 32, of at most 64 MiB altogether; the ones used longest ago go first. Nothing depends on
 * them: one that is missing or damaged, or that cannot be written, makes deploys slower and is no error.
 */
#ifndef MPROM_CLI_DEPLOY_CACHE_H
#define MPROM_CLI_DEPLOY_CACHE_H

#include "cli/build_image.h"

/*
 * The image kept for the directory dir and args (whose base does not count). Returns its bytes, which the caller
 * frees, and *size; or NULL if there is none.
 */
uint8_t *deploy_cache_get(const struct build_args *args, const char *dir, size_t *size);

/* Keeps an image, in place of an earlier one for the same directory and args. */
void deploy_cache_put(const struct build_args *args, const char *dir, const struct image *image);

#endif
