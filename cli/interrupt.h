/*
 * What a command that talks to boards says when it is ended by Ctrl-C, SIGTERM or SIGHUP: one sentence with what the
 * boards hold now and what to do. The sentence is ready before the signal comes, since a handler may not make one.
 */
#ifndef MPROM_CLI_INTERRUPT_H
#define MPROM_CLI_INTERRUPT_H

#include "cli/cli.h"

/* How far the work on a board is. */
enum interrupt_state {
    INTERRUPT_CONNECTING, /* the board has not answered yet */
    INTERRUPT_UNTOUCHED,  /* nothing was changed */
    INTERRUPT_OLD,        /* the segment may hold the old image, or none */
    INTERRUPT_NONE,       /* it holds no image */
    INTERRUPT_ENDING,     /* it may hold the new image */
    INTERRUPT_NEW,        /* it holds the new image, or is erased */
    INTERRUPT_RESTARTED,  /* and the board was restarted; of reset: that alone */
    INTERRUPT_STATE_COUNT,
};

/* What is known about one board; zeroed at first. */
struct interrupt {
    enum interrupt_state state;
    uint32_t segment;
    bool is_counted; /* for this file */
};

/* Catches the signals, for a command that works on board_count boards and has not asked any of them yet. */
void interrupt_begin(const struct cli *cli, size_t board_count);

/* The work on the board at port has come to this state. Several threads may say so at once. */
void interrupt_note(struct interrupt *interrupt, const char *port, enum interrupt_state state);

/* The command's work is done: a signal says nothing any more. */
void interrupt_end(void);

#endif
