#include "compile/compile_pool.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "compile/compile_text.h"
#include "compile/compile_worker.h"

enum {
    REGION_SIZE_MIN = 1 << 20
};

struct compile_pool_memory {
    struct compile_pool_memory *next;
    void *mapped; /* or NULL: text behind this header */
    size_t mapped_size;
};

int compile_pool_fail(struct compile_pool *pool, int error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(pool->error, sizeof(pool->error), format, args);
    va_end(args);
    return error;
}

static void *map_shared(size_t size)
{
    void *mapped = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return mapped == MAP_FAILED ? NULL : mapped;
}

static int keep(struct compile_pool *pool, void *mapped, size_t mapped_size)
{
    struct compile_pool_memory *memory = malloc(sizeof(*memory));
    if (!memory) {
        munmap(mapped, mapped_size);
        return compile_pool_fail(pool, -MPROM_ENOMEM, "no memory for the results of the compiler");
    }
    *memory = (struct compile_pool_memory){pool->memory, mapped, mapped_size};
    pool->memory = memory;
    return 0;
}

static int job_fail(struct compile_pool *pool, struct compile_job *job, size_t line, const char *text)
{
    text = compile_text_explain(pool->options->march, text);
    size_t size = compile_text_format(NULL, 0, job->name, line, text) + 1;
    struct compile_pool_memory *memory = malloc(sizeof(*memory) + size);
    if (!memory) {
        return compile_pool_fail(pool, -MPROM_ENOMEM, "no memory for the errors of the compiler");
    }
    *memory = (struct compile_pool_memory){.next = pool->memory};
    pool->memory = memory;
    compile_text_format((char *)(memory + 1), size, job->name, line, text);
    job->error = (char *)(memory + 1);
    return 0;
}

/* Memory is only touched as it is used, so a region may be far larger than what will be in it. */
static int round_map_regions(struct compile_round *round)
{
    size_t size = round->pool->region_size;
    if (size == 0) {
        size = (size_t)64 << 20;
        for (size_t i = 0; i < round->pending_count; i++) {
            size += 4 * round->jobs[round->pending[i]].source_size;
        }
    }
    for (unsigned i = 0; i < round->worker_count;) {
        round->regions[i] = map_shared(size);
        if (round->regions[i]) {
            int err = keep(round->pool, round->regions[i], size);
            if (err) {
                return err;
            }
            i++;
        } else if (size / 2 >= REGION_SIZE_MIN) {
            size /= 2;
        } else {
            return compile_pool_fail(round->pool, -MPROM_ENOMEM, "no memory for the results of the compiler");
        }
    }
    round->region_size = size;
    return 0;
}

/* Returns 0 if at least one worker runs. */
static int round_start(struct compile_round *round)
{
    sigset_t all;
    sigset_t mask;
    sigfillset(&all);
    pid_t parent = getpid();
    atomic_store(round->taken, 0);
    sigprocmask(SIG_SETMASK, &all, &mask);
    unsigned started = 0;
    int err = 0;
    for (; started < round->worker_count; started++) {
        round->slots[started] = (struct compile_slot){0};
        pid_t pid = fork();
        if (pid == 0) {
            compile_worker_main(round, started, parent, &mask);
        }
        if (pid < 0) {
            err = errno;
            break;
        }
        round->pids[started] = pid;
    }
    sigprocmask(SIG_SETMASK, &mask, NULL);
    round->worker_count = started;
    return started
               ? 0
               : compile_pool_fail(round->pool, -err, "a compiler process could not be started: %s", strerror(err));
}

static bool is_interrupt(int status)
{
    int number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    return number == SIGINT || number == SIGTERM || number == SIGHUP || number == SIGQUIT;
}

/* Judges how a worker ended. status is that of waitpid(), 0 if the caller's SIGCHLD settings kept it from us. */
static int round_judge(struct compile_round *round, unsigned worker, int status)
{
    struct compile_slot *slot = &round->slots[worker];
    if (is_interrupt(status)) {
        return compile_pool_fail(round->pool, -EINTR, "the compiler was interrupted");
    }
    int err = atomic_load(&slot->start_error);
    if (err) {
        return compile_pool_fail(round->pool, err, "the compiler did not start: %s", strerror(-err));
    }
    size_t number = atomic_load(&slot->job_number);
    if (number == 0 || atomic_load(&round->results[number - 1].status) != COMPILE_PENDING) {
        return 0;
    }
    char text[80];
    compile_text_end(text, sizeof(text), status, round->pool->job_seconds);
    atomic_store(&round->results[number - 1].status, COMPILE_FAILED);
    return job_fail(round->pool, &round->jobs[number - 1], 0, text);
}

