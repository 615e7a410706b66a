/*
 * Runs jobs in worker processes, which take them from a list and leave the results in memory that they share with
 * their parent.
 *
 * A worker that crashes, hangs or runs out of memory costs the job it was at, and that job alone.
 */
#ifndef MPROM_COMPILE_POOL_RUN_H
#define MPROM_COMPILE_POOL_RUN_H

#include "compile/compile_pool.h"

/* As mprom_compile_run(). */
int mprom_compile_pool_run(struct mprom_compile_pool *pool, struct mprom_compile_job *jobs, size_t count);

#endif
