#include "client/repl/session.h"

#include "client/link/failure.h"
#include "client/repl/programs.h"
#include "client/repl/session_exec.h"
#include "client/repl/session_said.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    RUNS_MAX = 4 /* of a program that changes nothing, whose answer is lost */
};

/* A program as it is sent, to be freed; NULL if out of memory. */
static char *session_compose(struct mprom_client *client, const char *body)
{
    char open[48] = "";
    char *program;
    client->program_number++;
    if (client->is_bare) {
        return asprintf(&program, "%s" MPROM_PROGRAM_BARE "\n%s",
                        client->is_begun ? "" : MPROM_PROGRAM_OWN_PRINT "\n", client->program_number, body) < 0
                   ? NULL
                   : program;
    }
    if (client->is_opening) {
        snprintf(open, sizeof(open), MPROM_PROGRAM_OPEN_SEGMENT "\n", client->open_id,
                 client->board.segments[client->open_id].block_size);
    }
    int size = asprintf(&program, MPROM_PROGRAM_BEGIN "\n%s%s%s%s\n" MPROM_PROGRAM_END, client->program_number,
                        client->has_helpers ? "" : MPROM_PROGRAM_HELPERS,
                        client->is_noisy ? MPROM_PROGRAM_BE_SILENT "\n" : "", open, body, client->program_number);
    return size < 0 ? NULL : program;
}

/* How a program is run, and run again. */
struct mprom_session_run {
    const char *doing;
    const char *body;
    const struct mprom_repl_stream *stream; /* or NULL */
    uint32_t timeout_ms;
    bool is_bare;
    bool is_direct;
    bool may_repeat; /* it changes nothing */
};

static int session_run_once(struct mprom_client *client, const struct mprom_session_run *run,
                            struct mprom_client_error *error)
{
    client->is_bare = run->is_bare;
    char *program = session_compose(client, run->body);
    if (!program) {
        return mprom_failure_set(error, -MPROM_ENOMEM, "out of memory while %s", run->doing);
    }
    int err = mprom_session_exec(client, program, run->stream, run->timeout_ms, run->doing, error);
    free(program);
    client->is_begun |= err == 0;
    client->is_bare = false;
    return err;
}

/* Whether another task has printed while a program ran that ended so. heard: bytes that came from the board. */
static bool session_was_disturbed(const struct mprom_client *client, int err, uint32_t heard)
{
    const struct mprom_repl *repl = &client->repl;
    struct mprom_answer answer = {repl->output, repl->output_size, client->program_number};
    switch (err) {
    case 0:
        return repl->was_disturbed || !mprom_answer_is_clean(&answer);
    case -MPROM_EBADMSG:
    case -MPROM_EFBIG:
        return true;
    case -MPROM_ETIMEDOUT:
        return heard > 0;
    default:
        return false;
    }
}

/* Finds out what became of a program whose answer is no use. 0, or the error that it ended with. */
static int session_recover(struct mprom_client *client, const struct mprom_session_run *run, int err,
                           struct mprom_client_error *error)
{
    struct mprom_client_error ignored;
    int again = -MPROM_EBADMSG;
    bool is_there = client->repl.active || mprom_repl_enter(&client->repl, MPROM_REPL_ENTER_MS, &ignored) == 0;
    if (is_there && !run->is_direct) {
        again = mprom_session_say_again(client, run->is_bare);
    }
    if (again == 0 || err != 0) {
        return again == 0 ? 0 : err;
    }
    return mprom_session_nonsense(client, run->doing, error);
}

bool mprom_session_makes_room(struct mprom_client *client)
{
    struct mprom_client_error ignored;
    bool is_open = client->has_open;
    if (client->is_fresh || !client->is_full) {
        return false;
    }
    bool is_there = client->repl.active || mprom_repl_enter(&client->repl, MPROM_REPL_ENTER_MS, &ignored) == 0;
    if (!is_there || mprom_session_reset(client, &ignored) != 0) {
        return false;
    }
    client->is_full = false;
    client->is_opening = client->has_open = is_open;
    client->was_reset = client->board.was_reset = true;
    return true;
}

/* Whether it is worth running a program once more that ended so. */
static bool session_can_repeat(struct mprom_client *client, int err)
{
    if (client->is_full) {
        return !client->keeps && mprom_session_makes_room(client);
    }
    return err != -MPROM_EPERM && client->repl.active;
}

