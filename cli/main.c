/* mprom: finds the subcommand, parses its command line, runs it. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

/* Output that did not arrive (a full disk, a closed pipe) makes a failure of whatever the command said. */
static int finish(int status)
{
    errno = 0;
    if (fflush(stdout) || ferror(stdout)) {
        cli_error("cannot write to standard output: %s", errno ? cli_strerror(errno) : "output error");
        return status ? status : CLI_FAILED;
    }
    return status;
}

static int run_command(const struct cli_command *command, int argc, char **argv)
{
    struct cli cli = {.command = command};
    int status = cli_parse(&cli, argc, argv);
    if (status == CLI_OK && cli.help) {
        cli_print_command_help(stdout, command);
    } else if (status == CLI_OK) {
        status = command->run(&cli);
    }
    cli_release(&cli);
    return finish(status);
}

static int complain_unknown(const char *name)
{
    const struct cli_command *near = cli_suggest_command(name);
    if (near) {
        cli_error("there is no command '%s'; did you mean '%s'?", name, near->name);
    } else {
        cli_error("there is no command '%s'; 'mprom --help' lists the commands", name);
    }
    return CLI_USAGE;
}

/* `mprom help [COMMAND]` */
static int run_help(int argc, char **argv)
{
    if (argc < 2) {
        cli_print_help(stdout);
        return finish(CLI_OK);
    }
    const struct cli_command *command = cli_find_command(argv[1]);
    if (!command) {
        return complain_unknown(argv[1]);
    }
    cli_print_command_help(stdout, command);
    return finish(CLI_OK);
}

/* Moves the options before the command's name behind it, so that the command parses them like its own. */
static char **rotate_options(char **argv, int command_index)
{
    char *name = argv[command_index];
    for (int i = command_index; i > 1; i--) {
        argv[i] = argv[i - 1];
    }
    argv[1] = name;
    return argv + 1;
}

/*
 * A standard stream that was closed is a free number, which the next file gets: the board's port would then read what
 * is said to the user. What stands in its place takes no output and has no input, so that both are still a failure.
 */
static bool hold_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        int flags = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", flags) != fd) {
            return false;
        }
    }
    return true;
}

int main(int argc, char **argv)
{
    if (!hold_standard_streams()) {
        return CLI_FAILED;
    }
    struct cli global = {0};
    int index = 0;
    int status = cli_parse_global(&global, argc, argv, &index);
    cli_release(&global);
    if (status) {
        return status;
    }
    if (global.help || global.version) {
        (global.help ? cli_print_help : cli_print_version)(stdout);
        return finish(CLI_OK);
    }
    if (index >= argc) {
        cli_print_help(stderr);
        return CLI_USAGE;
    }
    if (strcmp(argv[index], "help") == 0) {
        return run_help(argc - index, argv + index);
    }
    const struct cli_command *command = cli_find_command(argv[index]);
    if (!command) {
        return complain_unknown(argv[index]);
    }
    return run_command(command, argc - 1, rotate_options(argv, index));
}
