/*
 * The board SIM: what board.h asks of a board, on a PC.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "micropython/firmware/board.h"
#include "sim.h"

enum {
    SIM_STACK_SIZE = 256 * 1024,
    SIM_ARGS_MAX = 64
};

static struct sim_options sim_options;
static char **sim_argv;
static int sim_argc;

void sim_fail(const char *format, ...)
{
    int reason = errno;
    va_list args;
    va_start(args, format);
    fputs("mprom-sim: ", stderr);
    vfprintf(stderr, format, args);
    va_end(args);
    if (reason) {
        fprintf(stderr, ": %s", strerror(reason));
    }
    fputc('\n', stderr);
    sim_registry_remove();
    exit(1);
}

void sim_path_print(char *path, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vsnprintf(path, SIM_PATH_MAX, format, args);
    va_end(args);
    if (length < 0 || length >= SIM_PATH_MAX) {
        sim_fail("a file name is too long");
    }
}

static uint64_t sim_clock_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t board_clock_us(void)
{
    static uint64_t start_ns;
    if (start_ns == 0) {
        start_ns = sim_clock_ns(CLOCK_MONOTONIC);
    }
    return (sim_clock_ns(CLOCK_MONOTONIC) - start_ns) / 1000;
}

uint64_t board_time_ns(void)
{
    return sim_clock_ns(CLOCK_REALTIME);
}

bool board_safe_mode(void)
{
    return sim_options.safe_mode;
}

/* The program runs anew in the same process, so that all memory is lost; the terminal stays. */
void board_reset(void)
{
    char option[32];
    char *argv[SIM_ARGS_MAX + 2];
    int count = 0;
    for (int i = 0; i < sim_argc && count < SIM_ARGS_MAX; i++) {
        if (strncmp(sim_argv[i], "--console-fd=", 13) != 0) {
            argv[count++] = sim_argv[i];
        }
    }
    snprintf(option, sizeof(option), "--console-fd=%d", sim_console_fd());
    argv[count++] = option;
    argv[count] = NULL;
    execv("/proc/self/exe", argv);
    sim_fail("cannot start again");
}

static void sim_end(int signal)
{
    (void)signal;
    sim_registry_remove();
    _exit(0);
}

/* Two boards over one flash would destroy it. The lock lasts as long as the process, over resets too. */
static void sim_lock_state(void)
{
    if (mkdir(sim_options.state_dir, 0777) && errno != EEXIST) {
        sim_fail("%s", sim_options.state_dir);
    }
    int fd = open(sim_options.state_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        sim_fail("%s", sim_options.state_dir);
    }
    if (flock(fd, LOCK_EX | LOCK_NB)) {
        errno = 0;
        sim_fail("%s is in use by another board", sim_options.state_dir);
    }
}

int main(int argc, char **argv)
{
    sim_argc = argc;
    sim_argv = argv;
    sim_options_read(&sim_options, argc, argv);
    if (argc > SIM_ARGS_MAX) {
        sim_fail("too many arguments");
    }
    signal(SIGTERM, sim_end);
    signal(SIGINT, sim_end);
    signal(SIGHUP, sim_end);
    sim_lock_state();
    bool restart = sim_options.console_fd >= 0;
    const char *port = sim_console_open(sim_options.console_fd, sim_options.state_dir);
    sim_registry_add("SIM", port);
    if (!restart) {
        printf("%s\n", port);
        fflush(stdout);
    }
    struct board board = {
        .heap = malloc(sim_options.heap_size),
        .heap_size = sim_options.heap_size,
        .stack_size = SIM_STACK_SIZE,
    };
    if (!board.heap) {
        sim_fail("not enough memory for the heap");
    }
    firmware_run(&board);
}
