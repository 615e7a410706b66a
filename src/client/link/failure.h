/*
 * Filling a struct mprom_client_error: one sentence that says what failed, where, and what to do.
 */
#ifndef MPROM_CLIENT_FAILURE_H
#define MPROM_CLIENT_FAILURE_H

#include "mprom/client.h"

/* Room for text from a board, made printable. */
enum {
    MPROM_FAILURE_QUOTE_SIZE = 200,
    MPROM_FAILURE_PATH_SIZE = 600, /* for a whole path of an image */
};

/* Sets code and sentence, clears the detail. Returns code, so that a caller can `return mprom_failure_set(...)`. */
int mprom_failure_set(struct mprom_client_error *error, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* What the board said, in full, for whoever asks for more. Made printable; cut at the front if it is too long. */
void mprom_failure_detail(struct mprom_client_error *error, const char *text, size_t size);

/*
 * Makes text that came from a board fit for a terminal: control bytes and what is not UTF-8 become \xNN, so nothing
 * that a board sends can move a cursor. Line feeds stay if keep_lines is set. The result ends in NUL and is cut, at a
 * character, to fit room. Returns the result.
 */
const char *mprom_failure_printable(char *dst, size_t room, const char *text, size_t size, bool keep_lines);

#endif
