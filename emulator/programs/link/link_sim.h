/*
 * The parts of the link simulator.
 */
#ifndef MPROM_LINK_SIM_H
#define MPROM_LINK_SIM_H

#include "emulator/programs/link/line.h"

/* What the command line says. */
struct link_options {
    const char *board; /* path of the board's terminal */
    uint32_t baud;     /* of a UART; 0: another kind of link */
    uint32_t baud_max; /* that the client's port can set it to, */
    int board_pid;     /* of the process that a reset goes to; 0 for none */
    struct line_config to_board;
    struct line_config to_client;
};

/* Reads the command line. Prints usage, or what is wrong with it, and exits if there is nothing to run. */
void link_options_read(struct link_options *options, int argc, char **argv);

/* Opens the board's terminal. Returns the descriptor, which does not block; exits with a message on failure. */
int link_open_board(const char *path);

/* Makes the terminal for the client. Returns the descriptor of its other end; exits with a message on failure. */
int link_make_terminal(void);

/* Whether a client has the terminal open. If none has, what the last one did not read is dropped. */
bool link_has_client(int fd);

#endif
