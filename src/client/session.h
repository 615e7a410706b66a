/*
 * A client: the port, the board's raw REPL, and what is known about the board. What src/client shares.
 */
#ifndef MPROM_CLIENT_SESSION_H
#define MPROM_CLIENT_SESSION_H

#include "client/answer.h"
#include "client/link.h"
#include "client/regain.h"
#include "client/repl.h"
#include "client/repl_stream.h"

struct client {
    struct client_options options;
    struct client_board board;
    uint32_t program_number; /* of the program that ran last */
    bool is_begun;           /* no name of a user's program hides print any more */
    bool has_helpers;        /* what every program may use is defined on the board */
    bool is_bare;            /* the next program needs none of that */
    bool is_opening;         /* the next one that does is to open this segment first: */
    uint32_t open_id;
    struct regain regain; /* what the port is, where it may go away */
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

/* The board has forgotten everything: the next program brings along what programs use. */
void session_begin(struct client *client);

/*
 * Has the next program that is not bare open a segment first: _v() and all that is made of it work on that one from
 * then on.
 */
void session_open(struct client *client, uint32_t id);

/*
 * Has the next program go to the board alone: it is short, and uses only what it imports. The number that its answer
 * begins with is _n; SESSION_SAY_DID prints the answer "did".
 */
void session_bare(struct client *client);
#define SESSION_SAY_DID "print('\\nmprom:%%d did'%%_n)"

/* Restarts the board's Python, so that nothing from a segment is in use, and begins again. */
int session_reset(struct client *client, struct client_error *error);

void session_progress(const struct client *client, const char *what, uint64_t done, uint64_t total);

#endif
