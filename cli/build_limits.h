/* What of a tree a board with mprom's firmware could not take: a deploy to one refuses it. */
#ifndef MPROM_CLI_BUILD_LIMITS_H
#define MPROM_CLI_BUILD_LIMITS_H

#include "cli/build_image.h"

/* Prints a note for each directory that lies too deep and each module whose path is too long. */
void build_note_limits(const struct build_job *job);

#endif
