/* The worker processes, with a backend that does what each source says: crash, hang, answer. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "compile/compile_pool_run.h"

enum {
    JOBS_MAX = 200,
    SOURCE_SIZE_MAX = 32
};

static int start_result;

static int fake_start(const struct mprom_compile_options *options, void (*work)(void *ctx), void *ctx)
{
    (void)options;
    if (!start_result) {
        work(ctx);
    }
    return start_result;
}

static enum mprom_compile_status answer(struct mprom_compile_output *output, enum mprom_compile_status status,
                                        const char *text)
{
    output->size = strlen(text);
    memcpy(output->data, text, output->size);
    return status;
}

static enum mprom_compile_status fill(struct mprom_compile_output *output, size_t size)
{
    if (size > output->capacity) {
        return MPROM_COMPILE_PENDING;
    }
    memset(output->data, 'x', size);
    output->size = size;
    return MPROM_COMPILE_DONE;
}

static _Noreturn void spin(void)
{
    for (volatile unsigned turns = 0;; turns++) {
    }
}

static enum mprom_compile_status fake_compile(const struct mprom_compile_job *job,
                                              struct mprom_compile_output *output)
{
    int number;
    if (sscanf(job->source, "signal %d", &number) == 1) {
        raise(number);
    } else if (sscanf(job->source, "exit %d", &number) == 1) {
        _exit(number);
    } else if (sscanf(job->source, "fill %d", &number) == 1) {
        return fill(output, (size_t)number);
    } else if (sscanf(job->source, "fail %zu", &output->line) == 1) {
        return answer(output, MPROM_COMPILE_FAILED, "it\nfailed");
    } else if (strcmp(job->source, "spin") == 0) {
        spin();
    } else if (strcmp(job->source, "damage") == 0) {
        output->size = SIZE_MAX - 100;
        return MPROM_COMPILE_DONE;
    }
    return answer(output, MPROM_COMPILE_DONE, job->source);
}

static const struct mprom_compile_backend fake = {.start = fake_start, .compile = fake_compile};
static const struct mprom_compile_options no_options;

/* One run of a pool, with sources that are given one after the other. */
struct fixture {
    struct mprom_compile_pool pool;
    struct mprom_compile_job jobs[JOBS_MAX];
    char names[JOBS_MAX][SOURCE_SIZE_MAX];
    char sources[JOBS_MAX][SOURCE_SIZE_MAX];
    size_t count;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    if (!fixture) {
        return -1;
    }
    start_result = 0;
    fixture->pool =
        (struct mprom_compile_pool){.backend = &fake, .options = &no_options, .workers = 2, .job_seconds = 1};
    *state = fixture;
    return 0;
}

/* Whatever a test did, no process is left. */
static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    mprom_compile_pool_free(&fixture->pool);
    free(fixture);
    return waitpid(-1, NULL, 0) == -1 && errno == ECHILD ? 0 : -1;
}

static size_t add(struct fixture *fixture, const char *source)
{
    size_t at = fixture->count++;
    snprintf(fixture->names[at], SOURCE_SIZE_MAX, "pkg/%zu.py", at);
    snprintf(fixture->sources[at], SOURCE_SIZE_MAX, "%s", source);
    fixture->jobs[at] =
        (struct mprom_compile_job){fixture->names[at], fixture->sources[at], strlen(source), NULL, 0, NULL};
    return at;
}

static void add_plain(struct fixture *fixture, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char source[SOURCE_SIZE_MAX];
        snprintf(source, sizeof(source), "plain %zu%.*s", fixture->count, (int)(fixture->count % 7), "......");
        add(fixture, source);
    }
}

static int run(struct fixture *fixture)
{
    return mprom_compile_pool_run(&fixture->pool, fixture->jobs, fixture->count);
}

static void assert_plain(const struct fixture *fixture, size_t first, size_t count)
{
    for (size_t i = first; i < first + count; i++) {
        const struct mprom_compile_job *job = &fixture->jobs[i];
        assert_null(job->error);
        assert_int_equal(job->mpy_size, strlen(fixture->sources[i]));
        assert_memory_equal(job->mpy, fixture->sources[i], job->mpy_size);
    }
}

static void every_job_gets_its_own_result(void **state)
{
    struct fixture *fixture = *state;
    add_plain(fixture, 150);
    static const unsigned workers[] = {1, 2, 7, 300};
    for (size_t i = 0; i < sizeof(workers) / sizeof(workers[0]); i++) {
        fixture->pool.workers = workers[i];
        assert_int_equal(run(fixture), 0);
        assert_plain(fixture, 0, 150);
    }
}

