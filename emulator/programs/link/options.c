/*
 * The command line of the link simulator.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emulator/host/host.h"

#include "emulator/programs/link/link_sim.h"

static const char options_usage[] =
    "usage: mprom-link --board PORT [option...]\n"
    "\n"
    "Puts a simulated link in front of a board: prints the port to connect to, and at the\n"
    "end what went over it.\n"
    "\n"
    "  --board PORT       the terminal of the board\n"
    "  --baud RATE        a UART: 10 bits a byte, each way\n"
    "  --baud-max RATE    the UART has the rate that the client sets its port to, so far\n"
    "  --usb              USB full speed: 800,000 bytes a second each way, an answer takes\n"
    "                     1 ms\n"
    "  --rate BYTES       any other speed, in bytes a second each way\n"
    "  --latency US       how long an answer takes, in microseconds\n"
    "  --seven-bit        the highest bit of every byte is lost\n"
    "  --fault KIND:WAY:BYTE[:SEED]  lose, double, flip, stall, noise, cut, reset or change at byte\n"
    "                     number BYTE to the `board` or to the `client`; up to 16 each way\n"
    "  --stall MS         how long a stall is (default: 5000)\n"
    "  --board-process PID  the process to send SIGUSR1 to for a reset\n"
    "  --help             this text\n";

enum option_name {
    OPTION_BOARD = 256, /* above every character */
    OPTION_BAUD,
    OPTION_BAUD_MAX,
    OPTION_USB,
    OPTION_RATE,
    OPTION_LATENCY,
    OPTION_SEVEN_BIT,
    OPTION_FAULT,
    OPTION_STALL,
    OPTION_BOARD_PROCESS,
    OPTION_HELP,
};

static const struct option option_names[] = {
    {"board", required_argument, NULL, OPTION_BOARD},
    {"baud", required_argument, NULL, OPTION_BAUD},
    {"baud-max", required_argument, NULL, OPTION_BAUD_MAX},
    {"usb", no_argument, NULL, OPTION_USB},
    {"rate", required_argument, NULL, OPTION_RATE},
    {"latency", required_argument, NULL, OPTION_LATENCY},
    {"seven-bit", no_argument, NULL, OPTION_SEVEN_BIT},
    {"fault", required_argument, NULL, OPTION_FAULT},
    {"stall", required_argument, NULL, OPTION_STALL},
    {"board-process", required_argument, NULL, OPTION_BOARD_PROCESS},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

static const char *const fault_names[LINE_FAULT_COUNT] = {
    [LINE_LOSE] = "lose",   [LINE_DOUBLE] = "double", [LINE_FLIP] = "flip",   [LINE_STALL] = "stall",
    [LINE_NOISE] = "noise", [LINE_CUT] = "cut",       [LINE_RESET] = "reset", [LINE_CHANGE] = "change",
};

static uint64_t options_number(const char *name, const char *text, uint64_t max)
{
    uint64_t number = 0;
    if (!host_take_number(&text, '\0', max, &number)) {
        host_refuse(name, "must be a number, and not so large");
    }
    return number;
}

static uint64_t options_byte_ns(const char *name, const char *text, uint64_t units)
{
    uint64_t rate = options_number(name, text, 1000000000);
    if (rate == 0) {
        host_refuse(name, "must not be 0");
    }
    return (units * 1000000000u + rate / 2) / rate;
}

/* Takes a word and the ':' behind it from the front of *text. */
static bool fault_take_word(const char **text, const char *word)
{
    size_t size = strlen(word);
    bool is_it = strncmp(*text, word, size) == 0 && (*text)[size] == ':';
    *text += is_it ? size + 1 : 0;
    return is_it;
}

static void options_add_fault(struct link_options *options, const char *text)
{
    struct line_fault fault = {.kind = LINE_LOSE};
    uint64_t seed = 0;
    while (fault.kind < LINE_FAULT_COUNT && !fault_take_word(&text, fault_names[fault.kind])) {
        fault.kind++;
    }
    bool to_board = fault_take_word(&text, "board");
    struct line_config *line = to_board ? &options->to_board : &options->to_client;
    if (fault.kind == LINE_FAULT_COUNT || (!to_board && !fault_take_word(&text, "client")) ||
        line->fault_count == LINE_FAULTS_MAX) {
        host_refuse("--fault", "must be KIND:WAY:BYTE[:SEED], at most 16 for each way");
    }
    const char *colon = strchr(text, ':');
    if (!host_take_number(&text, colon ? ':' : '\0', UINT64_MAX, &fault.off) ||
        (colon && !host_take_number(&text, '\0', UINT32_MAX, &seed))) {
        host_refuse("--fault", "BYTE and SEED must be numbers");
    }
    fault.seed = (uint32_t)seed;
    line->faults[line->fault_count++] = fault;
}

static void options_apply(struct link_options *options, int name)
{
    switch (name) {
    case OPTION_BOARD:
        options->board = optarg;
        break;
    case OPTION_BAUD:
        options->to_board.byte_ns = options_byte_ns("--baud", optarg, 10);
        options->baud = (uint32_t)options_number("--baud", optarg, UINT32_MAX);
        break;
    case OPTION_BAUD_MAX:
        options->baud_max = (uint32_t)options_number("--baud-max", optarg, UINT32_MAX);
        break;
    case OPTION_USB:
        options->to_board.byte_ns = 1250;
        options->to_client.latency_ns = 1000000;
        break;
    case OPTION_RATE:
        options->to_board.byte_ns = options_byte_ns("--rate", optarg, 1);
        break;
    case OPTION_LATENCY:
        options->to_client.latency_ns = 1000 * options_number("--latency", optarg, 10000000);
        break;
    case OPTION_SEVEN_BIT:
        options->to_board.seven_bit = options->to_client.seven_bit = true;
        break;
    case OPTION_FAULT:
        options_add_fault(options, optarg);
        break;
    case OPTION_STALL:
        options->to_board.stall_ns = 1000000 * options_number("--stall", optarg, 3600000);
        break;
    case OPTION_BOARD_PROCESS:
        options->board_pid = (int)options_number("--board-process", optarg, INT32_MAX);
        break;
    case OPTION_HELP:
        fputs(options_usage, stdout);
        exit(0);
    default:
        fputs(options_usage, stderr);
        exit(2);
    }
}

static void options_check(const struct link_options *options)
{
    for (size_t way = 0; way < 2; way++) {
        const struct line_config *line = way ? &options->to_client : &options->to_board;
        for (size_t i = 0; i < line->fault_count; i++) {
            if (line->faults[i].kind == LINE_RESET && options->board_pid == 0) {
                host_refuse("--fault", "a reset needs --board-process");
            }
        }
    }
    if (!options->board) {
        host_refuse("--board", "is missing");
    }
    if (options->baud_max > 0 && (options->baud == 0 || options->baud > options->baud_max)) {
        host_refuse("--baud-max", "needs --baud, which it must not be below");
    }
}

void link_options_read(struct link_options *options, int argc, char **argv)
{
    *options = (struct link_options){.to_board = {.stall_ns = 5000000000u}};
    int name;
    while ((name = getopt_long(argc, argv, "", option_names, NULL)) != -1) {
        options_apply(options, name);
    }
    if (optind < argc) {
        host_refuse(argv[optind], "unexpected argument");
    }
    options->to_client.byte_ns = options->to_board.byte_ns;
    options->to_client.stall_ns = options->to_board.stall_ns;
    options_check(options);
}
