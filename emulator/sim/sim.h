/*
 * The parts of the board SIM: the firmware of micropython/firmware on the PC, its console a pty.
 */
#ifndef MPROM_SIM_H
#define MPROM_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SIM_PATH_MAX = 4096
};

/* What the command line says. */
struct sim_options {
    const char *state_dir; /* holds the flash's contents and the symbolic link to the console */
    size_t heap_size;      /* bytes */
    bool safe_mode;        /* boot and main do not run */
    int console_fd;        /* the console to take over after a reset; -1 to make a new one */
};

/*
 * Reads the command line. Prints usage, or what is wrong with it, and exits if there is nothing to run.
 */
void sim_options_read(struct sim_options *options, int argc, char **argv);

/*
 * Makes the console, or takes over the one behind fd if that is not -1. The link NAME `port` in state_dir then leads
 * to the terminal. Returns the terminal's path, valid until the end; exits with a message on failure.
 */
const char *sim_console_open(int fd, const char *state_dir);

/* The console's file descriptor, to be handed to the program that runs after a reset. */
int sim_console_fd(void);

/* Lists this process as a running board (docs/emulator.md says how). Exits with a message on failure. */
void sim_registry_add(const char *board, const char *port);

/* Takes it off the list. May be called from a signal handler. */
void sim_registry_remove(void);

/* Prints a path into SIM_PATH_MAX bytes; exits with a message if it does not fit. */
void sim_path_print(char *path, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Prints "mprom-sim: ...", with the reason of errno if it is not 0, and exits with status 1. */
void sim_fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
