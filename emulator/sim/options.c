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
    "  --heap SIZE    memory for Python; bytes, or with K or M behind (default: 256K)\n"
    "  --safe-mode    hold the input that keeps boot and main from running\n"
    "  --help         this text\n";

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

static void options_refuse(const char *why, const char *what)
{
    fprintf(stderr, "mprom-sim: %s: %s\n", what, why);
    exit(2);
}

static size_t options_size_at_least(const char *name, const char *text, size_t least)
{
    size_t size = options_size(text);
    if (size < least) {
        options_refuse("not a size, or too small", name);
    }
    return size;
}

void sim_options_read(struct sim_options *options, int argc, char **argv)
{
    enum {
        OPTION_STATE = 256,
        OPTION_HEAP,
        OPTION_SAFE_MODE,
        OPTION_CONSOLE_FD,
        OPTION_HELP
    };
    static const struct option names[] = {
        {"state", required_argument, NULL, OPTION_STATE},
        {"heap", required_argument, NULL, OPTION_HEAP},
        {"safe-mode", no_argument, NULL, OPTION_SAFE_MODE},
        {"console-fd", required_argument, NULL, OPTION_CONSOLE_FD},
        {"help", no_argument, NULL, OPTION_HELP},
        {NULL, 0, NULL, 0},
    };
    *options = (struct sim_options){.state_dir = "mprom-sim", .heap_size = 256 * 1024, .console_fd = -1};
    int name;
    while ((name = getopt_long(argc, argv, "", names, NULL)) != -1) {
        switch (name) {
        case OPTION_STATE:
            options->state_dir = optarg;
            break;
        case OPTION_HEAP:
            options->heap_size = options_size_at_least("--heap", optarg, 16 * 1024);
            break;
        case OPTION_SAFE_MODE:
            options->safe_mode = true;
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
    if (optind < argc) {
        options_refuse("unexpected argument", argv[optind]);
    }
}
