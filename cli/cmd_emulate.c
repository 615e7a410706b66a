/* mprom emulate: runs a board on this computer. The emulator is a program of its own; this finds it and becomes it.
 */
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "cli/cli.h"

struct emulate_args {
    const char *state;
    const char *heap;
    const char *compat;
    const char *segment_size;
    const char *receive_buffer;
    const char *baud_max;
    const char *chatter;
    const char *port_goes;
    const char *firmware;
    const char *overrun;
    const char *time;
    const char *log;
    const char *cut;
    const char *fault;
    bool safe_mode;
    bool plain;
    bool uneven;
    bool power_returns;
    bool interrupts;
    bool no_poll;
    bool realtime;
    bool reset;
    bool list;
    bool describe;
};

#define FIELD(field) offsetof(struct emulate_args, field)

/*
 * Every option of the emulators (chips/sim/port/options.c, emulator/programs/machine/main.c), so that this is all that one
 * needs.
 */
static const struct cli_option emulate_options[] = {
    {"state", 's', CLI_TEXT, FIELD(state), "DIR", "folder that keeps the flash; made if it is not there"},
    {"reset", 0, CLI_SWITCH, FIELD(reset), NULL, "start with blank flash"},
    {"list", 0, CLI_SWITCH, FIELD(list), NULL, "list the boards"},
    {"describe", 0, CLI_SWITCH, FIELD(describe), NULL, "print what the board is, as JSON"},
    {"compat", 0, CLI_TEXT, FIELD(compat), "SHAPE",
     "pose as a board with stock MicroPython: view, device, sectors, samd or others (SIM)"},
    {"heap", 0, CLI_TEXT, FIELD(heap), "SIZE", "memory for Python, such as 256K (SIM)"},
    {"segment-size", 0, CLI_TEXT, FIELD(segment_size), "SIZE", "of each of the three segments (SIM)"},
    {"plain", 0, CLI_SWITCH, FIELD(plain), NULL, "segments without trailers and slots (SIM)"},
    {"uneven", 0, CLI_SWITCH, FIELD(uneven), NULL, "erase blocks of 16, 64 and 128 KiB (SIM)"},
    {"safe-mode", 0, CLI_SWITCH, FIELD(safe_mode), NULL, "run neither boot nor main (SIM)"},
    {"receive-buffer", 0, CLI_TEXT, FIELD(receive_buffer), "BYTES",
     "lose what the console receives beyond that, as a UART does (SIM)"},
    {"baud-max", 0, CLI_TEXT, FIELD(baud_max), "RATE",
     "the console is a UART of 115200 baud that the firmware can raise so far (SIM)"},
    {"power-returns", 0, CLI_SWITCH, FIELD(power_returns), NULL, "after the cut start again at once (SIM)"},
    {"port-goes", 0, CLI_TEXT, FIELD(port_goes), "MS",
     "at a hard reset another terminal takes the place of the old one after MS milliseconds (SIM)"},
    {"chatter", 0, CLI_TEXT, FIELD(chatter), "MS", "another task prints a line every MS milliseconds (SIM)"},
    {"interrupts", 0, CLI_SWITCH, FIELD(interrupts), NULL, "see Ctrl-C at once, as a UART's interrupt does (SIM)"},
    {"no-poll", 0, CLI_SWITCH, FIELD(no_poll), NULL, "select.poll() never finds input on the console (SIM)"},
    {"realtime", 0, CLI_SWITCH, FIELD(realtime), NULL, "take as long as the board does (not SIM)"},
    {"firmware", 0, CLI_TEXT, FIELD(firmware), "FILE", "another ELF file than the one by make boards (not SIM)"},
    {"overrun", 0, CLI_TEXT, FIELD(overrun), "RATE",
     "lose bytes that come at this rate and that the firmware is late for (not SIM)"},
    {"time", 0, CLI_TEXT, FIELD(time), "FILE", "keep the times of the board and of its flash there (not SIM)"},
    {"log", 0, CLI_TEXT, FIELD(log), "FILE", "write a line for each program and erase of the flash"},
    {"cut", 0, CLI_TEXT, FIELD(cut), "NUMBER:STATE[:SEED]", "cut the power at an operation of the flash"},
    {"fault", 0, CLI_TEXT, FIELD(fault), "KIND:PLACE", "let an operation or a place of the flash fail"},
    {0},
};

