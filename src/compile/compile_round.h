/* One round of a pool's workers: what parent and workers share. */
#ifndef MPROM_COMPILE_ROUND_H
#define MPROM_COMPILE_ROUND_H

#include <poll.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "compile/compile_pool.h"

enum {
    MPROM_RESULT_ALIGN = 16
};

/* The result of a job, written by the worker that did it. */
struct mprom_compile_result {
    _Atomic int
        status; /* enum mprom_compile_status; all other members count only once it is not MPROM_COMPILE_PENDING */
    uint32_t worker;
    size_t off; /* in that worker's region */
    size_t size;
    size_t line;
};

/* What a worker is at, for the parent to read when the worker has died. */
struct mprom_compile_slot {
    _Atomic size_t job_number; /* from 1; 0 between jobs */
    _Atomic int start_error;
};

struct mprom_compile_worker {
    pid_t pid;
    uint8_t *region; /* shared; where it writes its results */
};

/*
 * Workers run in rounds. A round ends when its workers have ended: because nothing is left, because a job killed its
 * worker, or because a worker's region is full. Jobs that are still pending then are the next round's.
 */
struct mprom_compile_round {
    struct mprom_compile_pool *pool;
    struct mprom_compile_job *jobs;
    size_t job_count;
    struct mprom_compile_result *results; /* shared; one a job */
    struct mprom_compile_slot *slots;     /* shared; one a worker */
    _Atomic size_t *taken;                /* shared; how many of the pending jobs have been taken */
    size_t *pending;                      /* numbers of the jobs to do */
    size_t pending_count;
    unsigned worker_count;
    struct mprom_compile_worker *workers;
    struct pollfd *lives; /* one a worker, ready when it has ended; fd -1 when it has been reaped */
    size_t region_size;
};

/* Runs one round and takes over its results. Returns 0, or a negative result as mprom_compile_run() has. */
int mprom_compile_round_run(struct mprom_compile_round *round);

/* What a worker does, from its fork on, with all signals blocked. */
_Noreturn void mprom_compile_worker_main(const struct mprom_compile_round *round, unsigned worker, pid_t parent);

#endif
