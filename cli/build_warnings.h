/* What a build warns of: for the user, and for its report. */
#ifndef MPROM_CLI_BUILD_WARNINGS_H
#define MPROM_CLI_BUILD_WARNINGS_H

#include "cli/build_image.h"

/* Says that the image will hold something that does not work: "PATH TEXT" is a sentence. It is built nevertheless. */
void build_warn(struct build_job *job, const char *path, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
