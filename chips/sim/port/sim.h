/*
 * The parts of SIM's port: what the firmware of micropython/firmware asks of a board, on the PC.
 */
#ifndef MPROM_SIM_H
#define MPROM_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chips/kit/facts.h"
#include "chips/sim/compat/compat.h"
#include "emulator/host/options.h"
#include "mprom/rom.h"

enum {
    SIM_CONSOLE_NEW = -1,  /* for console_fd: make a console, */
    SIM_CONSOLE_ANEW = -2, /* after a reset */
    SIM_ARGS_MAX = 64,
};

/* What the command line says. */
struct sim_options {
    struct host_options host;
    size_t heap_size;      /* bytes */
    uint32_t baud_max;     /* that the console's rate can be raised to; 0: it is no UART */
    size_t receive_buffer; /* bytes that wait for the program, others are lost; 0: the terminal waits for the board */
    uint32_t segment_size; /* bytes, of each of the segments, trailer included; 0: as the board's facts say */
    uint32_t chatter_ms;   /* a line is printed so often, whatever the board does; 0: never */
    bool no_poll;          /* select.poll() never finds input on the console */
    bool interrupts;       /* Ctrl-C is seen at once, as by a UART's interrupt */
    bool safe_mode;        /* boot and main do not run */
    bool plain;            /* segments have no trailers and are no slots */
    bool uneven;           /* blocks of three sizes */
    bool power_returns;    /* the board starts again at once after the cut, at the same terminal */
    const struct compat_shape *compat; /* what SIM poses as; NULL for mprom's own firmware */
    uint32_t
        port_goes_ms; /* at a reset the terminal goes away, and another one comes so long after it; 0: it stays */
    int console_fd;   /* the console to take over after a reset */
};

/*
 * Reads the command line. Prints usage, or what is wrong with it, and exits if there is nothing to run.
 */
void sim_options_read(struct sim_options *options, int argc, char **argv);

/* The segments that the board's facts give, in the size that the options give. */
void sim_segments_read(struct mprom_kit_rom *segments, const struct sim_options *options);

/*
 * Opens the flash of the segments and that of the writable filesystem; their contents are files in the state folder.
 * Exits with a message on failure.
 */
void sim_flash_open(const struct sim_options *options, const struct mprom_kit_rom *segments);

/* The flash that the segments lie in, one behind the other; valid after sim_flash_open(). */
const struct mprom_flash *sim_flash_segments(void);

/* The flash of the writable filesystem, as a whole; the same. */
const struct mprom_flash *sim_flash_disk(void);

/* The segments in their flash, for the firmware. Exits with a message on failure. */
struct mprom_rom *sim_segments_open(const struct mprom_kit_rom *segments);

/* Makes the console, or takes over that of before a reset. Returns the terminal's path. The options must stay valid. */
const char *sim_console_open(const struct sim_options *options);

/* Before this, board_reset() and the reset button do not work. The console is open; the options must stay valid. */
void sim_restart_open(const struct sim_options *options, int argc, char **argv);

#endif
