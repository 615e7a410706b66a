/*
 * A board that does what a script says, at the other end of a pty: for what no real board does on demand.
 */
#ifndef TESTS_CLIENT_FAKE_BOARD_H
#define TESTS_CLIENT_FAKE_BOARD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum fake_action {
    FAKE_END,    /* stays connected, reads nothing, says nothing */
    FAKE_EXPECT, /* reads until text has come */
    FAKE_QUIET,  /* nothing comes for a while */
    FAKE_SEND,
    FAKE_SYNC,    /* answers the program that prints a number, as a board does, with text in the middle of it */
    FAKE_FIRST,   /* answers the first program: # in text is its number, @ the same in hexadecimal */
    FAKE_FLOOD,   /* prints text for ever, reading on the side */
    FAKE_DRIP,    /* the same, with a pause after each */
    FAKE_HANG_UP, /* the plug is pulled */
    FAKE_PAUSE,   /* for size milliseconds */
    FAKE_YIELD,   /* the script ends, and the test itself is the other end */
};

struct fake_step {
    enum fake_action action;
    const char *text;
    size_t size; /* 0: strlen(text) */
};

struct fake_board {
    int master;
    int slave; /* of a server: where it listens */
    bool is_server;
    char path[64];
    const struct fake_step *steps;
    pthread_t thread;
    atomic_bool stop;
    atomic_bool failed; /* an expected text did not come, or something came that should not */
};

/* steps end with FAKE_END, FAKE_HANG_UP or FAKE_YIELD. */
void fake_board_start(struct fake_board *board, const struct fake_step *steps);

/* The same as a serial server, whose name path is: the script begins when a client has connected, and at
 * its end the server hangs up after the client. */
void fake_board_serve(struct fake_board *board, const char *scheme, const struct fake_step *steps);

/* Ends the script wherever it stands and closes the pty. */
void fake_board_stop(struct fake_board *board);

/* The steps by which a board enters its raw REPL. */
#define FAKE_BANNER "raw REPL; CTRL-B to exit\r\n>"
#define FAKE_ENTER                                                                                                   \
    {FAKE_EXPECT, "\003\003\001", 0}, {FAKE_SEND, "\r\n" FAKE_BANNER, 0},                                            \
    {                                                                                                                \
        FAKE_SYNC, NULL, 0                                                                                           \
    }

#endif