/* Waits for every worker; the first error stops those that are left. */
static int round_finish(struct compile_round *round)
{
    int err = 0;
    for (unsigned i = 0; i < round->worker_count; i++) {
        int status = 0;
        while (waitpid(round->pids[i], &status, 0) < 0 && errno == EINTR) {
        }
        if (!err) {
            err = round_judge(round, i, status);
            for (unsigned left = i + 1; err && left < round->worker_count; left++) {
                kill(round->pids[left], SIGKILL);
            }
        }
    }
    return err;
}

/* Takes over what the workers left. A worker's memory may have been overwritten by a fault: believe no offset. */
static int round_collect(struct compile_round *round)
{
    for (size_t i = 0; i < round->pending_count; i++) {
        struct compile_job *job = &round->jobs[round->pending[i]];
        const struct compile_result *result = &round->results[round->pending[i]];
        int status = atomic_load(&result->status);
        if (status == COMPILE_PENDING || job->error) {
            continue;
        }
        if (result->worker >= round->worker_count || result->off > round->region_size ||
            result->size >= round->region_size - result->off) {
            return compile_pool_fail(round->pool, -MPROM_EIO, "a compiler process left a damaged result");
        }
        uint8_t *data = round->regions[result->worker] + result->off;
        if (status == COMPILE_DONE) {
            job->mpy = data;
            job->mpy_size = result->size;
            continue;
        }
        data[result->size] = '\0';
        int err = job_fail(round->pool, job, result->line, (const char *)data);
        if (err) {
            return err;
        }
    }
    return 0;
}

static int round_run(struct compile_round *round)
{
    int err = round_map_regions(round);
    if (!err) {
        err = round_start(round);
    }
    if (!err) {
        err = round_finish(round);
    }
    return err ? err : round_collect(round);
}

/* Keeps those of the pending jobs that have no result yet. Returns how many have one now. */
static size_t round_drop_done(struct compile_round *round)
{
    size_t kept = 0;
    for (size_t i = 0; i < round->pending_count; i++) {
        if (atomic_load(&round->results[round->pending[i]].status) == COMPILE_PENDING) {
            round->pending[kept++] = round->pending[i];
        }
    }
    size_t done = round->pending_count - kept;
    round->pending_count = kept;
    return done;
}

static unsigned workers_for(const struct compile_pool *pool, size_t count)
{
    return count < pool->workers ? (unsigned)count : pool->workers;
}

static int run_rounds(struct compile_round *round)
{
    while (round->pending_count > 0) {
        round->worker_count = workers_for(round->pool, round->pending_count);
        int err = round_run(round);
        if (err) {
            return err;
        }
        if (round_drop_done(round) == 0) {
            return compile_pool_fail(round->pool, -MPROM_EIO, "the compiler processes end without a result");
        }
    }
    return 0;
}

/* Largest first, so that no worker is left alone with a large one at the end. */
static int compare_sizes(const void *a, const void *b, void *ctx)
{
    const struct compile_job *jobs = ctx;
    size_t x = jobs[*(const size_t *)a].source_size;
    size_t y = jobs[*(const size_t *)b].source_size;
    return (x < y) - (x > y);
}

static size_t *list_jobs(struct compile_job *jobs, size_t count)
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

static int count_errors(const struct compile_job *jobs, size_t count)
{
    int errors = 0;
    for (size_t i = 0; i < count; i++) {
        errors += jobs[i].error != NULL;
    }
    return errors;
}

int compile_pool_run(struct compile_pool *pool, struct compile_job *jobs, size_t count)
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
        sizeof(size_t) + workers * sizeof(struct compile_slot) + count * sizeof(struct compile_result);
    uint8_t *shared = map_shared(shared_size);
    struct compile_round round = {
        .pool = pool,
        .jobs = jobs,
        .pending = list_jobs(jobs, count),
        .pending_count = count,
        .pids = calloc(workers, sizeof(pid_t)),
        .regions = calloc(workers, sizeof(uint8_t *)),
    };
    int err = -MPROM_ENOMEM;
    if (!shared || !round.pending || !round.pids || !round.regions) {
        compile_pool_fail(pool, err, "no memory to compile %zu files", count);
    } else {
        round.results = (struct compile_result *)(void *)shared;
        round.slots = (struct compile_slot *)(void *)(shared + count * sizeof(struct compile_result));
        round.taken = (_Atomic size_t *)(void *)(round.slots + workers);
        err = run_rounds(&round);
    }
    free(round.pending);
    free(round.pids);
    free(round.regions);
    if (shared) {
        munmap(shared, shared_size);
    }
    return err ? err : count_errors(jobs, count);
}

void compile_pool_free(struct compile_pool *pool)
{
    while (pool->memory) {
        struct compile_pool_memory *memory = pool->memory;
        pool->memory = memory->next;
        if (memory->mapped) {
            munmap(memory->mapped, memory->mapped_size);
        }
        free(memory);
    }
}
