/* The bar that shows how far an operation is. */
#ifndef MPROM_CLI_BAR_H
#define MPROM_CLI_BAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    BAR_WIDTH_MAX = 30,
    BAR_ROOM = 3 * BAR_WIDTH_MAX + 1, /* for the text, in bytes */
};

/* Whether standard error is a terminal on which a line can be drawn anew: not an editor's that calls itself dumb. */
bool bar_has_terminal(void);

/* Whether drawings may have lines that are not ASCII: unless the user's locale says otherwise. */
bool bar_tree_has_lines(void);

/* Columns of the terminal that standard error is; 80 if it does not say. */
unsigned bar_columns(void);

/*
 * The width of a bar on a line of `columns`, if the text around it takes `taken` of them: at most BAR_WIDTH_MAX, 0 if
 * the rest is too short for a bar.
 */
unsigned bar_width(unsigned columns, size_t taken);

/*
 * The text of a bar of width (at most BAR_WIDTH_MAX) characters, of which as many are filled as done is of total:
 * blocks where the user's locale says UTF-8, else signs of ASCII. total may be 0. dst has BAR_ROOM bytes; returns
 * dst.
 */
const char *bar_text(char *dst, unsigned width, uint64_t done, uint64_t total);

#endif
