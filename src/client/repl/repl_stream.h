/*
 * A program on the board that reads from the console what this side sends while it runs.
 *
 * What the program prints until its stream ends is taken byte by byte; what it prints afterwards is its output, as
 * with mprom_repl_exec().
 */
#ifndef MPROM_CLIENT_REPL_STREAM_H
#define MPROM_CLIENT_REPL_STREAM_H

#include "client/repl/repl.h"

enum {
    MPROM_REPL_STREAM_TEXT = 2 /* a byte that is no answer */
};

struct mprom_repl_stream {
    void *ctx;
    /* What may be sent now; *size is 0 if a byte from the board must come first. The bytes count as sent. */
    void (*next)(void *ctx, const uint8_t **bytes, size_t *size);
    /* A byte from the board. 0 to go on, 1 if it ends the stream, MPROM_REPL_STREAM_TEXT, or a negative error. */
    int (*take)(void *ctx, char byte);
    /* Nothing but text came for stall_ms after the last bytes sent or taken. 0 to go on, or a negative error. */
    int (*stall)(void *ctx);
    uint32_t stall_ms;
    uint32_t end_ms; /* for the program to end, when the stream has */
};

/*
 * Runs a program and its stream, then waits for its end.
 *
 * Returns as mprom_repl_exec(); also what take() and stall() return. An exception ends the stream.
 */
int mprom_repl_exec_stream(struct mprom_repl *repl, const char *program, size_t size,
                           const struct mprom_repl_stream *stream, const char *doing,
                           struct mprom_client_error *error);

#endif
