#include "compile/compile_round.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

enum {
    EXIT_START = MPROM_COMPILE_EXIT_DEPTH + 1
}; /* the backend did not start; the slot says why */

/*
 * Neither handlers nor blocked signals of the parent reach here: a limit of time must work, and Ctrl-C. A source that
 * crashes must not leave a core file, and a worker must not outlive its parent.
 */
static void detach(pid_t parent)
{
    sigset_t none;
    sigemptyset(&none);
    struct sigaction action;
    for (int number = 1; number < NSIG; number++) {
        if (sigaction(number, NULL, &action) == 0 && (action.sa_handler != SIG_IGN || number == SIGCHLD)) {
            signal(number, SIG_DFL);
        }
    }
    sigprocmask(SIG_SETMASK, &none, NULL);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(0);
    }
}

static void limit_time(unsigned seconds)
{
    struct itimerval timer = {.it_value = {.tv_sec = (time_t)seconds}};
    setitimer(ITIMER_PROF, &timer, NULL);
}

/* Returns the bytes of the region that are used, or 0 if the job has to wait for an empty one. */
static size_t do_job(const struct mprom_compile_round *round, unsigned worker, size_t job, size_t used)
{
    struct mprom_compile_output output = {.data = round->workers[worker].region + used,
                                          .capacity = round->region_size - MPROM_RESULT_ALIGN - used};
    limit_time(round->pool->job_seconds);
    enum mprom_compile_status status = round->pool->backend->compile(&round->jobs[job], &output);
    if (status == MPROM_COMPILE_PENDING) {
        if (used > 0) {
            return 0;
        }
        snprintf((char *)output.data, output.capacity, "the result is larger than %zu bytes", output.capacity);
        output.size = strlen((char *)output.data);
        status = MPROM_COMPILE_FAILED;
    }
    struct mprom_compile_result *result = &round->results[job];
    result->worker = worker;
    result->off = used;
    result->size = output.size;
    result->line = output.line;
    atomic_store(&result->status, (int)status);
    return (used + output.size + MPROM_RESULT_ALIGN) & ~(size_t)(MPROM_RESULT_ALIGN - 1); /* never 0 */
}

struct work {
    const struct mprom_compile_round *round;
    unsigned worker;
};

static void do_jobs(void *ctx)
{
    const struct work *work = ctx;
    const struct mprom_compile_round *round = work->round;
    struct mprom_compile_slot *slot = &round->slots[work->worker];
    for (size_t used = 0;;) {
        size_t at = atomic_fetch_add(round->taken, 1);
        if (at >= round->pending_count) {
            _exit(0);
        }
        atomic_store(&slot->job_number, round->pending[at] + 1);
        used = do_job(round, work->worker, round->pending[at], used);
        atomic_store(&slot->job_number, 0);
        if (used == 0 || used > round->region_size - MPROM_RESULT_ALIGN) {
            _exit(0);
        }
    }
}

_Noreturn void mprom_compile_worker_main(const struct mprom_compile_round *round, unsigned worker, pid_t parent)
{
    detach(parent);
    struct work work = {round, worker};
    int err = round->pool->backend->start(round->pool->options, do_jobs, &work);
    atomic_store(&round->slots[worker].start_error, err);
    _exit(EXIT_START);
}
