/*
 * The options that every emulated board takes (docs/emulator.md): where its flash is kept, and what goes wrong with
 * it.
 */
#ifndef MPROM_EMULATOR_OPTIONS_H
#define MPROM_EMULATOR_OPTIONS_H

#include <stdbool.h>

#include "emulator/array/cells.h"

struct host_options {
    const char *state_dir; /* holds the flash's contents and the symbolic link to the console */
    const char *log_path;  /* file for one line per flash operation; NULL for none */
    const char *cut;       /* when power fails, as NUMBER:STATE[:SEED]; NULL for never */
    const char *fault;     /* what is wrong with the flash, as KIND:PLACE; NULL for nothing */
    bool reset;            /* the flash starts blank */
    bool restarted;        /* only the board was reset: its flash is kept, the log goes on, no cut is due */
};

enum host_option_name {
    HOST_OPTION_STATE = 512, /* above the programs' own */
    HOST_OPTION_RESET,
    HOST_OPTION_LOG,
    HOST_OPTION_CUT,
    HOST_OPTION_FAULT,
};

/* For the table of getopt_long(). */
#define HOST_OPTION_NAMES                                                                                            \
    {"state", required_argument, NULL, HOST_OPTION_STATE}, {"reset", no_argument, NULL, HOST_OPTION_RESET},          \
        {"log", required_argument, NULL, HOST_OPTION_LOG}, {"cut", required_argument, NULL, HOST_OPTION_CUT},        \
    {                                                                                                                \
        "fault", required_argument, NULL, HOST_OPTION_FAULT                                                          \
    }

/* For the text of --help. */
#define HOST_OPTION_USAGE                                                                                            \
    "  --state DIR    folder for the flash contents and the link `port` to the terminal;\n"                          \
    "                 made if it is not there (default: mprom-BOARD)\n"                                              \
    "  --reset        start with blank flash\n"                                                                      \
    "  --log FILE     write a line for each program and erase of the flash\n"                                        \
    "  --cut NUMBER:STATE[:SEED]  cut the power at an operation of the segments' flash\n"                            \
    "  --fault KIND:PLACE  let an operation or a place of the segments' flash fail\n"

/* Takes one of these options, with its argument in optarg. Returns whether it is one of them. */
bool host_options_apply(struct host_options *options, int name);

/*
 * Opens cells in the file `name` of the state folder, and the file of --log if that is not open yet. Exits with a
 * message on failure.
 */
void host_flash_open(const struct host_options *options, const char *name, struct cells *cells,
                     const struct mprom_flash_geometry *geometry);

/* Writes an operation to the log, if there is one: for cells_hooks.operation. */
void host_flash_log(const char *name, const struct cells_operation *operation);

/*
 * Plans the cut and reads the fault that the command line asks for, if they are due: operations are counted from the
 * first start, but what is wrong with a place stays wrong over resets. Refuses what makes no sense. Returns whether
 * there is a fault.
 */
bool host_failures_read(const struct host_options *options, struct cells *cells, struct cells_fault *fault);

#endif