static int session_run_body(struct mprom_client *client, const struct mprom_session_run *run,
                            struct mprom_answer *answer, struct mprom_client_error *error)
{
    int err;
    client->is_full = client->is_full && client->keeps;
    bool again;
    unsigned tries = 0;
    do {
        uint32_t heard = client->repl.heard;
        err = session_run_once(client, run, error);
        bool is_stuck = run->stream != NULL && err != 0 && err != -MPROM_EPERM;
        client->is_noisy |= !is_stuck && session_was_disturbed(client, err, client->repl.heard - heard);
        if (client->is_noisy && !is_stuck && err != -MPROM_EIO) {
            err = session_recover(client, run, err, error);
        }
        tries += err == -MPROM_ETIMEDOUT ? RUNS_MAX / 2 : 1; /* a board that hangs is not waited for so often */
        again = run->may_repeat && err != 0 && tries < RUNS_MAX && session_can_repeat(client, err);
    } while (again);
    if (!err && !run->is_bare) {
        client->has_helpers = true;
        client->is_opening = false;
    }
    *answer = (struct mprom_answer){client->repl.output, client->repl.output_size, client->program_number};
    return err;
}

static int session_run_text(struct mprom_client *client, const char *doing, uint32_t timeout_ms,
                            const struct mprom_repl_stream *stream, struct mprom_answer *answer,
                            struct mprom_client_error *error, const char *format, va_list args)
    __attribute__((format(printf, 7, 0)));

static int session_run_text(struct mprom_client *client, const char *doing, uint32_t timeout_ms,
                            const struct mprom_repl_stream *stream, struct mprom_answer *answer,
                            struct mprom_client_error *error, const char *format, va_list args)
{
    char *body;
    if (vasprintf(&body, format, args) < 0) {
        return mprom_failure_set(error, -MPROM_ENOMEM, "out of memory while %s", doing);
    }
    const struct mprom_session_run run = {
        .doing = doing,
        .body = body,
        .stream = stream,
        .timeout_ms = timeout_ms,
        .is_bare = client->is_bare,
        .is_direct = client->is_direct,
        .may_repeat = !client->is_acting && !client->is_direct && stream == NULL,
    };
    client->is_acting = client->is_direct = false;
    int err = session_run_body(client, &run, answer, error);
    free(body);
    return err;
}

int mprom_session_run(struct mprom_client *client, const char *doing, uint32_t timeout_ms,
                      struct mprom_answer *answer, struct mprom_client_error *error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int err = session_run_text(client, doing, timeout_ms, NULL, answer, error, format, args);
    va_end(args);
    return err;
}

int mprom_session_run_stream(struct mprom_client *client, const char *doing, const struct mprom_repl_stream *stream,
                             struct mprom_answer *answer, struct mprom_client_error *error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int err = session_run_text(client, doing, 0, stream, answer, error, format, args);
    va_end(args);
    return err;
}

int mprom_session_ask(struct mprom_client *client, const char *doing, uint32_t timeout_ms, const char *word,
                      struct mprom_answer_line *line, struct mprom_client_error *error, const char *format, ...)
{
    struct mprom_answer answer;
    va_list args;
    va_start(args, format);
    int err = session_run_text(client, doing, timeout_ms, NULL, &answer, error, format, args);
    va_end(args);
    if (!err && !(mprom_answer_next(&answer, line) && mprom_answer_is(line, word))) {
        err = mprom_session_nonsense(client, doing, error);
    }
    return err;
}

bool mprom_session_asks_again(struct mprom_client *client, int err)
{
    bool again = err == -MPROM_EBADMSG && !client->is_noisy;
    client->is_noisy |= again;
    return again;
}

int mprom_session_nonsense(const struct mprom_client *client, const char *doing, struct mprom_client_error *error)
{
    mprom_failure_set(error, -MPROM_EBADMSG, "%s: the board's answer makes no sense while %s; reset it and try again",
                      client->link.name, doing);
    mprom_failure_detail(error, client->repl.output, client->repl.output_size);
    return -MPROM_EBADMSG;
}

void mprom_session_begin(struct mprom_client *client)
{
    client->has_helpers = client->is_begun = false;
    client->is_opening = false;
    client->is_bare = false;
    client->has_said = false;
    client->has_open = false;
}

void mprom_session_open(struct mprom_client *client, uint32_t id)
{
    client->is_opening = client->has_open = true;
    client->open_id = id;
}

void mprom_session_bare(struct mprom_client *client)
{
    client->is_bare = true;
}

void mprom_session_direct(struct mprom_client *client)
{
    client->is_direct = true;
}

void mprom_session_act(struct mprom_client *client)
{
    client->is_acting = true;
}

int mprom_session_reset(struct mprom_client *client, struct mprom_client_error *error)
{
    mprom_session_begin(client);
    client->is_fresh = true;
    return mprom_repl_soft_reset(&client->repl, error);
}

void mprom_session_progress(const struct mprom_client *client, const char *what, uint64_t done, uint64_t total)
{
    if (client->options.progress) {
        client->options.progress(client->options.ctx, what, done, total);
    }
}
