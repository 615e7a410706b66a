#include "mprom/client.h"

#include "client/board/board.h"
#include "client/link/clock.h"
#include "client/link/failure.h"
#include "client/repl/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    QUICK_BAUD = 115200, /* what comes faster might run over while the board is kept from reading it */
    SOCKET_BAUD = 9600,  /* nobody tells the rate behind a socket: a slow one, since only limits of time ask */
};

/* A port, and another one of the same device; "" if there is none. */
struct open_port {
    char path[MPROM_LINK_NAME_SIZE];
    char other[MPROM_LINK_NAME_SIZE];
};

/* Whether a port before this one belongs to the same device. */
static bool open_is_counted(const struct mprom_client_port *ports, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (ports[i].device[0] && strcmp(ports[i].device, ports[k].device) == 0) {
            return true;
        }
    }
    return false;
}

/*
 * Chooses from a list of ports; boards stand first. names gets the first port of each board. Returns how many boards
 * there are.
 */
static size_t open_choose(const struct mprom_client_port *ports, size_t count, struct open_port *port, char *names,
                          size_t room)
{
    size_t found = 0, used = 0;
    for (size_t i = 0; i < count && ports[i].is_board; i++) {
        if (open_is_counted(ports, i)) {
            snprintf(port->other, sizeof(port->other), "%s", ports[i].path);
            continue;
        }
        if (found == 0) {
            snprintf(port->path, sizeof(port->path), "%s", ports[i].path);
        }
        int more =
            snprintf(names + used, room - used, "%s%s (%s)", found ? ", " : "", ports[i].path, ports[i].description);
        used = more > 0 && (size_t)more < room - used ? used + (size_t)more : room - 1;
        found++;
    }
    return found;
}

/* The one board there is. */
static int open_find(struct open_port *port, struct mprom_client_error *error)
{
    struct mprom_client_port *ports;
    char names[MPROM_FAILURE_QUOTE_SIZE] = "";
    size_t count;
    int err = mprom_client_ports(&ports, &count, error);
    if (err) {
        return err;
    }
    size_t found = open_choose(ports, count, port, names, sizeof(names));
    free(ports);
    if (found == 0) {
        return mprom_failure_set(
            error, -MPROM_ENOENT,
            "no board found: connect one, start one with `mprom emulate`, or name its port with -p");
    }
    if (found > 1) {
        return mprom_failure_set(error, -MPROM_ENOENT, "there are %zu boards, choose one with -p: %s", found, names);
    }
    return 0;
}

static int open_resolve(const char *name, struct open_port *port, struct mprom_client_error *error)
{
    *port = (struct open_port){"", ""};
    if (!name || strcmp(name, "auto") == 0) {
        return open_find(port, error);
    }
    int size = snprintf(port->path, sizeof(port->path), strchr(name, '/') ? "%s" : "/dev/%s", name);
    if (size < 0 || (size_t)size >= sizeof(port->path)) {
        return mprom_failure_set(error, -MPROM_ENOENT, "%.64s...: no such port; its name is too long", name);
    }
    return 0;
}

static int open_board(struct mprom_client *client, struct mprom_client_error *error)
{
    struct mprom_client_board *board = &client->board;
    uint32_t answer_ms = client->options.answer_ms ? client->options.answer_ms : MPROM_REPL_ENTER_MS;
    if (client->link.ops->drain) {
        client->link.ops->drain(&client->link);
    }
    if (client->options.opened) {
        client->options.opened(client->options.ctx);
    }
    mprom_repl_init(&client->repl, &client->link);
    client->repl.waiting = client->options.waiting;
    client->repl.prompted = client->options.prompted;
    client->repl.waiting_ctx = client->repl.prompted_ctx = client->options.ctx;
    client->repl.is_quick = client->options.baud <= QUICK_BAUD;
    int err = mprom_repl_enter(&client->repl, answer_ms, error);
    if (!err) {
        mprom_session_progress(client, "asking", 0, 0);
        mprom_session_begin(client);
        client->repl.waiting = NULL;
        client->is_fresh = client->repl.was_reset;
        err = mprom_board_probe(client, error);
    }
    snprintf(board->port, sizeof(board->port), "%s", client->link.name);
    board->was_interrupted = client->repl.interrupted;
    board->was_reset = client->was_reset || client->repl.was_reset;
    return err;
}

/* Nobody chose this port, and the board may have its prompt at its other one. */
static void open_name_other(const struct open_port *port, struct mprom_client_error *error)
{
    struct mprom_client_error tried = *error;
    mprom_failure_set(error, -MPROM_ETIMEDOUT, "%.640s; the board has another port: try -p %.127s", tried.text,
                      port->other);
}

int mprom_client_open(struct mprom_client **client, const struct mprom_client_options *options,
                      struct mprom_client_error *error)
{
    struct open_port port;
    *client = NULL;
    int err = open_resolve(options->port, &port, error);
    if (err) {
        return err;
    }
    struct mprom_client *opened = calloc(1, sizeof(*opened));
    if (!opened) {
        return mprom_failure_set(error, -MPROM_ENOMEM, "out of memory");
    }
    opened->options = *options;
    const struct mprom_link_settings settings = {options->baud, options->dtr, options->rts};
    err = mprom_link_open(&opened->link, port.path, &settings, error);
    if (err) {
        free(opened);
        return err;
    }
    opened->options.baud = opened->link.baud ? opened->link.baud : SOCKET_BAUD;
    err = open_board(opened, error);
    if (err) {
        if (err == -MPROM_ETIMEDOUT && port.other[0]) {
            open_name_other(&port, error);
        }
        mprom_client_close(opened);
        return err;
    }
    *client = opened;
    return 0;
}

void mprom_client_close(struct mprom_client *client)
{
    if (client) {
        mprom_repl_leave(&client->repl);
        mprom_link_close(&client->link);
        free(client);
    }
}

const struct mprom_client_board *mprom_client_board(const struct mprom_client *client)
{
    return &client->board;
}

int mprom_client_restart(struct mprom_client *client, enum mprom_client_restart how, struct mprom_client_error *error)
{
    client->regain = (struct mprom_regain){0};
    if (how != MPROM_CLIENT_RESTART_HARD) {
        return mprom_repl_restart(&client->repl, error);
    }
    mprom_regain_note(&client->regain, &client->link, client->options.dtr, client->options.rts);
    return mprom_repl_hard_reset(&client->repl, error);
}

int mprom_client_follow(struct mprom_client *client, uint32_t quiet_ms, uint32_t total_ms,
                        int (*sink)(void *ctx, const char *bytes, size_t size), void *ctx,
                        struct mprom_client_error *error)
{
    uint64_t end = mprom_clock_in_ms(total_ms);
    for (;;) {
        char bytes[256];
        ptrdiff_t size = mprom_link_take(&client->link, bytes, sizeof(bytes),
                                         mprom_clock_earlier(mprom_clock_in_ms(quiet_ms), end));
        if (size == -MPROM_ETIMEDOUT) {
            return 0;
        }
        if (size == -MPROM_EIO && mprom_regain_port(&client->regain, &client->link, end) == 0) {
            snprintf(client->board.port, sizeof(client->board.port), "%s", client->link.name);
            continue;
        }
        if (size < 0) {
            return mprom_link_failure(&client->link, (int)size, "following its output", error);
        }
        if (sink(ctx, bytes, (size_t)size) != 0) {
            return 0;
        }
    }
}
