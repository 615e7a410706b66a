/*
 * The board SIM: what board.h asks of a board, on a PC.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "emulator/host/chatter.h"
#include "emulator/programs/sim/sim.h"
#include "micropython/firmware/board.h"

enum {
    SIM_STACK_SIZE = 256 * 1024,
    SIM_TERMINAL_ROOM = 4095, /* what its pty keeps, and the ring that the firmware empties it into */
    SIM_BAUD = 115200,
    SIM_ARGS_MAX = 64,
    SIM_SLOT_COUNT = 2
};

const char host_program[] = "mprom-sim";

static struct sim_options sim_options;
static char *sim_restart_argv[SIM_ARGS_MAX + 2];

size_t board_console_read(uint8_t *dst, size_t size)
{
    return host_console_take(dst, size);
}

size_t board_console_room(void)
{
    return sim_options.receive_buffer > 0 ? sim_options.receive_buffer : SIM_TERMINAL_ROOM;
}

uint32_t board_console_baud_max(void)
{
    return sim_options.baud_max;
}

void board_console_set_baud(uint32_t baud)
{
    host_console_set_baud(sim_options.baud_max == 0 ? 0 : baud > 0 ? baud : SIM_BAUD);
}

void board_console_write(const char *bytes, size_t size)
{
    host_console_write(bytes, size);
}

void board_wait(uint32_t timeout_ms)
{
    host_console_wait(timeout_ms);
}

uint64_t board_clock_us(void)
{
    static uint64_t start_ns;
    if (start_ns == 0) {
        start_ns = host_clock_ns();
    }
    return (host_clock_ns() - start_ns) / 1000;
}

uint64_t board_time_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

bool board_safe_mode(void)
{
    return sim_options.safe_mode;
}

/* As USB does with the chip. Called by a signal's handler as well. */
static void sim_drop_port(void)
{
    if (sim_options.port_goes_ms > 0) {
        host_registry_remove();
        close(host_console_fd());
    }
}

/*
 * The program runs anew in the same process, so that all memory is lost; the terminal stays. Until it listens to the
 * reset button it ignores it (the program that runs then inherits that): a button bounces, and a signal that nothing
 * handles would end the board.
 */
static void sim_start_again(void)
{
    signal(SIGUSR1, SIG_IGN);
    sim_drop_port();
    execv("/proc/self/exe", sim_restart_argv);
}

void board_reset(void)
{
    sim_start_again();
    host_fail("cannot start again");
}

/* The reset button. */
static void sim_reset(int number)
{
    (void)number;
    sim_start_again();
    _exit(1);
}

/* Made before it is needed, because a signal's handler may not do much. */
static void sim_prepare_restart(int argc, char **argv)
{
    static char option[32];
    int count = 0;
    for (int i = 0; i < argc; i++) {
        if (strncmp(argv[i], "--console-fd=", 13) != 0) {
            sim_restart_argv[count++] = argv[i];
        }
    }
    snprintf(option, sizeof(option), "--console-fd=%d",
             sim_options.port_goes_ms > 0 ? SIM_CONSOLE_ANEW : host_console_fd());
    sim_restart_argv[count] = option;
    /* Not blocked while it is handled: what is blocked stays so in the program that runs then. */
    struct sigaction action = {.sa_handler = sim_reset, .sa_flags = SA_NODEFER};
    sigaction(SIGUSR1, &action, NULL);
}

/* The receive buffer is that of the console and that of the firmware together. */
static size_t sim_console_room(void)
{
    size_t waiting = firmware_console_waiting();
    return waiting < sim_options.receive_buffer ? sim_options.receive_buffer - waiting : 0;
}

static void sim_limit_console(void)
{
    static char path[HOST_PATH_MAX];
    host_path_print(path, "%s/overruns", sim_options.host.state_dir);
    if (sim_options.receive_buffer > 0) {
        host_console_limit(sim_console_room, path);
    }
}

/* Two slots of one group and a segment of its own, or three of their own. */
static struct mprom_rom *sim_segments(void)
{
    static struct mprom_rom_segment segments[SIM_SEGMENT_COUNT] = {
        {.name = "rom0"},
        {.name = "rom1"},
        {.name = "rom2"},
    };
    static struct mprom_rom_state states[SIM_SEGMENT_COUNT];
    static struct mprom_rom rom;
    for (uint32_t id = 0; id < SIM_SEGMENT_COUNT; id++) {
        segments[id].flash = sim_flash_segments();
        segments[id].off = id * sim_options.segment_size;
        segments[id].size = sim_options.segment_size;
        segments[id].has_trailer = !sim_options.plain && !sim_options.compat && id < SIM_SLOT_COUNT;
        segments[id].group = segments[id].has_trailer ? 1 : MPROM_ROM_GROUP_NONE;
    }
    if (mprom_rom_init(&rom, segments, states, SIM_SEGMENT_COUNT, &firmware_rom_hooks)) {
        errno = 0;
        host_fail("segment %u: %s", (unsigned)rom.error.segment, rom.error.what);
    }
    return &rom;
}

int main(int argc, char **argv)
{
    sim_options_read(&sim_options, argc, argv);
    if (argc > SIM_ARGS_MAX) {
        host_fail("too many arguments");
    }
    if (!sim_options.host.restarted) {
        host_state_open(sim_options.host.state_dir);
    }
    sim_flash_open(&sim_options);
    if (sim_options.host.restarted && sim_options.port_goes_ms > 0) {
        usleep(sim_options.port_goes_ms * 1000);
    }
    const char *port = host_console_open(sim_options.console_fd >= 0 ? sim_options.console_fd : -1);
    board_console_set_baud(0);
    sim_limit_console();
    if (sim_options.chatter_ms > 0) {
        host_chatter_start(sim_options.chatter_ms);
    }
    sim_prepare_restart(argc, argv);
    host_registry_add("SIM", port, sim_options.host.state_dir);
    if (!sim_options.host.restarted) {
        printf("%s\n", port);
        fflush(stdout);
    }
    uint8_t board_id[HOST_ID_SIZE];
    host_id_read(board_id, sim_options.host.state_dir);
    struct board board = {
        .rom = sim_segments(),
        .disk = sim_flash_disk(),
        .disk_size = sim_flash_disk()->geometry->size,
        .heap = malloc(sim_options.heap_size),
        .heap_size = sim_options.heap_size,
        .stack_size = SIM_STACK_SIZE,
        .id = board_id,
        .id_size = sizeof(board_id),
    };
    if (!board.heap) {
        host_fail("not enough memory for the heap");
    }
    if (sim_options.no_poll) {
        compat_hide_input();
    }
    if (sim_options.interrupts) {
        firmware_poll_always();
    }
    firmware_run(&board);
}
