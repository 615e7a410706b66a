/*
 * Tells from what a board prints after its restart whether boot or main ended with an exception.
 *
 * MicroPython prints an exception that nobody caught as its last words before the prompt, or before main if boot
 * raised it. One that a program caught and printed looks the same, but more follows it.
 */
#ifndef MPROM_CLI_FOLLOW_WATCH_H
#define MPROM_CLI_FOLLOW_WATCH_H

#include <stdbool.h>
#include <stddef.h>

enum {
    WATCH_TEXT_ROOM = 160
};

/* Zeroed at first. Private but for what watch_raised() returns. */
struct watch {
    enum {
        WATCH_OUTPUT,
        WATCH_TRACEBACK,
        WATCH_RAISED
    } state;
    bool has_frame;             /* of the traceback that is being read */
    bool is_boot;               /* whose first frame is boot's outermost */
    bool is_over;               /* boot has failed, or the prompt's banner has come: what counts is known */
    char last[WATCH_TEXT_ROOM]; /* the exception */
};

/* A line that the board has printed, without its end. */
void watch_line(struct watch *watch, const char *line, size_t size);

/* The exception's line, such as "ValueError: wrong", if one has ended boot or main; NULL if not. May be asked at the
 * prompt, or when time is over. */
const char *watch_raised(const struct watch *watch);

#endif
