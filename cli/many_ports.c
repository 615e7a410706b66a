#include "cli/many_ports.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Whether both are one port: links lead to many (/dev/serial/by-id, an emulated board's folder). */
static bool port_is(const char *a, const char *b)
{
    char paths[2][PATH_MAX];
    const char *const names[] = {a, b};
    for (size_t i = 0; i < 2; i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, strchr(names[i], '/') ? "%s" : "/dev/%s", names[i]);
        if (!realpath(path, paths[i])) {
            return strcmp(a, b) == 0; /* a server's, or no port at all */
        }
    }
    return strcmp(paths[0], paths[1]) == 0;
}

/* Adds a port unless it is there. The room was allocated before. */
static struct many_board *ports_add(struct many *many, const char *port)
{
    for (size_t i = 0; i < many->count; i++) {
        if (port_is(many->boards[i].port, port)) {
            return NULL;
        }
    }
    struct many_board *board = &many->boards[many->count++];
    board->many = many;
    board->online.cli = many->cli;
    board->start_us = many->start_us;
    board->phase = "connecting";
    snprintf(board->port, sizeof board->port, "%s", port);
    return board;
}

/* A real UART may have anything at its other end, and Ctrl-C is not what it wants to hear. */
static void ports_add_found(struct many *many, const struct mprom_client_port *port)
{
    struct many_board *board = ports_add(many, port->path);
    if (!board) {
        return;
    }
    board->found = true;
    if (!port->is_board) {
        board->state = MANY_SKIPPED;
        snprintf(board->online.error.text, sizeof board->online.error.text,
                 "%.127s is not on USB; if a board is there, name it with -p", port->path);
    }
}

/* What the PC knows of the ports, whoever named them. */
static void ports_note(struct many *many)
{
    for (size_t i = 0; i < many->count; i++) {
        for (size_t k = 0; k < many->found_count; k++) {
            if (port_is(many->boards[i].port, many->found[k].path)) {
                twins_note_port(many->twins, i, &many->found[k]);
            }
        }
    }
}

int many_gather_ports(struct many *many)
{
    const struct cli *cli = many->cli;
    struct mprom_client_error error;
    if (mprom_client_ports(&many->found, &many->found_count, &error) != 0) {
        many->found = NULL;
        many->found_count = 0;
        if (cli->all_boards) {
            cli_error("%s", error.text);
            return CLI_FAILED;
        }
    }
    many->boards = calloc(cli->ports.count + many->found_count + 1, sizeof *many->boards);
    for (size_t i = 0; many->boards && i < cli->ports.count; i++) {
        if (!ports_add(many, cli->ports.items[i])) {
            cli_note(cli, "%s is named twice", cli->ports.items[i]);
        }
    }
    for (size_t i = 0; many->boards && cli->all_boards && i < many->found_count; i++) {
        ports_add_found(many, &many->found[i]);
    }
    many->twins = twins_new(many->count);
    if (!many->boards || !many->twins) {
        cli_error("out of memory");
        return CLI_FAILED;
    }
    ports_note(many);
    return CLI_OK;
}
