#include "client/session.h"

#include "client/failure.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static int session_run_text(struct client *client, const char *doing, uint32_t timeout_ms,
                            const struct repl_stream *stream, struct answer *answer, struct client_error *error,
                            const char *format, va_list args) __attribute__((format(printf, 7, 0)));

/*
 * Names that functions on the board use are declared global: after a boot.py that failed inside the body of a class
 * MicroPython's names of the outermost level go on to be those of that class.
 */
static int session_run_text(struct client *client, const char *doing, uint32_t timeout_ms,
                            const struct repl_stream *stream, struct answer *answer, struct client_error *error,
                            const char *format, va_list args)
{
    char *body = NULL;
    char *program = NULL;
    client->program_number++;
    int size = vasprintf(&body, format, args) < 0
                   ? -1
                   : asprintf(&program, "global _n\n_n=%u\n%s", client->program_number, body);
    free(body);
    if (size < 0) {
        return failure_set(error, -MPROM_ENOMEM, "out of memory while %s", doing);
    }
    int err = stream != NULL ? repl_exec_stream(&client->repl, program, (size_t)size, stream, doing, error)
                             : repl_exec(&client->repl, program, (size_t)size, timeout_ms, doing, error);
    free(program);
    *answer = (struct answer){client->repl.output, client->repl.output_size, client->program_number};
    return err;
}

int session_run(struct client *client, const char *doing, uint32_t timeout_ms, struct answer *answer,
                struct client_error *error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int err = session_run_text(client, doing, timeout_ms, NULL, answer, error, format, args);
    va_end(args);
    return err;
}

int session_run_stream(struct client *client, const char *doing, const struct repl_stream *stream,
                       struct answer *answer, struct client_error *error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int err = session_run_text(client, doing, 0, stream, answer, error, format, args);
    va_end(args);
    return err;
}

int session_ask(struct client *client, const char *doing, uint32_t timeout_ms, const char *word,
                struct answer_line *line, struct client_error *error, const char *format, ...)
{
    struct answer answer;
    va_list args;
    va_start(args, format);
    int err = session_run_text(client, doing, timeout_ms, NULL, &answer, error, format, args);
    va_end(args);
    if (!err && !(answer_next(&answer, line) && answer_is(line, word))) {
        err = session_nonsense(client, doing, error);
    }
    return err;
}

int session_nonsense(const struct client *client, const char *doing, struct client_error *error)
{
    failure_set(error, -MPROM_EBADMSG, "%s: the board's answer makes no sense while %s; reset it and try again",
                client->link.name, doing);
    failure_detail(error, client->repl.output, client->repl.output_size);
    return -MPROM_EBADMSG;
}

int session_begin(struct client *client, struct client_error *error)
{
    struct answer_line line;
    client->has_helpers = false;
    return session_ask(client, "starting a session", REPL_EXEC_MS, "ready", &line, error,
                       "global _p\n"
                       "def _p(*a):print('\\nmprom:%%d'%%_n,*a)\n"
                       "_p('ready')");
}

int session_reset(struct client *client, struct client_error *error)
{
    int err = repl_soft_reset(&client->repl, error);
    return err ? err : session_begin(client, error);
}

uint32_t session_transfer_ms(const struct client *client, uint32_t size)
{
    uint32_t baud = client->options.baud;
    return REPL_EXEC_MS + (uint32_t)((uint64_t)size * 10 * 1000 / baud);
}

void session_progress(const struct client *client, const char *what, uint64_t done, uint64_t total)
{
    if (client->options.progress) {
        client->options.progress(client->options.ctx, what, done, total);
    }
}
