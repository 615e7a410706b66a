/* --json: one value on standard output, two spaces of indentation, pure ASCII (so that no name steers a terminal). */
#ifndef MPROM_CLI_JSON_H
#define MPROM_CLI_JSON_H

#include <jansson.h>

#include "cli/cli.h"

/* A string of any bytes: what is not UTF-8 becomes U+FFFD. NULL if out of memory. */
json_t *json_text(const char *text, size_t size);

/* Prints value and releases it. NULL means that memory ran out while it was made. Returns CLI_OK or CLI_FAILED. */
int json_print(json_t *value);

/* The same on one line, for results that come one by one. */
int json_print_line(json_t *value);

#endif
