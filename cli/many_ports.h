/* Which ports a command on several boards is about. */
#ifndef MPROM_CLI_MANY_PORTS_H
#define MPROM_CLI_MANY_PORTS_H

#include "cli/many_board.h"

/*
 * Fills many->boards: the ports of -p, and with --all those of the PC; each once. What the PC knows of them goes to
 * many->twins. Ports that are not asked are in state MANY_SKIPPED, with the reason in their error. Returns CLI_OK, or
 * CLI_FAILED after a message; the caller frees what many points to in both cases.
 */
int many_gather_ports(struct many *many);

#endif
