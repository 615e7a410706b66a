/* What a build says about the modules in it: those that no board can load, and those that have one name. */
#ifndef MPROM_CLI_BUILD_MODULES_H
#define MPROM_CLI_BUILD_MODULES_H

#include "cli/build_image.h"

/* Refuses each x.py that would become the x.mpy beside it. Returns CLI_OK, or CLI_FAILED after a message for each. */
int build_check_pairs(struct build_job *job);

/* Warns of .mpy files and of names, and finds out what the image needs of a board. Call it after compiling. */
void build_check_modules(struct build_job *job);

#endif
