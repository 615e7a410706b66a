/*
 * One of several boards at once: what its thread does, and what the threads share.
 */
#ifndef MPROM_CLI_MANY_BOARD_H
#define MPROM_CLI_MANY_BOARD_H

#include <limits.h>
#include <pthread.h>

#include "cli/online.h"
#include "cli/twins.h"

enum many_state {
    MANY_RUNNING,
    MANY_OK,
    MANY_FAILED,
    MANY_SKIPPED,
};

struct many;

struct many_board {
    struct many *many;
    struct online online; /* the thread's own, like all up to the next comment */
    char port[PATH_MAX];  /* as it was named, then as the client calls it */
    char machine[128];
    bool found;    /* by --all, not named */
    bool answered; /* there is a board */
    bool hears;    /* or at least something that sends text */
    bool worked;   /* its thread ran */
    char *text;    /* what work printed and is not shown yet */
    size_t text_size;
    bool started; /* the main thread's: there is a thread to join */
    pthread_t thread;
    int64_t start_us; /* all start at the same time; those that end at once took no time */
    int64_t end_us;
    /* Under the lock: for the row. */
    enum many_state state;
    const char *phase;
    uint64_t done;
    uint64_t total;
};

struct many {
    const struct cli *cli;
    online_work *work;
    void *ctx;
    struct many_board *boards;
    size_t count;
    struct mprom_client_port *found; /* all ports of the PC, NULL if they cannot be listed */
    size_t found_count;
    struct twins *twins;
    int port_width;
    bool terminal;
    int64_t start_us;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    size_t running;
};

/* As results call it. */
const char *many_state_name(enum many_state state);

/* A clock that nobody sets. */
int64_t many_now_us(void);

/* For pthread_create() with a struct many_board: opens the board, calls work, and ends the board. */
void *many_board_main(void *board);

/* The board has come to this state: shows what its work printed, why it was skipped, and with --json its line. */
void many_board_end(struct many_board *board, enum many_state state);

#endif
