/*
 * The board SIM: what board.h asks of a board, on a PC.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "chips/sim/board.h"
#include "chips/sim/port/sim.h"
#include "emulator/host/chatter.h"
#include "emulator/host/host.h"
#include "micropython/firmware/board.h"

enum {
    SIM_STACK_SIZE = 256 * 1024
};

const char host_program[] = "mprom-sim";

static struct sim_options sim_options;

bool board_safe_mode(void)
{
    return sim_options.safe_mode;
}

int main(int argc, char **argv)
{
    struct mprom_kit_rom segments;
    sim_options_read(&sim_options, argc, argv);
    if (argc > SIM_ARGS_MAX) {
        host_fail("too many arguments");
    }
    if (!sim_options.host.restarted) {
        host_state_open(sim_options.host.state_dir);
    }
    sim_segments_read(&segments, &sim_options);
    sim_flash_open(&sim_options, &segments);
    if (sim_options.host.restarted && sim_options.port_goes_ms > 0) {
        usleep(sim_options.port_goes_ms * 1000);
    }
    const char *port = sim_console_open(&sim_options);
    if (sim_options.chatter_ms > 0) {
        host_chatter_start(sim_options.chatter_ms);
    }
    sim_restart_open(&sim_options, argc, argv);
    host_registry_add(sim_facts_SIM.name, port, sim_options.host.state_dir);
    if (!sim_options.host.restarted) {
        printf("%s\n", port);
        fflush(stdout);
    }
    uint8_t board_id[HOST_ID_SIZE];
    host_id_read(board_id, sim_options.host.state_dir);
    struct board board = {
        .rom = sim_segments_open(&segments),
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
