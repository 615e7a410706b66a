#include "compile/compile_round.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "compile/compile_text.h"

enum {
    REGION_SIZE_MIN = 1 << 20
};

/* Memory is only touched as it is used, so a region may be far larger than what will be in it. */
static int round_map_regions(struct mprom_compile_round *round)
{
    size_t size = round->pool->region_size;
    if (size == 0) {
        size = (size_t)64 << 20;
        for (size_t i = 0; i < round->pending_count; i++) {
            size += 4 * round->jobs[round->pending[i]].source_size;
        }
    }
    for (unsigned i = 0; i < round->worker_count;) {
        round->workers[i].region = mprom_compile_pool_map(round->pool, size);
        if (round->workers[i].region) {
            i++;
        } else if (size / 2 >= REGION_SIZE_MIN) {
            size /= 2;
        } else {
            return mprom_compile_pool_fail(round->pool, -MPROM_ENOMEM, "no memory for the results of the compiler");
        }
    }
    round->region_size = size;
    return 0;
}

/*
 * Starts one worker. It holds the writing end of a pipe for as long as it lives, so that the parent can wait for
 * whichever worker ends first, and for no other child of the process.
 */
static int start_worker(struct mprom_compile_round *round, unsigned worker, pid_t parent)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC)) {
        return -errno;
    }
    round->slots[worker] = (struct mprom_compile_slot){0};
    pid_t pid = fork();
    if (pid == 0) {
        mprom_compile_worker_main(round, worker, parent);
    }
    int err = -errno;
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return err;
    }
    round->workers[worker].pid = pid;
    round->lives[worker] = (struct pollfd){.fd = ends[0]};
    return 0;
}

/* Returns 0 if at least one worker runs. */
static int round_start(struct mprom_compile_round *round)
{
    sigset_t all;
    sigset_t mask;
    sigfillset(&all);
    pid_t parent = getpid();
    atomic_store(round->taken, 0);
    sigprocmask(SIG_SETMASK, &all, &mask);
    unsigned started = 0;
    int err = 0;
    while (started < round->worker_count && !err) {
        err = start_worker(round, started, parent);
        started += !err;
    }
    sigprocmask(SIG_SETMASK, &mask, NULL);
    round->worker_count = started;
    if (started) {
        return 0;
    }
    return mprom_compile_pool_fail(round->pool, err, "a compiler process could not be started: %s", strerror(-err));
}

static bool is_interrupt(int status)
{
    int number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    return number == SIGINT || number == SIGTERM || number == SIGHUP || number == SIGQUIT;
}

/* Judges how a worker ended. status is that of waitpid(), 0 if the caller's SIGCHLD settings kept it from us. */
static int round_judge(struct mprom_compile_round *round, unsigned worker, int status)
{
    struct mprom_compile_slot *slot = &round->slots[worker];
    if (is_interrupt(status)) {
        return mprom_compile_pool_fail(round->pool, -EINTR, "the compiler was interrupted");
    }
    int err = atomic_load(&slot->start_error);
    if (err) {
        return mprom_compile_pool_fail(round->pool, err, "the compiler did not start: %s", strerror(-err));
    }
    size_t number = atomic_load(&slot->job_number);
    if (number == 0 || number > round->job_count ||
        atomic_load(&round->results[number - 1].status) != MPROM_COMPILE_PENDING) {
        return 0;
    }
    char text[80];
    mprom_compile_text_end(text, sizeof(text), status, round->pool->job_seconds);
    atomic_store(&round->results[number - 1].status, MPROM_COMPILE_FAILED);
    return mprom_compile_pool_fail_job(round->pool, &round->jobs[number - 1], 0, text);
}

static int reap(struct mprom_compile_round *round, unsigned worker)
{
    int status = 0;
    while (waitpid(round->workers[worker].pid, &status, 0) < 0 && errno == EINTR) {
    }
    close(round->lives[worker].fd);
    round->lives[worker] = (struct pollfd){.fd = -1}; /* poll() passes over it */
    return status;
}

/* Waits for every worker; the first error stops those that are left. */
static int round_finish(struct mprom_compile_round *round)
{
    int err = 0;
    for (unsigned left = round->worker_count; left > 0;) {
        poll(round->lives, round->worker_count, -1);
        for (unsigned i = 0; i < round->worker_count; i++) {
            if (!round->lives[i].revents) {
                continue;
            }
            int status = reap(round, i);
            left--;
            if (!err) {
                err = round_judge(round, i, status);
                for (unsigned other = 0; err && other < round->worker_count; other++) {
                    if (round->lives[other].fd >= 0) {
                        kill(round->workers[other].pid, SIGKILL);
                    }
                }
            }
        }
    }
    return err;
}

/* Takes over what the workers left. A worker's memory may have been overwritten by a fault: believe no offset. */
static int round_collect(struct mprom_compile_round *round)
{
    for (size_t i = 0; i < round->pending_count; i++) {
        struct mprom_compile_job *job = &round->jobs[round->pending[i]];
        const struct mprom_compile_result *result = &round->results[round->pending[i]];
        int status = atomic_load(&result->status);
        if (status == MPROM_COMPILE_PENDING || job->error) {
            continue;
        }
        if (result->worker >= round->worker_count || result->off > round->region_size ||
            result->size >= round->region_size - result->off) {
            return mprom_compile_pool_fail(round->pool, -MPROM_EIO, "a compiler process left a damaged result");
        }
        uint8_t *data = round->workers[result->worker].region + result->off;
        if (status == MPROM_COMPILE_DONE) {
            job->mpy = data;
            job->mpy_size = result->size;
            continue;
        }
        data[result->size] = '\0';
        int err = mprom_compile_pool_fail_job(round->pool, job, result->line, (const char *)data);
        if (err) {
            return err;
        }
    }
    return 0;
}

int mprom_compile_round_run(struct mprom_compile_round *round)
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
