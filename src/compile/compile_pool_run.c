#include "compile/compile_pool_run.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "compile/compile_round.h"

/* Keeps those of the pending jobs that have no result yet. Returns how many have one now. */
static size_t drop_done(struct mprom_compile_round *round)
{
    size_t kept = 0;
    for (size_t i = 0; i < round->pending_count; i++) {
        if (atomic_load(&round->results[round->pending[i]].status) == MPROM_COMPILE_PENDING) {
            round->pending[kept++] = round->pending[i];
        }
    }
    size_t done = round->pending_count - kept;
    round->pending_count = kept;
    return done;
}

static unsigned workers_for(const struct mprom_compile_pool *pool, size_t count)
{
    return count < pool->workers ? (unsigned)count : pool->workers;
}

static int run_rounds(struct mprom_compile_round *round)
{
    while (round->pending_count > 0) {
        round->worker_count = workers_for(round->pool, round->pending_count);
        int err = mprom_compile_round_run(round);
        if (err) {
            return err;
        }
        if (drop_done(round) == 0) {
            return mprom_compile_pool_fail(round->pool, -MPROM_EIO, "the compiler processes end without a result");
        }
    }
    return 0;
}

/* Largest first, so that no worker is left alone with a large one at the end. */
static int compare_sizes(const void *a, const void *b, void *ctx)
{
    const struct mprom_compile_job *jobs = ctx;
    size_t x = jobs[*(const size_t *)a].source_size;
    size_t y = jobs[*(const size_t *)b].source_size;
    return (x < y) - (x > y);
}

static size_t *list_jobs(struct mprom_compile_job *jobs, size_t count)
{
    size_t *list = calloc(count, sizeof(*list));
    if (list) {
        for (size_t i = 0; i < count; i++) {
            list[i] = i;
        }
        qsort_r(list, count, sizeof(*list), compare_sizes, jobs);
    }
    return list;
}

static int count_errors(const struct mprom_compile_job *jobs, size_t count)
{
    int errors = 0;
    for (size_t i = 0; i < count; i++) {
        errors += jobs[i].error != NULL;
    }
    return errors;
}

int mprom_compile_pool_run(struct mprom_compile_pool *pool, struct mprom_compile_job *jobs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        jobs[i].mpy = NULL;
        jobs[i].mpy_size = 0;
        jobs[i].error = NULL;
    }
    if (count == 0) {
        return 0;
    }
    unsigned workers = workers_for(pool, count);
    size_t shared_size =
        sizeof(size_t) + workers * sizeof(struct mprom_compile_slot) + count * sizeof(struct mprom_compile_result);
    uint8_t *shared = mprom_compile_map_shared(shared_size);
    struct mprom_compile_round round = {
        .pool = pool,
        .jobs = jobs,
        .job_count = count,
        .pending = list_jobs(jobs, count),
        .pending_count = count,
        .workers = calloc(workers, sizeof(struct mprom_compile_worker)),
        .lives = calloc(workers, sizeof(struct pollfd)),
    };
    int err = -MPROM_ENOMEM;
    if (!shared || !round.pending || !round.workers || !round.lives) {
        mprom_compile_pool_fail(pool, err, "no memory to compile %zu files", count);
    } else {
        round.results = (struct mprom_compile_result *)(void *)shared;
        round.slots = (struct mprom_compile_slot *)(void *)(shared + count * sizeof(struct mprom_compile_result));
        round.taken = (_Atomic size_t *)(void *)(round.slots + workers);
        err = run_rounds(&round);
    }
    free(round.pending);
    free(round.workers);
    free(round.lives);
    if (shared) {
        munmap(shared, shared_size);
    }
    return err ? err : count_errors(jobs, count);
}
