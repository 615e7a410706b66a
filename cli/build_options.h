/* The options of a build, for build_image.c. */
#ifndef MPROM_CLI_BUILD_OPTIONS_H
#define MPROM_CLI_BUILD_OPTIONS_H

#include "cli/build_image.h"

/* Fills the job's options for the libraries from its args. Returns CLI_OK, CLI_USAGE or CLI_FAILED after a message.
 */
int build_take_options(struct build_job *job);

void build_release_options(struct build_job *job);

#endif
