/* mprom emulate: runs a board on this computer. The emulator is a program of its own; this finds it and becomes it.
 */
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "cli.h"

struct emulate_args {
    const char *state;
    const char *heap;
    const char *compat;
    const char *log;
    const char *cut;
    const char *fault;
    bool safe_mode;
    bool realtime;
    bool reset;
};

static const struct cli_option emulate_options[] = {
    {"state", 's', CLI_TEXT, offsetof(struct emulate_args, state), "DIR",
     "folder that keeps the flash; made if it is not there"},
    {"heap", 0, CLI_TEXT, offsetof(struct emulate_args, heap), "SIZE", "memory for Python, such as 256K (SIM)"},
    {"compat", 0, CLI_TEXT, offsetof(struct emulate_args, compat), "SHAPE",
     "pose as a board with stock MicroPython: view, blocks, device, mram or mram-blocks (SIM)"},
    {"safe-mode", 0, CLI_SWITCH, offsetof(struct emulate_args, safe_mode), NULL, "run neither boot nor main (SIM)"},
    {"realtime", 0, CLI_SWITCH, offsetof(struct emulate_args, realtime), NULL,
     "take as long as the board does (not SIM)"},
    {"reset", 0, CLI_SWITCH, offsetof(struct emulate_args, reset), NULL, "start with blank flash"},
    {"log", 0, CLI_TEXT, offsetof(struct emulate_args, log), "FILE",
     "write a line for each program and erase of the flash"},
    {"cut", 0, CLI_TEXT, offsetof(struct emulate_args, cut), "NUMBER:STATE[:SEED]",
     "cut the power at an operation of the flash"},
    {"fault", 0, CLI_TEXT, offsetof(struct emulate_args, fault), "KIND:PLACE",
     "let an operation or a place of the flash fail"},
    {0},
};

enum {
    EMULATE_ARGS_MAX = 20
};

/* An option of the emulator's with its argument, if there is one. */
static void add_option(const char *argv[EMULATE_ARGS_MAX], size_t *count, const char *name, const char *argument)
{
    if (argument) {
        argv[(*count)++] = name;
        argv[(*count)++] = argument;
    }
}

static void add_switch(const char *argv[EMULATE_ARGS_MAX], size_t *count, const char *name, bool wanted)
{
    if (wanted) {
        argv[(*count)++] = name;
    }
}

/* SIM is a program of its own; every other board is for the machine that runs cross-compiled firmware. */
static void make_argv(const struct emulate_args *args, const char *board, const char *argv[EMULATE_ARGS_MAX])
{
    bool is_sim = strcasecmp(board, "SIM") == 0;
    size_t count = 0;
    argv[count++] = is_sim ? "mprom-sim" : "mprom-machine";
    add_option(argv, &count, "--board", is_sim ? NULL : board);
    add_option(argv, &count, "--state", args->state);
    add_option(argv, &count, "--heap", args->heap);
    add_option(argv, &count, "--compat", args->compat);
    add_option(argv, &count, "--log", args->log);
    add_option(argv, &count, "--cut", args->cut);
    add_option(argv, &count, "--fault", args->fault);
    add_switch(argv, &count, "--safe-mode", args->safe_mode);
    add_switch(argv, &count, "--realtime", args->realtime);
    add_switch(argv, &count, "--reset", args->reset);
    argv[count] = NULL;
}

/* Becomes directory/suffix, the emulator; returns with errno if that does not go. */
static void become(const char *directory, const char *suffix, const char *const argv[])
{
    char *path = NULL;
    if (asprintf(&path, "%s/%s", directory, suffix) > 0) {
        /* execv() takes its strings for writable and leaves them alone. */
        execv(path, (char *const *)(uintptr_t)argv);
    }
    int error = errno;
    free(path);
    errno = error;
}

/* Options that this board's emulator does not have. */
static const char *refused_option(const struct emulate_args *args, const char *board)
{
    if (strcasecmp(board, "SIM") == 0) {
        return args->realtime ? "--realtime" : NULL;
    }
    return args->heap ? "--heap" : args->safe_mode ? "--safe-mode" : args->compat ? "--compat" : NULL;
}

static int emulate_run(const struct cli *cli)
{
    const char *board = cli->operand_count > 0 ? cli->operands[0] : "SIM";
    const char *refused = refused_option(cli->args, board);
    if (refused) {
        return cli_usage_error(cli, "the board %s has no %s", board, refused);
    }
    const char *argv[EMULATE_ARGS_MAX];
    make_argv(cli->args, board, argv);
    char own[PATH_MAX] = "";
    char installed[32];
    if (readlink("/proc/self/exe", own, sizeof own - 1) < 0) {
        cli_error("cannot find the emulator, which lies beside mprom: %s", cli_strerror(errno));
        return CLI_FAILED;
    }
    const char *directory = dirname(own);
    snprintf(installed, sizeof installed, "../libexec/mprom/%s", argv[0]);
    become(directory, installed, argv);
    become(directory, argv[0], argv);
    cli_error("cannot start the emulator %s/%s: %s", directory, argv[0], cli_strerror(errno));
    return CLI_FAILED;
}

const struct cli_command cmd_emulate = {
    .name = "emulate",
    .summary = "run a board on this computer and print the port to connect to",
    .operands = "[BOARD]",
    .about = "Runs the firmware of BOARD on this computer until it is stopped with Ctrl-C, and\n"
             "prints the port to connect to. The flash is kept in the folder of --state, so that\n"
             "a board started again has kept its files (docs/emulator.md).\n\n"
             "Boards: SIM (the default), the firmware compiled for this computer; and those whose\n"
             "firmware `make boards` has built, which runs as it would be flashed.",
    .example = "mprom emulate SIM --state my-board",
    .operand_max = 1,
    .options = emulate_options,
    .args_size = sizeof(struct emulate_args),
    .run = emulate_run,
};
