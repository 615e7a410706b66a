/*
 * The board SIM: what board.h asks of a board, on a PC.
 */
#include <errno.h>
#include <fcntl.h>
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
    SIM_ARGS_MAX = 64,
    SIM_SLOT_COUNT = 2
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

/*
 * Two boards over one flash would destroy it. The lock goes with the open file, which a reset hands on, so it is
 * taken once.
 */
static void sim_lock_state(void)
{
    if (mkdir(sim_options.state_dir, 0777) && errno != EEXIST) {
        sim_fail("%s", sim_options.state_dir);
    }
    int fd = open(sim_options.state_dir, O_RDONLY | O_DIRECTORY);
    if (fd < 0) {
        sim_fail("%s", sim_options.state_dir);
    }
    if (flock(fd, LOCK_EX | LOCK_NB)) {
        errno = 0;
        sim_fail("%s is in use by another board", sim_options.state_dir);
    }
}

/* Two slots of one group and a segment of its own, or three of their own. */
static struct rom *sim_segments(void)
{
    static struct rom_segment segments[SIM_SEGMENT_COUNT] = {
        {.name = "rom0"},
        {.name = "rom1"},
        {.name = "rom2"},
    };
    static struct rom_state states[SIM_SEGMENT_COUNT];
    static struct rom rom;
    for (uint32_t id = 0; id < SIM_SEGMENT_COUNT; id++) {
        segments[id].flash = sim_flash_segments();
        segments[id].off = id * sim_options.segment_size;
        segments[id].size = sim_options.segment_size;
        segments[id].has_trailer = !sim_options.plain && id < SIM_SLOT_COUNT;
        segments[id].group = segments[id].has_trailer ? 1 : ROM_GROUP_NONE;
    }
    if (rom_init(&rom, segments, states, SIM_SEGMENT_COUNT, &firmware_rom_hooks)) {
        errno = 0;
        sim_fail("segment %u: %s", (unsigned)rom.error.segment, rom.error.what);
    }
    return &rom;
}

int main(int argc, char **argv)
{
    sim_argc = argc;
    sim_argv = argv;
    sim_options_read(&sim_options, argc, argv);
    if (argc > SIM_ARGS_MAX) {
        sim_fail("too many arguments");
    }
    bool restart = sim_options.console_fd >= 0;
    if (!restart) {
        sim_lock_state();
    }
    sim_options.reset &= !restart; /* flash is kept over a reset, whatever the first start asked for */
    sim_flash_open(&sim_options);
    const char *port = sim_console_open(sim_options.console_fd, sim_options.state_dir);
    sim_registry_add("SIM", port);
    if (!restart) {
        printf("%s\n", port);
        fflush(stdout);
    }
    struct board board = {
        .rom = sim_segments(),
        .disk = sim_flash_disk(),
        .disk_size = sim_flash_disk()->geometry->size,
        .heap = malloc(sim_options.heap_size),
        .heap_size = sim_options.heap_size,
        .stack_size = SIM_STACK_SIZE,
    };
    if (!board.heap) {
        sim_fail("not enough memory for the heap");
    }
    firmware_run(&board);
}
