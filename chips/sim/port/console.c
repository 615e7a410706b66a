/* The console of SIM: a terminal of the PC. */
#include "chips/sim/port/sim.h"
#include "emulator/host/host.h"
#include "micropython/firmware/board.h"

enum {
    TERMINAL_ROOM = 4095, /* what its pty keeps, and the ring that the firmware empties it into */
    CONSOLE_BAUD = 115200
};

static const struct sim_options *sim;

size_t board_console_read(uint8_t *dst, size_t size)
{
    return host_console_take(dst, size);
}

size_t board_console_room(void)
{
    return sim->receive_buffer > 0 ? sim->receive_buffer : TERMINAL_ROOM;
}

uint32_t board_console_baud_max(void)
{
    return sim->baud_max;
}

void board_console_set_baud(uint32_t baud)
{
    host_console_set_baud(sim->baud_max == 0 ? 0 : baud > 0 ? baud : CONSOLE_BAUD);
}

void board_console_write(const char *bytes, size_t size)
{
    host_console_write(bytes, size);
}

void board_wait(uint32_t timeout_ms)
{
    host_console_wait(timeout_ms);
}

/* The receive buffer is that of the console and that of the firmware together. */
static size_t console_room(void)
{
    size_t waiting = firmware_console_waiting();
    return waiting < sim->receive_buffer ? sim->receive_buffer - waiting : 0;
}

static void console_limit(void)
{
    static char path[HOST_PATH_MAX];
    host_path_print(path, "%s/overruns", sim->host.state_dir);
    if (sim->receive_buffer > 0) {
        host_console_limit(console_room, path);
    }
}

const char *sim_console_open(const struct sim_options *options)
{
    sim = options;
    const char *port = host_console_open(sim->console_fd >= 0 ? sim->console_fd : -1);
    board_console_set_baud(0);
    console_limit();
    return port;
}