static void no_job_is_no_error(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(run(fixture), 0);
}

static void all_errors_are_kept(void **state)
{
    struct fixture *fixture = *state;
    add_plain(fixture, 20);
    size_t with_line = add(fixture, "fail 12");
    add_plain(fixture, 20);
    size_t without_line = add(fixture, "fail 0");
    assert_int_equal(run(fixture), 2);
    assert_string_equal(fixture->jobs[with_line].error, "pkg/20.py:12: it?failed");
    assert_string_equal(fixture->jobs[without_line].error, "pkg/41.py: it?failed");
    assert_null(fixture->jobs[with_line].mpy);
    assert_plain(fixture, 0, 20);
    assert_plain(fixture, 21, 20);
}

static void a_job_that_ends_its_worker_costs_itself_only(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *source;
        const char *error;
    } ends[] = {
        {"signal 11", "the compiler crashed (Segmentation fault)"},
        {"signal 6", "the compiler crashed (Aborted)"},
        {"signal 7", "the compiler crashed (Bus error)"},
        {"signal 9", "the compiler was killed; it may have run out of memory"},
        {"exit 0", "the compiler ended with status 0"},
        {"exit 3", "the compiler ended with status 3"},
        {"exit 100", "the source is nested too deeply for the compiler"},
    };
    enum {
        ENDS = sizeof(ends) / sizeof(ends[0]),
        BETWEEN = 10
    };
    for (size_t i = 0; i < ENDS; i++) {
        add(fixture, ends[i].source);
        add_plain(fixture, BETWEEN);
    }
    for (unsigned workers = 1; workers <= 3; workers++) {
        fixture->pool.workers = workers;
        assert_int_equal(run(fixture), ENDS);
        for (size_t i = 0; i < ENDS; i++) {
            size_t at = i * (BETWEEN + 1);
            char expected[128];
            snprintf(expected, sizeof(expected), "pkg/%zu.py: %s", at, ends[i].error);
            assert_string_equal(fixture->jobs[at].error, expected);
            assert_plain(fixture, at + 1, BETWEEN);
        }
    }
}

static void a_job_that_does_not_end_is_stopped(void **state)
{
    struct fixture *fixture = *state;
    add_plain(fixture, 10);
    add(fixture, "spin");
    add_plain(fixture, 10);
    assert_int_equal(run(fixture), 1);
    assert_string_equal(fixture->jobs[10].error, "pkg/10.py: the compiler was stopped after 1 seconds");
    assert_plain(fixture, 0, 10);
    assert_plain(fixture, 11, 10);
}

static void results_larger_than_a_region_go_to_others(void **state)
{
    struct fixture *fixture = *state;
    fixture->pool.region_size = 4096;
    for (size_t i = 0; i < 50; i++) {
        add(fixture, i % 2 ? "fill 4080" : "fill 1500"); /* 4080 is all that a region takes */
    }
    assert_int_equal(run(fixture), 0);
    for (size_t i = 0; i < 50; i++) {
        assert_int_equal(fixture->jobs[i].mpy_size, i % 2 ? 4080 : 1500);
        for (size_t at = 0; at < fixture->jobs[i].mpy_size; at++) {
            assert_int_equal(fixture->jobs[i].mpy[at], 'x');
        }
    }
}

static void a_result_larger_than_every_region_is_an_error(void **state)
{
    struct fixture *fixture = *state;
    fixture->pool.region_size = 4096;
    add_plain(fixture, 10);
    add(fixture, "fill 4081");
    add_plain(fixture, 10);
    assert_int_equal(run(fixture), 1);
    assert_string_equal(fixture->jobs[10].error, "pkg/10.py: the result is larger than 4080 bytes");
    assert_plain(fixture, 11, 10);
}

static void regions_shrink_to_what_there_is(void **state)
{
    struct fixture *fixture = *state;
    fixture->pool.region_size = SIZE_MAX / 4;
    add_plain(fixture, 10);
    assert_int_equal(run(fixture), 0);
    assert_plain(fixture, 0, 10);
}

static void a_damaged_result_is_not_followed(void **state)
{
    struct fixture *fixture = *state;
    add_plain(fixture, 10);
    add(fixture, "damage");
    assert_int_equal(run(fixture), -MPROM_EIO);
    assert_string_equal(fixture->pool.error, "a compiler process left a damaged result");
}

