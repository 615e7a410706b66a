/* The resets of SIM: the program runs anew in the same process. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "chips/sim/port/sim.h"
#include "emulator/host/host.h"
#include "micropython/firmware/board.h"

static char *restart_argv[SIM_ARGS_MAX + 2];
static uint32_t port_goes_ms;

/* As USB does with the chip. Called by a signal's handler as well. */
static void drop_port(void)
{
    if (port_goes_ms > 0) {
        host_registry_remove();
        close(host_console_fd());
    }
}

/*
 * The program runs anew in the same process, so that all memory is lost; the terminal stays. Until it listens to the
 * reset button it ignores it (the program that runs then inherits that): a button bounces, and a signal that nothing
 * handles would end the board.
 */
static void start_again(void)
{
    signal(SIGUSR1, SIG_IGN);
    drop_port();
    execv("/proc/self/exe", restart_argv);
}

void board_reset(void)
{
    start_again();
    host_fail("cannot start again");
}

/* The reset button. */
static void button_press(int number)
{
    (void)number;
    start_again();
    _exit(1);
}

/* Made before it is needed, because a signal's handler may not do much. */
void sim_restart_open(const struct sim_options *options, int argc, char **argv)
{
    static char option[32];
    int count = 0;
    port_goes_ms = options->port_goes_ms;
    for (int i = 0; i < argc; i++) {
        if (strncmp(argv[i], "--console-fd=", 13) != 0) {
            restart_argv[count++] = argv[i];
        }
    }
    snprintf(option, sizeof(option), "--console-fd=%d", port_goes_ms > 0 ? SIM_CONSOLE_ANEW : host_console_fd());
    restart_argv[count] = option;
    /* Not blocked while it is handled: what is blocked stays so in the program that runs then. */
    struct sigaction action = {.sa_handler = button_press, .sa_flags = SA_NODEFER};
    sigaction(SIGUSR1, &action, NULL);
}
