/*
 * Progress of an operation that takes a while: a bar on a terminal, plain lines elsewhere, nothing with -q. On
 * standard error. An operation that ends within a moment shows nothing.
 */
#ifndef MPROM_CLI_PROGRESS_H
#define MPROM_CLI_PROGRESS_H

#include "cli/cli.h"

struct progress {
    const char *what; /* such as "sending"; NULL when nothing is to be shown */
    const char *port; /* whose it is, for plain lines; NULL if there is only one */
    uint64_t total;
    bool terminal;
    bool shown;        /* something was printed */
    int64_t start_us;  /* of the monotonic clock */
    int64_t next_us;   /* not to print again before */
    unsigned quarters; /* of the total that plain lines have told of */
};

/* what must live until the end. total is in bytes and may be 0. */
void progress_begin(struct progress *progress, const struct cli *cli, const char *what, uint64_t total);

/* done is in bytes, at most total. Cheap; call it for every piece. */
void progress_update(struct progress *progress, uint64_t done);

/* Removes the bar. Call it before any message, also after a failure; may be called twice. */
void progress_end(struct progress *progress);

#endif