static void a_backend_that_does_not_start_ends_the_run(void **state)
{
    struct fixture *fixture = *state;
    start_result = -MPROM_ENOMEM;
    add_plain(fixture, 10);
    assert_int_equal(run(fixture), -MPROM_ENOMEM);
    assert_string_equal(fixture->pool.error, "the compiler did not start: Cannot allocate memory");
}

static volatile sig_atomic_t *handled; /* shared with the workers */

static void count_signal(int number)
{
    (void)number;
    ++*handled;
}

static void an_interrupted_worker_ends_the_run(void **state)
{
    struct fixture *fixture = *state;
    handled = mmap(NULL, sizeof(*handled), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(handled, MAP_FAILED);
    struct sigaction action = {.sa_handler = count_signal};
    struct sigaction before;
    static const char *const sources[] = {"signal 2", "signal 15", "signal 1", "signal 3"};
    for (size_t i = 0; i < 4; i++) {
        fixture->count = 0;
        add(fixture, "spin"); /* the other worker, which must not go on */
        int number = atoi(sources[i] + 7);
        sigaction(number, &action, &before);
        add(fixture, sources[i]);
        fixture->pool.job_seconds = 100;
        assert_int_equal(run(fixture), -EINTR);
        assert_string_equal(fixture->pool.error, "the compiler was interrupted");
        sigaction(number, &before, NULL);
    }
    assert_int_equal(*handled, 0); /* the caller's handler is not run by a worker */
    munmap((void *)(uintptr_t)handled, sizeof(*handled));
}

static void the_caller_may_ignore_its_children(void **state)
{
    struct fixture *fixture = *state;
    signal(SIGCHLD, SIG_IGN);
    add_plain(fixture, 50);
    add(fixture, "signal 11");
    add_plain(fixture, 50);
    assert_int_equal(run(fixture), 1);
    assert_non_null(strstr(fixture->jobs[50].error, "pkg/50.py: "));
    assert_plain(fixture, 0, 50);
    assert_plain(fixture, 51, 50);
    signal(SIGCHLD, SIG_DFL);
}

static void the_callers_blocked_signals_do_not_reach_the_workers(void **state)
{
    struct fixture *fixture = *state;
    sigset_t all;
    sigset_t before;
    sigset_t blocked;
    sigset_t after;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    sigprocmask(SIG_SETMASK, NULL, &blocked);
    add_plain(fixture, 5);
    add(fixture, "spin");
    assert_int_equal(run(fixture), 1);
    assert_string_equal(fixture->jobs[5].error, "pkg/5.py: the compiler was stopped after 1 seconds");
    add(fixture, "signal 15");
    assert_int_equal(run(fixture), -EINTR);
    sigprocmask(SIG_SETMASK, &before, &after);
    for (int number = 1; number < NSIG; number++) {
        assert_int_equal(sigismember(&after, number), sigismember(&blocked, number));
    }
}

static size_t count_mappings(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    assert_non_null(maps);
    size_t count = 0;
    for (int byte; (byte = fgetc(maps)) != EOF;) {
        count += byte == '\n';
    }
    fclose(maps);
    return count;
}

static void nothing_is_left_mapped(void **state)
{
    struct fixture *fixture = *state;
    fixture->pool.region_size = 4096;
    for (size_t i = 0; i < 50; i++) {
        add(fixture, "fill 3000");
    }
    assert_int_equal(run(fixture), 0);
    mprom_compile_pool_free(&fixture->pool);
    size_t before = count_mappings();
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(run(fixture), 0);
        assert_true(count_mappings() > before);
        mprom_compile_pool_free(&fixture->pool);
    }
    assert_int_equal(count_mappings(), before);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_job_gets_its_own_result),
        TEST(no_job_is_no_error),
        TEST(all_errors_are_kept),
        TEST(a_job_that_ends_its_worker_costs_itself_only),
        TEST(a_job_that_does_not_end_is_stopped),
        TEST(results_larger_than_a_region_go_to_others),
        TEST(a_result_larger_than_every_region_is_an_error),
        TEST(regions_shrink_to_what_there_is),
        TEST(a_damaged_result_is_not_followed),
        TEST(a_backend_that_does_not_start_ends_the_run),
        TEST(an_interrupted_worker_ends_the_run),
        TEST(the_caller_may_ignore_its_children),
        TEST(the_callers_blocked_signals_do_not_reach_the_workers),
        TEST(nothing_is_left_mapped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
