/* Warnings about the modules of a whole image. */
#ifndef MPROM_CLI_CHECK_MODULES_H
#define MPROM_CLI_CHECK_MODULES_H

#include "cli/image.h"
#include "cli/json.h"

/*
 * Looks for .mpy files that no board can load and for modules that a directory hides, and prints a message for each,
 * or appends an object to warnings if that is not NULL. Returns CLI_OK, or CLI_FAILED after a message.
 */
int check_modules(const struct image *image, json_t *warnings);

#endif
