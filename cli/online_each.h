/* Each board that the command line names, one after the other or at once. */
#ifndef MPROM_CLI_ONLINE_EACH_H
#define MPROM_CLI_ONLINE_EACH_H

#include "cli/online.h"

/*
 * Opens the board at each port of -p ("auto" if there is none), and calls work. A port that fails does not keep the
 * others from being served. With --json the results are printed at the end, as one array. Several boards of a command
 * that takes many are served at once, by many_run().
 *
 * Returns CLI_OK if everything went well on all of them.
 */
int online_each(const struct cli *cli, online_work *work, void *ctx);

#endif
