/*
 * The command line of SIM.
 */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

static const char options_usage[] =
    "usage: mprom-sim [option...]\n"
    "\n"
    "Runs mprom's firmware on this computer and prints the terminal to connect to.\n"
    "\n"
    "  --state DIR    folder for the flash contents and the link `port` to the terminal;\n"
    "                 made if it is not there (default: mprom-sim)\n"
    "  --reset        start with blank flash\n"
    "  --safe-mode    hold the input that keeps boot and main from running\n"
    "  --plain        segments without trailers and slots, as simple boards have them\n"
    "  --log FILE     write a line for each program and erase of the flash\n"
    "  --cut NUMBER:STATE[:SEED]  cut the power at an operation of the segments' flash\n"
    "  --power-returns  after the cut start again at once, at the same terminal\n"
    "  --fault KIND:PLACE  let an operation or a place of the segments' flash fail\n"
    "  --segment-size SIZE  of each of the three segments (default: 1M)\n"
    "  --heap SIZE    memory for Python (default: 256K)\n"
    "  --help         this text\n"
    "\n"
    "A SIZE is in bytes, or with K or M behind it.\n";

/* Bytes, with K or M for 1024 and 1024 * 1024. Returns 0 for anything else. */
static size_t options_size(const char *text)
{
    char *end;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    unsigned long unit = *end == 'K' ? 1024 : *end == 'M' ? 1024 * 1024 : 1;
    bool whole = *text >= '0' && *text <= '9' && end[*end ? 1 : 0] == '\0' && (*end == '\0' || unit > 1);
    return whole && !errno && value <= INT_MAX / unit ? value * unit : 0;
}

static size_t options_size_at_least(const char *name, const char *text, size_t least)
{
    size_t size = options_size(text);
    if (size < least) {
        host_refuse(name, "not a size, or too small");
    }
    return size;
}

enum option_name {
    OPTION_STATE = 256, /* above every character */
    OPTION_RESET,
    OPTION_SAFE_MODE,
    OPTION_PLAIN,
    OPTION_LOG,
    OPTION_CUT,
    OPTION_POWER_RETURNS,
    OPTION_FAULT,
    OPTION_SEGMENT_SIZE,
    OPTION_HEAP,
    OPTION_CONSOLE_FD,
    OPTION_HELP,
};

static const struct option option_names[] = {
    {"state", required_argument, NULL, OPTION_STATE},
    {"reset", no_argument, NULL, OPTION_RESET},
    {"safe-mode", no_argument, NULL, OPTION_SAFE_MODE},
    {"plain", no_argument, NULL, OPTION_PLAIN},
    {"log", required_argument, NULL, OPTION_LOG},
    {"cut", required_argument, NULL, OPTION_CUT},
    {"power-returns", no_argument, NULL, OPTION_POWER_RETURNS},
    {"fault", required_argument, NULL, OPTION_FAULT},
    {"segment-size", required_argument, NULL, OPTION_SEGMENT_SIZE},
    {"heap", required_argument, NULL, OPTION_HEAP},
    {"console-fd", required_argument, NULL, OPTION_CONSOLE_FD}, /* for the program itself, after a reset */
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

static void options_apply(struct sim_options *options, int name)
{
    switch (name) {
    case OPTION_STATE:
        options->state_dir = optarg;
        break;
    case OPTION_RESET:
        options->reset = true;
        break;
    case OPTION_SAFE_MODE:
        options->safe_mode = true;
        break;
    case OPTION_PLAIN:
        options->plain = true;
        break;
    case OPTION_LOG:
        options->log_path = optarg;
        break;
    case OPTION_CUT:
        options->cut = optarg;
        break;
    case OPTION_POWER_RETURNS:
        options->power_returns = true;
        break;
    case OPTION_FAULT:
        options->fault = optarg;
        break;
    case OPTION_SEGMENT_SIZE:
        options->segment_size = (uint32_t)options_size_at_least("--segment-size", optarg, 64 * 1024);
        if (options->segment_size % (64 * 1024) || options->segment_size > 256 * 1024 * 1024) {
            host_refuse("--segment-size", "must be a multiple of 64K, at most 256M");
        }
        break;
    case OPTION_HEAP:
        options->heap_size = options_size_at_least("--heap", optarg, 16 * 1024);
        break;
    case OPTION_CONSOLE_FD:
        options->console_fd = atoi(optarg);
        break;
    case OPTION_HELP:
        fputs(options_usage, stdout);
        exit(0);
    default:
        fputs(options_usage, stderr);
        exit(2);
    }
}

void sim_options_read(struct sim_options *options, int argc, char **argv)
{
    *options = (struct sim_options){
        .state_dir = "mprom-sim",
        .heap_size = 256 * 1024,
        .segment_size = 1024 * 1024,
        .console_fd = -1,
    };
    int name;
    while ((name = getopt_long(argc, argv, "", option_names, NULL)) != -1) {
        options_apply(options, name);
    }
    if (optind < argc) {
        host_refuse(argv[optind], "unexpected argument");
    }
}
