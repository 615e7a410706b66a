/*
 * A client: the port, the board's raw REPL, and what is known about the board. What src/client shares.
 */
#ifndef MPROM_CLIENT_SESSION_H
#define MPROM_CLIENT_SESSION_H

#include "client/answer.h"
#include "client/link.h"
#include "client/repl.h"
#include "client/repl_stream.h"

struct client {
    struct client_options options;
    struct client_board board;
    uint32_t program_number; /* of the program that ran last */
    bool has_helpers;        /* what segment_open() defines on the board is there */
    struct link link;
    struct repl repl;
};

/*
 * Runs a program on the board. Its text is formatted as by printf; it prints answers with _p(word, …).
 *
 * Returns 0 and the answer, which is valid until the next program, or as repl_exec(), or -MPROM_ENOMEM.
 */
int session_run(struct client *client, const char *doing, uint32_t timeout_ms, struct answer *answer,
                struct client_error *error, const char *format, ...) __attribute__((format(printf, 6, 7)));

/* Like session_run() for a program with a stream. */
int session_run_stream(struct client *client, const char *doing, const struct repl_stream *stream,
                       struct answer *answer, struct client_error *error, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/* Like session_run() for programs that answer with one line that starts with `word`; line stands behind it. */
int session_ask(struct client *client, const char *doing, uint32_t timeout_ms, const char *word,
                struct answer_line *line, struct client_error *error, const char *format, ...)
    __attribute__((format(printf, 7, 8)));

/* The board's answer is not what its program prints. Returns -MPROM_EBADMSG. */
int session_nonsense(const struct client *client, const char *doing, struct client_error *error);

/* A limit of time for a program that carries size bytes over the link. */
uint32_t session_transfer_ms(const struct client *client, uint32_t size);

/* Defines _p() on the board; whatever was defined there is gone after a soft reset. */
int session_begin(struct client *client, struct client_error *error);

/* Restarts the board's Python, so that nothing from a segment is in use, and begins again. */
int session_reset(struct client *client, struct client_error *error);

void session_progress(const struct client *client, const char *what, uint64_t done, uint64_t total);

#endif
