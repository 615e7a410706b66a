/* mprom emulate: runs a board on this computer. The emulator is a program of its own; this finds it and becomes it.
 */
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "cli.h"

struct emulate_args {
    const char *state;
    const char *heap;
    bool safe_mode;
};

static const struct cli_option emulate_options[] = {
    {"state", 's', CLI_TEXT, offsetof(struct emulate_args, state), "DIR",
     "folder that keeps the flash; made if it is not there"},
    {"heap", 0, CLI_TEXT, offsetof(struct emulate_args, heap), "SIZE", "memory for Python, such as 256K"},
    {"safe-mode", 0, CLI_SWITCH, offsetof(struct emulate_args, safe_mode), NULL, "run neither boot nor main"},
    {0},
};

enum {
    EMULATE_ARGS_MAX = 8
};

static void make_argv(const struct emulate_args *args, const char *argv[EMULATE_ARGS_MAX])
{
    size_t count = 0;
    argv[count++] = "mprom-sim";
    if (args->state) {
        argv[count++] = "--state";
        argv[count++] = args->state;
    }
    if (args->heap) {
        argv[count++] = "--heap";
        argv[count++] = args->heap;
    }
    if (args->safe_mode) {
        argv[count++] = "--safe-mode";
    }
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

static int emulate_run(const struct cli *cli)
{
    const char *board = cli->operand_count > 0 ? cli->operands[0] : "SIM";
    if (strcasecmp(board, "SIM") != 0) {
        return cli_usage_error(cli, "there is no board '%s' to emulate; there is SIM", board);
    }
    const char *argv[EMULATE_ARGS_MAX];
    make_argv(cli->args, argv);
    char own[PATH_MAX] = "";
    if (readlink("/proc/self/exe", own, sizeof own - 1) < 0) {
        cli_error("cannot find the emulator, which lies beside mprom: %s", cli_strerror(errno));
        return CLI_FAILED;
    }
    const char *directory = dirname(own);
    become(directory, "../libexec/mprom/mprom-sim", argv);
    become(directory, "mprom-sim", argv);
    cli_error("cannot start the emulator %s/mprom-sim: %s", directory, cli_strerror(errno));
    return CLI_FAILED;
}

const struct cli_command cmd_emulate = {
    .name = "emulate",
    .summary = "run a board on this computer and print the port to connect to",
    .operands = "[BOARD]",
    .about = "Runs the firmware of BOARD on this computer until it is stopped with Ctrl-C, and\n"
             "prints the port to connect to. The flash is kept in the folder of --state, so that\n"
             "a board started again has kept its files (docs/emulator.md).\n\n"
             "Boards: SIM (the default).",
    .example = "mprom emulate SIM --state my-board",
    .operand_max = 1,
    .options = emulate_options,
    .args_size = sizeof(struct emulate_args),
    .run = emulate_run,
};
