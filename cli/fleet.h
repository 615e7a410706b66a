/*
 * Many boards at once: a thread for each, a line for each on a terminal, and at the end a table. A board that does
 * not answer holds up none of the others.
 */
#ifndef MPROM_CLI_FLEET_H
#define MPROM_CLI_FLEET_H

#include "online.h"

/* What one board's thread tells the others' display. */
struct fleet_board;

/* Whether the command line asks for more than one board. */
bool fleet_is_wanted(const struct cli *cli, bool all);

/*
 * Opens the boards at the ports of -p, or with all at every port of the system at which MicroPython answers, and
 * calls work for each, in a thread of its own. With --json each board's result is a line by itself, printed when that
 * board is done.
 *
 * Returns CLI_OK if everything went well on all of them.
 */
int fleet_run(const struct cli *cli, bool all, online_work *work, void *ctx);

/* For online.c: how far the board is, what it ended with. */
void fleet_progress(struct fleet_board *board, const char *what, uint64_t done, uint64_t total);
void fleet_failed(struct fleet_board *board, const char *text);
void fleet_done(struct fleet_board *board, const char *text);

#endif
