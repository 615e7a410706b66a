/* Progress: a bar on a terminal, lines in a pipe, nothing when quiet or when it is over in a moment. */
#include <pty.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/progress.h"

enum {
    SHORT_US = 250000,
    LONG_US = 350000,
    STEP_US = 110000,
    TOTAL = 2000000
};

/* Runs an operation of four steps with standard error in fd; what it printed can then be read at the other end. */
static void run(int fd, const struct cli *cli, unsigned first_us)
{
    int saved = dup(STDERR_FILENO);
    assert_true(saved >= 0 && dup2(fd, STDERR_FILENO) >= 0);
    struct progress progress;
    progress_begin(&progress, cli, "sending", TOTAL);
    usleep(first_us);
    for (uint64_t done = 0; done <= TOTAL; done += TOTAL / 4) {
        progress_update(&progress, done);
        usleep(first_us ? STEP_US : 0);
    }
    progress_end(&progress);
    progress_end(&progress);
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
}

/* What run() prints into a pipe. */
static void run_piped(const struct cli *cli, unsigned first_us, char *text, size_t room)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    run(ends[1], cli, first_us);
    close(ends[1]);
    ssize_t size = read(ends[0], text, room - 1);
    assert_true(size >= 0);
    text[size] = '\0';
    close(ends[0]);
}

static void test_pipe(void **state)
{
    (void)state;
    struct cli cli = {0};
    char text[1000];
    run_piped(&cli, LONG_US, text, sizeof text);
    assert_string_equal(text, "mprom: sending: 500,000 of 2,000,000 bytes\n"
                              "mprom: sending: 1,000,000 of 2,000,000 bytes\n"
                              "mprom: sending: 1,500,000 of 2,000,000 bytes\n"
                              "mprom: sending: 2,000,000 of 2,000,000 bytes\n");
}

static void test_quiet(void **state)
{
    (void)state;
    struct cli cli = {.quiet = true};
    char text[1000];
    run_piped(&cli, LONG_US, text, sizeof text);
    assert_string_equal(text, "");
}

static void test_short(void **state)
{
    (void)state;
    struct cli cli = {0};
    char text[1000];
    struct timespec start;
    struct timespec end;
    /* A busy machine can make a long operation of any; then it says nothing, and is done again. */
    do {
        clock_gettime(CLOCK_MONOTONIC, &start);
        run_piped(&cli, 0, text, sizeof text);
        clock_gettime(CLOCK_MONOTONIC, &end);
    } while ((end.tv_sec - start.tv_sec) * 1000000 + (end.tv_nsec - start.tv_nsec) / 1000 >= SHORT_US);
    assert_string_equal(text, "");
}

/* What run() prints on a terminal of a user with this locale. Returns its size. */
static size_t run_on_narrow(const char *locale, unsigned short columns, char *text, size_t room)
{
    struct winsize size_of = {.ws_row = 24, .ws_col = columns};
    struct cli cli = {0};
    int master;
    int slave;
    assert_int_equal(setenv("LC_ALL", locale, 1), 0);
    assert_int_equal(openpty(&master, &slave, NULL, NULL, columns > 0 ? &size_of : NULL), 0);
    run(slave, &cli, LONG_US);
    close(slave);
    /* Once nobody has the other end, reads give all that was written and then fail. */
    size_t size = 0;
    for (ssize_t n; (n = read(master, text + size, room - 1 - size)) > 0;) {
        size += (size_t)n;
    }
    close(master);
    text[size] = '\0';
    assert_true(size > 0);
    return size;
}

static size_t run_on_terminal(const char *locale, char *text, size_t room)
{
    return run_on_narrow(locale, 0, text, room);
}

/* U9: the rate goes, the bar shrinks, the numbers stay whole. */
static void test_narrow_terminal(void **state)
{
    (void)state;
    char text[8000];
    (void)run_on_narrow("C", 40, text, sizeof text);
    assert_non_null(strstr(text, "\x1b[?7lsending #####.....  50%  1,000,000 bytes\x1b[K"));
    (void)run_on_narrow("C", 32, text, sizeof text);
    assert_non_null(strstr(text, "\x1b[?7lsending  50%  1,000,000 bytes\x1b[K"));
    (void)run_on_narrow("C", 80, text, sizeof text);
    assert_non_null(strstr(text, " ###############...............  50%  1,000,000 bytes  "));
    assert_non_null(strstr(text, " KB/s"));
}

/* One that cannot draw a line anew gets whole lines. */
static void test_dumb_terminal(void **state)
{
    (void)state;
    char text[8000];
    setenv("TERM", "dumb", 1);
    (void)run_on_terminal("C.UTF-8", text, sizeof text);
    setenv("TERM", "vt100", 1);
    assert_non_null(strstr(text, "mprom: sending: 1,000,000 of 2,000,000 bytes\r\n"));
    assert_null(strchr(text, '\x1b'));
}

static void test_terminal(void **state)
{
    (void)state;
    char text[8000];
    size_t size = run_on_terminal("C.UTF-8", text, sizeof text);
    assert_non_null(strstr(text, "sending"));
    assert_non_null(strstr(text, " 50%  1,000,000 bytes"));
    assert_non_null(strstr(text, "100%  2,000,000 bytes"));
    assert_null(strchr(text, '\n'));                    /* it stays on its line, */
    assert_non_null(strstr(text, "\r\x1b[?7lsending")); /* also on a terminal that is too narrow for it, */
    assert_non_null(strstr(text, "\x1b[K\x1b[?7h"));
    assert_string_equal(text + size - 4, "\r\x1b[K"); /* which is empty again at the end */
}

static void test_bar(void **state)
{
    (void)state;
    char text[8000];
    (void)run_on_terminal("C.UTF-8", text, sizeof text);
    assert_non_null(strstr(text, " ███████████████░░░░░░░░░░░░░░░  50%"));
    (void)run_on_terminal("C", text, sizeof text);
    assert_non_null(strstr(text, " ###############...............  50%"));
    for (const char *p = text; *p; p++) {
        assert_true((unsigned char)*p < 0x80);
    }
    setenv("LANG", "de_DE.utf8", 1);
    unsetenv("LC_CTYPE");
    (void)run_on_terminal("", text, sizeof text);
    assert_non_null(strstr(text, "█"));
}

int main(void)
{
    setenv("TERM", "vt100", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pipe),
        cmocka_unit_test(test_quiet),
        cmocka_unit_test(test_short),
        cmocka_unit_test(test_terminal),
        cmocka_unit_test(test_bar),
        cmocka_unit_test(test_dumb_terminal),
        cmocka_unit_test(test_narrow_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
