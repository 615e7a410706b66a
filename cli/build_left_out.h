/* What a build left out, and why. */
#ifndef MPROM_CLI_BUILD_LEFT_OUT_H
#define MPROM_CLI_BUILD_LEFT_OUT_H

#include "cli/build_image.h"
#include "cli/json.h"

/* Lines of a summary, none if nothing was left out. A long list is cut, unless -v is given. */
void left_out_print(FILE *stream, const struct build_job *job);

/* One line among the messages of a command that sends the image or compares it. */
void left_out_note(const struct build_job *job, const char *dir);

/* All paths as an array, in the order of the tree. */
json_t *left_out_paths_json(const struct build_job *job);

/* All as an array of objects: path, reason, cause, and where they are known pattern and line. */
json_t *left_out_json(const struct build_job *job);

#endif
