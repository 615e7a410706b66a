/*
 * Rows at the bottom of a terminal that are drawn anew in place, while messages and results scroll by above them.
 * There is one terminal, so there is one set of rows. On standard error.
 *
 * Whoever prints while rows may be there does it between rows_hide() and rows_show(), as the message functions do by
 * themselves; then also no two threads print at once. Without rows the two are only that lock.
 */
#ifndef MPROM_CLI_ROWS_H
#define MPROM_CLI_ROWS_H

#include <stdio.h>

/* Prints the rows as they are now, at most room of them, each with a line feed. Returns how many. Prints to `to`
 * only. */
typedef unsigned rows_draw(void *ctx, FILE *to, unsigned room);

/* Has rows drawn from now on. The caller has found standard error to be a terminal. */
void rows_begin(rows_draw *draw, void *ctx);

/* Draws them as they are now. */
void rows_refresh(void);

/* Removes them for good. */
void rows_end(void);

/* Removes them for the moment, and keeps others from printing until rows_show(). */
void rows_hide(void);
void rows_show(void);

#endif
