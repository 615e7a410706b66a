#include "cli/build_warnings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void build_warn(struct build_job *job, const char *path, const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    int size = vasprintf(&text, format, args);
    va_end(args);
    if (size < 0) {
        return;
    }
    /* No note: what does not work on a board is what -q must not hide. */
    cli_error("%s %s", path, text);
    if (!job->report.warnings) {
        job->report.warnings = json_array();
    }
    json_array_append_new(job->report.warnings, json_pack("{s:o, s:o}", "path", json_text(path, strlen(path)), "text",
                                                          json_text(text, strlen(text))));
    free(text);
}