/* Which boards have an option that not all of them have. */
static const char *const only_sim[] = {
    "compat",   "heap",          "segment-size", "plain",      "uneven",  "safe-mode", "receive-buffer",
    "baud-max", "power-returns", "chatter",      "interrupts", "no-poll", "port-goes", NULL};
static const char *const only_others[] = {"realtime", "firmware", "overrun", "time", NULL};

enum {
    EMULATE_ARGS_MAX = 2 * (sizeof emulate_options / sizeof emulate_options[0]) + 4,
    EMULATE_TEXT_ROOM = 256, /* of --overrun=RATE */
};

/* SIM with --plain, by the name that its facts have. */
static bool is_sim_plain(const char *board)
{
    return strcasecmp(board, "SIM_PLAIN") == 0;
}

static bool is_sim(const char *board)
{
    return strcasecmp(board, "SIM") == 0 || is_sim_plain(board);
}

/* An option's value: a text, "" for a switch that was given, or NULL. */
static const char *option_value(const struct emulate_args *args, const struct cli_option *option)
{
    const char *field = (const char *)args + option->off;
    bool is_given;
    const char *text;
    if (option->kind == CLI_SWITCH) {
        memcpy(&is_given, field, sizeof is_given);
        return is_given ? "" : NULL;
    }
    memcpy(&text, field, sizeof text);
    return text;
}

/* What mprom-machine knows of all boards, SIM too. Returns whether that was asked for. */
static bool make_question(const struct emulate_args *args, const char *board, const char *argv[EMULATE_ARGS_MAX])
{
    argv[0] = "mprom-machine";
    argv[1] = args->list ? "--list" : "--describe";
    argv[2] = args->list ? NULL : is_sim(board) && args->plain ? "SIM_PLAIN" : board;
    argv[3] = NULL;
    return args->list || args->describe;
}

/* The command line that starts the board; `room` holds its texts. */
static void make_argv(const struct emulate_args *args, const char *board, const char *argv[EMULATE_ARGS_MAX],
                      char room[EMULATE_ARGS_MAX][EMULATE_TEXT_ROOM])
{
    size_t count = 0;
    argv[count++] = is_sim(board) ? "mprom-sim" : "mprom-machine";
    if (is_sim_plain(board) && !args->plain) {
        argv[count++] = "--plain";
    } else if (!is_sim(board)) {
        argv[count++] = "--board";
        argv[count++] = board;
    }
    for (const struct cli_option *option = emulate_options; option->name; option++) {
        const char *value = option_value(args, option);
        if (!value) {
            continue;
        }
        /* mprom-machine may be told no rate: then it has to stand in the same word. */
        bool in_one = option->off == FIELD(overrun);
        snprintf(room[count], EMULATE_TEXT_ROOM, in_one ? "--%s=%s" : "--%s", option->name, value);
        argv[count] = room[count];
        count++;
        if (option->kind != CLI_SWITCH && !in_one) {
            argv[count++] = value;
        }
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

/* The first option of names that was given, or NULL. */
static const char *given_option(const struct emulate_args *args, const char *const *names)
{
    for (const struct cli_option *option = emulate_options; option->name; option++) {
        for (size_t i = 0; names[i]; i++) {
            if (strcmp(names[i], option->name) == 0 && option_value(args, option)) {
                return option->name;
            }
        }
    }
    return NULL;
}

static int emulate_run(const struct cli *cli)
{
    static char texts[EMULATE_ARGS_MAX][EMULATE_TEXT_ROOM];
    const struct emulate_args *args = cli->args;
    const char *board = args->list ? "all" : cli->operand_count > 0 ? cli->operands[0] : "SIM";
    const char *refused = args->list ? NULL : given_option(args, is_sim(board) ? only_others : only_sim);
    if (refused) {
        return cli_usage_error(cli, "the board %s has no --%s", board, refused);
    }
    const char *argv[EMULATE_ARGS_MAX];
    if (!make_question(args, board, argv)) {
        make_argv(args, board, argv, texts);
    }
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
    if (args->list) {
        puts("SIM\nSIM_PLAIN"); /* those that run without mprom-machine */
        return CLI_OK;
    }
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
             "Boards: SIM (the default), the firmware compiled for this computer, and SIM_PLAIN, the\n"
             "same without slots; and those whose firmware `make boards` has built, which runs as it\n"
             "would be flashed; --list names them.",
    .example = "mprom emulate SIM --state my-board",
    .operand_max = 1,
    .options = emulate_options,
    .args_size = sizeof(struct emulate_args),
    .run = emulate_run,
};
