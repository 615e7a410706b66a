/* Disturbed answers are asked for again, without running their program again. */
#include "client/repl/session_said.h"

#include "client/repl/programs.h"
#include "client/repl/said.h"
#include "client/repl/session_exec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SAID_AT_ONCE = 256, /* pieces: 10 KiB */
    SAID_TRIES = 20,    /* in a row, that bring nothing new */
    SAID_ENTER_MS = 10000,
    SAID_NONE_MAX = 3, /* tries that bring nothing at all: the board does not know of the program */
};

/* Asks for the pieces that are missing first. Returns how many came, or a negative error. */
static int said_ask(struct mprom_client *client, struct mprom_said *said)
{
    static const char doing[] = "asking once more for an answer";
    struct mprom_client_error error;
    char *program;
    uint32_t first, end;
    mprom_said_missing(said, SAID_AT_ONCE, &first, &end);
    int size = asprintf(&program, "%s" MPROM_PROGRAM_PIECES, client->has_said ? "" : MPROM_PROGRAM_SAY_AGAIN "\n",
                        said->seed, first, end);
    if (size < 0) {
        return -MPROM_ENOMEM;
    }
    int err = mprom_session_exec(client, program, NULL, mprom_session_transfer_ms(client, MPROM_REPL_OUTPUT_SIZE / 4),
                                 doing, &error);
    free(program);
    client->has_said = err == 0;
    if (err == -MPROM_EIO) {
        return err;
    }
    uint32_t taken = mprom_said_take(said, client->repl.output, client->repl.output_size);
    if (err && err != -MPROM_EPERM) {
        err = mprom_repl_enter(&client->repl, SAID_ENTER_MS, &error);
    }
    return err && err != -MPROM_EPERM ? err : (int)taken;
}

/* All pieces: 0, or -MPROM_EBADMSG if the board does not say them, or another negative error. */
static int said_collect(struct mprom_client *client, struct mprom_said *said)
{
    uint32_t first, end;
    int tries = 0;
    while (mprom_said_missing(said, SAID_AT_ONCE, &first, &end)) {
        int taken = said_ask(client, said);
        if (taken < 0) {
            return taken;
        }
        tries = taken > 0 ? 0 : tries + 1;
        if (tries >= (said->count > 0 ? SAID_TRIES : SAID_NONE_MAX)) {
            return -MPROM_EBADMSG;
        }
    }
    return 0;
}

/* The first line says whose answer this is. Returns whether it is that of the last program, and whole. */
static bool said_is_last(const struct mprom_client *client, const char *text, bool is_bare)
{
    unsigned number, ended;
    return sscanf(text, "%u %u", &number, &ended) == 2 && number == client->program_number &&
           (is_bare || ended == number);
}

int mprom_session_say_again(struct mprom_client *client, bool is_bare)
{
    struct mprom_repl *repl = &client->repl;
    struct mprom_said *said = calloc(1, sizeof *said);
    if (said == NULL) {
        return -MPROM_ENOMEM;
    }
    said->seed = ++client->said_number & MPROM_SAID_CHECK_MASK;
    int err = repl->active ? said_collect(client, said) : -MPROM_EBADMSG;
    if (!err) {
        repl->output_size = mprom_said_text(said, repl->output, MPROM_REPL_OUTPUT_SIZE);
        repl->output[repl->output_size] = '\0';
        while (repl->output_size > 0 && repl->output[repl->output_size - 1] == ' ') {
            repl->output_size--;
        }
        err = said_is_last(client, repl->output, is_bare) ? 0 : -MPROM_EBADMSG;
    }
    free(said);
    return err;
}
