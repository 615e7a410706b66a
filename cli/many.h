/*
 * Several boards at once: a thread each, one row each on a terminal, a table at the end.
 */
#ifndef MPROM_CLI_MANY_H
#define MPROM_CLI_MANY_H

#include "cli/online.h"

/* Whether the command line is about several boards: --all, or -p more than once. */
bool many_is_meant(const struct cli *cli);

/*
 * Calls work for the boards at all ports of -p and, with --all, at every port where one answers; each in a thread of
 * its own, so work and ctx must bear that. Work begins when all ports that might be the same board's have been
 * opened, and then for one port of each board (twins.h). A port that --all finds and where nothing answers is
 * skipped, which is no failure. Results are printed as they come: with --json a line for each board, else what work
 * prints, and a table at the end.
 *
 * Returns CLI_OK if work succeeded on one board at least and failed on none.
 */
int many_run(const struct cli *cli, online_work *work, void *ctx);

#endif
