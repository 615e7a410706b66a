/* What a terminal shows of several boards: a row each while they work, and a table at the end. */
#ifndef MPROM_CLI_MANY_SHOW_H
#define MPROM_CLI_MANY_SHOW_H

#include "cli/many_board.h"

/* Finds out how wide the column of the ports is. Call it before the threads start. */
void many_measure_ports(struct many *many);

/* For rows_begin() with a struct many. */
unsigned many_draw(void *ctx, FILE *to, unsigned room);

void many_print_table(const struct many *many);

#endif
