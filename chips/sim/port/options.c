/*
 * The command line of SIM.
 */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chips/sim/driver/sim_flash.h"
#include "chips/sim/port/sim.h"
#include "emulator/host/host.h"

#define COMPAT_SHAPES                                                                                                \
    "view, blocks, device, mram, mram-blocks, sectors,\n"                                                            \
    "                 sectors-inside, h7, esp8266, renesas-ra, samd, samd-view"

static const char options_usage[] =
    "usage: mprom-sim [option...]\n"
    "\n"
    "Runs mprom's firmware on this computer and prints the terminal to connect to.\n"
    "\n" HOST_OPTION_USAGE "  --safe-mode    hold the input that keeps boot and main from running\n"
    "  --plain        segments without trailers and slots, as simple boards have them\n"
    "  --compat SHAPE   pose as a board with stock MicroPython, which gives access to one segment as\n"
    "                 one of " COMPAT_SHAPES "\n"
    "  --uneven       erase blocks of 16K, 64K and 128K, as in an STM32F4; segments are multiples of 128K"
    "\n"
    "  --power-returns  after the cut start again at once, at the same terminal\n"
    "  --port-goes MS  at a hard reset the terminal goes away, and another one comes so many\n"
    "                 milliseconds later, as with USB\n"
    "  --segment-size SIZE  of each of the three segments (default: 1M)\n"
    "  --heap SIZE    memory for Python (default: 256K)\n"
    "  --receive-buffer BYTES  lose what the console receives beyond that, as a UART does\n"
    "  --baud-max RATE  the console is a UART of 115200 baud that the firmware can raise so far\n"
    "  --chatter MS   another task prints a line every MS milliseconds, whatever the board does\n"
    "  --interrupts   see Ctrl-C as soon as a UART's interrupt does; Python runs slower\n"
    "  --no-poll      select.poll() never finds input on the console, as on some ports\n"
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
    OPTION_SAFE_MODE = 256, /* above every character */
    OPTION_PLAIN,
    OPTION_COMPAT,
    OPTION_UNEVEN,
    OPTION_POWER_RETURNS,
    OPTION_PORT_GOES,
    OPTION_SEGMENT_SIZE,
    OPTION_HEAP,
    OPTION_RECEIVE_BUFFER,
    OPTION_BAUD_MAX,
    OPTION_CHATTER,
    OPTION_INTERRUPTS,
    OPTION_NO_POLL,
    OPTION_CONSOLE_FD,
    OPTION_HELP,
};

static const struct option option_names[] = {
    HOST_OPTION_NAMES,
    {"safe-mode", no_argument, NULL, OPTION_SAFE_MODE},
    {"plain", no_argument, NULL, OPTION_PLAIN},
    {"compat", required_argument, NULL, OPTION_COMPAT},
    {"uneven", no_argument, NULL, OPTION_UNEVEN},
    {"power-returns", no_argument, NULL, OPTION_POWER_RETURNS},
    {"port-goes", required_argument, NULL, OPTION_PORT_GOES},
    {"segment-size", required_argument, NULL, OPTION_SEGMENT_SIZE},
    {"heap", required_argument, NULL, OPTION_HEAP},
    {"receive-buffer", required_argument, NULL, OPTION_RECEIVE_BUFFER},
    {"baud-max", required_argument, NULL, OPTION_BAUD_MAX},
    {"chatter", required_argument, NULL, OPTION_CHATTER},
    {"interrupts", no_argument, NULL, OPTION_INTERRUPTS},
    {"no-poll", no_argument, NULL, OPTION_NO_POLL},
    {"console-fd", required_argument, NULL, OPTION_CONSOLE_FD}, /* for the program itself, after a reset */
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

/* The options that take a number. Returns whether this is one. */
static bool options_apply_number(struct sim_options *options, int name)
{
    switch (name) {
    case OPTION_PORT_GOES:
        options->port_goes_ms = (uint32_t)options_size_at_least("--port-goes", optarg, 1);
        return true;
    case OPTION_SEGMENT_SIZE:
        options->segment_size = (uint32_t)options_size_at_least("--segment-size", optarg, 64 * 1024);
        if (options->segment_size % (64 * 1024) || options->segment_size > 256 * 1024 * 1024) {
            host_refuse("--segment-size", "must be a multiple of 64K, at most 256M");
        }
        return true;
    case OPTION_HEAP:
        options->heap_size = options_size_at_least("--heap", optarg, 16 * 1024);
        return true;
    case OPTION_RECEIVE_BUFFER:
        options->receive_buffer = options_size_at_least("--receive-buffer", optarg, 16);
        if (options->receive_buffer > 4095) {
            host_refuse("--receive-buffer", "must be at most 4095");
        }
        return true;
    case OPTION_BAUD_MAX:
        options->baud_max = (uint32_t)options_size_at_least("--baud-max", optarg, 115200);
        return true;
    case OPTION_CHATTER:
        options->chatter_ms = (uint32_t)options_size_at_least("--chatter", optarg, 1);
        return true;
    default:
        return false;
    }
}

static void options_apply(struct sim_options *options, int name)
{
    switch (name) {
    case OPTION_SAFE_MODE:
        options->safe_mode = true;
        break;
    case OPTION_PLAIN:
        options->plain = true;
        break;
    case OPTION_COMPAT:
        options->compat = compat_find(optarg);
        if (!options->compat) {
            host_refuse(optarg, "no shape of --compat: " COMPAT_SHAPES);
        }
        break;
    case OPTION_UNEVEN:
        options->uneven = true;
        break;
    case OPTION_POWER_RETURNS:
        options->power_returns = true;
        break;
    case OPTION_INTERRUPTS:
        options->interrupts = true;
        break;
    case OPTION_NO_POLL:
        options->no_poll = true;
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
        .host.state_dir = "mprom-sim",
        .heap_size = 256 * 1024,
        .console_fd = SIM_CONSOLE_NEW,
    };
    int name;
    while ((name = getopt_long(argc, argv, "", option_names, NULL)) != -1) {
        if (!host_options_apply(&options->host, name) && !options_apply_number(options, name)) {
            options_apply(options, name);
        }
    }
    if (optind < argc) {
        host_refuse(argv[optind], "unexpected argument");
    }
    options->uneven |= options->compat && options->compat->has_sectors;
    if (options->uneven && options->compat && options->compat->erase_size > 0) {
        host_refuse("--uneven", "the blocks of this shape of --compat have one size");
    }
    bool has_large = options->uneven || (options->compat && options->compat->erase_size > 64 * 1024);
    if (has_large && options->segment_size % MPROM_SIM_SECTOR_MAX) {
        host_refuse("--segment-size", "must be a multiple of 128K for blocks of such a size");
    }
    options->host.restarted = options->console_fd != SIM_CONSOLE_NEW;
}
