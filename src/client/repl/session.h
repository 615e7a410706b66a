/*
 * A client: the port, the board's raw REPL, and what is known about the board. What src/client shares.
 */
#ifndef MPROM_CLIENT_SESSION_H
#define MPROM_CLIENT_SESSION_H

#include "client/link/link.h"
#include "client/link/regain.h"
#include "client/repl/answer.h"
#include "client/repl/repl.h"
#include "client/repl/repl_stream.h"

struct mprom_client {
    struct mprom_client_options options;
    struct mprom_client_board board;
    uint32_t program_number; /* of the program that ran last */
    bool is_begun;           /* no name of a user's program hides print any more */
    bool has_helpers;        /* what every program may use is defined on the board */
    bool is_bare;            /* the next program needs none of that */
    bool is_opening;         /* the next one that does is to open this segment first: */
    uint32_t open_id;
    struct mprom_regain regain; /* what the port is, where it may go away */
    bool has_open;              /* it was opened once: after a restart of Python it has to be opened again */
    bool is_acting;             /* the next program changes something: it is never run twice */
    bool is_direct;             /* the next program prints its answer by itself: that cannot be asked for once more */
    bool is_noisy;        /* another task prints between the board's answers: each is asked for again, in pieces */
    bool has_said;        /* what that takes is defined on the board */
    uint32_t said_number; /* of the last such question */
    bool is_full;         /* a program ended because the board's memory was full */
    bool is_fresh;        /* Python was restarted: its memory holds nothing of what ran before, */
    bool was_reset;       /* because that was full */
    bool keeps;           /* it is not restarted now: programs build on those before them */
    struct mprom_link link;
    struct mprom_repl repl;
};

/*
 * Runs a program on the board. Its text is formatted as by printf; it prints answers with _p(word, …).
 *
 * If another task's lines lie in an answer, the answer is asked for once more (said.h). A program that changes
 * nothing is also run again if its answer is lost, and, after a restart of Python, if the board's memory was full.
 *
 * Returns 0 and the answer, which is valid until the next program, or as mprom_repl_exec(), or -MPROM_ENOMEM.
 */
int mprom_session_run(struct mprom_client *client, const char *doing, uint32_t timeout_ms,
                      struct mprom_answer *answer, struct mprom_client_error *error, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/* Like mprom_session_run() for a program with a stream. */
int mprom_session_run_stream(struct mprom_client *client, const char *doing, const struct mprom_repl_stream *stream,
                             struct mprom_answer *answer, struct mprom_client_error *error, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/* Like mprom_session_run() for programs that answer with one line that starts with `word`; line stands behind it. */
int mprom_session_ask(struct mprom_client *client, const char *doing, uint32_t timeout_ms, const char *word,
                      struct mprom_answer_line *line, struct mprom_client_error *error, const char *format, ...)
    __attribute__((format(printf, 7, 8)));

/* The board's answer is not what its program prints. Returns -MPROM_EBADMSG. */
int mprom_session_nonsense(const struct mprom_client *client, const char *doing, struct mprom_client_error *error);

/* The board has forgotten everything: the next program brings along what programs use. */
void mprom_session_begin(struct mprom_client *client);

/*
 * Has the next program that is not bare open a segment first: _v() and all that is made of it work on that one from
 * then on.
 */
void mprom_session_open(struct mprom_client *client, uint32_t id);

/*
 * Has the next program go to the board alone: it is short, and uses only what it imports. The number that its answer
 * begins with is `number`, and it prints its answer itself.
 */
void mprom_session_bare(struct mprom_client *client);

/* Has the next program run at most once, whatever becomes of its answer: it changes something. */
void mprom_session_act(struct mprom_client *client);

/*
 * Whether a question that ended so is worth asking once more: its answer made no sense, and others may print on this
 * board, which is_noisy says from now on.
 */
bool mprom_session_asks_again(struct mprom_client *client, int err);

/*
 * If a program ended because the board's memory was full, restarts Python, once in a session. Returns whether it did,
 * so that it is worth trying again.
 */
bool mprom_session_makes_room(struct mprom_client *client);

/*
 * Has the next program print its answer by itself. If another task disturbs that, is_noisy becomes true and the
 * result is -MPROM_EBADMSG: the caller asks in another way.
 */
void mprom_session_direct(struct mprom_client *client);

/* Restarts the board's Python, so that nothing from a segment is in use, and begins again. */
int mprom_session_reset(struct mprom_client *client, struct mprom_client_error *error);

void mprom_session_progress(const struct mprom_client *client, const char *what, uint64_t done, uint64_t total);

#endif
