#include "mprom/client.h"

#include "client/board.h"
#include "client/clock.h"
#include "client/failure.h"
#include "client/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    QUICK_BAUD = 115200, /* what comes faster might run over while the board is kept from reading it */
    SOCKET_BAUD = 9600,  /* nobody tells the rate behind a socket: a slow one, since only limits of time ask */
};

/* The one board there is. */
static int open_find(char *path, size_t room, struct client_error *error)
{
    struct client_port *ports;
    char names[FAILURE_QUOTE_SIZE] = "";
    size_t count, found = 0, used = 0;
    int err = client_ports(&ports, &count, error);
    if (err) {
        return err;
    }
    for (size_t i = 0; i < count && ports[i].is_board; i++, found++) {
        int more = snprintf(names + used, sizeof(names) - used, "%s%s (%s)", i ? ", " : "", ports[i].path,
                            ports[i].description);
        used = more > 0 && (size_t)more < sizeof(names) - used ? used + (size_t)more : sizeof(names) - 1;
    }
    if (found > 0) {
        snprintf(path, room, "%s", ports[0].path);
    }
    free(ports);
    if (found == 0) {
        return failure_set(error, -MPROM_ENOENT,
                           "no board found: connect one, start one with `mprom emulate`, or name its port with -p");
    }
    if (found > 1) {
        return failure_set(error, -MPROM_ENOENT, "there are %zu boards, choose one with -p: %s", found, names);
    }
    return 0;
}

static int open_resolve(const char *name, char *path, size_t room, struct client_error *error)
{
    if (!name || strcmp(name, "auto") == 0) {
        return open_find(path, room, error);
    }
    int size = snprintf(path, room, strchr(name, '/') ? "%s" : "/dev/%s", name);
    if (size < 0 || (size_t)size >= room) {
        return failure_set(error, -MPROM_ENOENT, "%.64s...: no such port; its name is too long", name);
    }
    return 0;
}

static int open_board(struct client *client, struct client_error *error)
{
    struct client_board *board = &client->board;
    uint32_t answer_ms = client->options.answer_ms ? client->options.answer_ms : REPL_ENTER_MS;
    repl_init(&client->repl, &client->link);
    client->repl.waiting = client->options.waiting;
    client->repl.waiting_ctx = client->options.ctx;
    client->repl.is_quick = client->options.baud <= QUICK_BAUD;
    int err = repl_enter(&client->repl, answer_ms, error);
    if (!err) {
        session_progress(client, "asking", 0, 0);
        session_begin(client);
        client->repl.waiting = NULL;
        client->is_fresh = client->repl.was_reset;
        err = board_probe(client, error);
    }
    snprintf(board->port, sizeof(board->port), "%s", client->link.name);
    board->was_interrupted = client->repl.interrupted;
    board->was_reset = client->was_reset || client->repl.was_reset;
    return err;
}

int client_open(struct client **client, const struct client_options *options, struct client_error *error)
{
    char path[LINK_NAME_SIZE];
    *client = NULL;
    int err = open_resolve(options->port, path, sizeof(path), error);
    if (err) {
        return err;
    }
    struct client *opened = calloc(1, sizeof(*opened));
    if (!opened) {
        return failure_set(error, -MPROM_ENOMEM, "out of memory");
    }
    opened->options = *options;
    const struct link_settings settings = {options->baud, options->dtr, options->rts};
    err = link_open(&opened->link, path, &settings, error);
    if (err) {
        free(opened);
        return err;
    }
    opened->options.baud = opened->link.baud ? opened->link.baud : SOCKET_BAUD;
    err = open_board(opened, error);
    if (err) {
        client_close(opened);
        return err;
    }
    *client = opened;
    return 0;
}

void client_close(struct client *client)
{
    if (client) {
        repl_leave(&client->repl);
        link_close(&client->link);
        free(client);
    }
}

const struct client_board *client_board(const struct client *client)
{
    return &client->board;
}

int client_restart(struct client *client, enum client_restart how, struct client_error *error)
{
    client->regain = (struct regain){0};
    if (how != CLIENT_RESTART_HARD) {
        return repl_restart(&client->repl, error);
    }
    regain_note(&client->regain, &client->link, client->options.dtr, client->options.rts);
    return repl_hard_reset(&client->repl, error);
}

int client_follow(struct client *client, uint32_t quiet_ms, uint32_t total_ms,
                  int (*sink)(void *ctx, const char *bytes, size_t size), void *ctx, struct client_error *error)
{
    uint64_t end = clock_in_ms(total_ms);
    for (;;) {
        char bytes[256];
        ptrdiff_t size = link_take(&client->link, bytes, sizeof(bytes), clock_earlier(clock_in_ms(quiet_ms), end));
        if (size == -MPROM_ETIMEDOUT) {
            return 0;
        }
        if (size == -MPROM_EIO && regain_port(&client->regain, &client->link, end) == 0) {
            snprintf(client->board.port, sizeof(client->board.port), "%s", client->link.name);
            continue;
        }
        if (size < 0) {
            return link_failure(&client->link, (int)size, "following its output", error);
        }
        if (sink(ctx, bytes, (size_t)size) != 0) {
            return 0;
        }
    }
}
