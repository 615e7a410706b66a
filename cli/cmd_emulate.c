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

/* Becomes directory/suffix, the emulator; returns if it is not there. */
static void become(const char *directory, const char *suffix, char *const argv[])
{
    char *path = NULL;
    if (asprintf(&path, "%s/%s", directory, suffix) > 0) {
        execv(path, argv);
    }
    free(path);
}

static int emulate_run(const struct cli *cli)
{
    const char *board = cli->operand_count > 0 ? cli->operands[0] : "SIM";
    if (strcasecmp(board, "SIM") != 0) {
        return cli_usage_error(cli, "there is no board '%s' to emulate; there is SIM", board);
    }
    char own[PATH_MAX] = "";
    ssize_t size = readlink("/proc/self/exe", own, sizeof own - 1);
    char **argv = calloc(cli->operand_count + 2, sizeof *argv);
    if (!argv || size < 0) {
        cli_error("cannot find the emulator: %s", cli_strerror(errno));
        free(argv);
        return CLI_FAILED;
    }
    argv[0] = "mprom-sim";
    for (size_t i = 1; i < cli->operand_count; i++) {
        argv[i] = cli->operands[i];
    }
    const char *directory = dirname(own);
    become(directory, "mprom-sim", argv);
    become(directory, "../libexec/mprom/mprom-sim", argv);
    cli_error("cannot start the emulator %s/mprom-sim: %s", directory, cli_strerror(errno));
    free(argv);
    return CLI_FAILED;
}

const struct cli_command cmd_emulate = {
    .name = "emulate",
    .summary = "run a board on this computer and print the port to connect to",
    .operands = "[BOARD] [-- OPTION...]",
    .about = "Runs the firmware of BOARD on this computer until it is stopped with Ctrl-C, and\n"
             "prints the port to connect to. What follows -- is handed to the emulator.\n"
             "Boards: SIM (the default).",
    .example = "mprom emulate SIM",
    .operand_max = CLI_OPERANDS_MANY,
    .run = emulate_run,
};
