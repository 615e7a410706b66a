/*
 * mprom-machine: runs the firmware of a board, as it would be flashed, on an emulated one (docs/emulator.md).
 */
#include <errno.h>
#include <getopt.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "emulator/host/host.h"
#include "emulator/host/options.h"
#include "emulator/machine/elf.h"
#include "emulator/machine/machine.h"
#include "emulator/machine/target.h"
#include "emulator/programs/machine/describe.h"

const char host_program[] = "mprom-machine";

enum {
    EXIT_STOPPED = 1, /* a violation, or the emulator cannot go on */
    OUTPUT_SIZE = 1024,
    BAUD = 115200,
    BAUD_MAX = 100000000,
    BYTE_BITS = 10,
    IDLE_MS_MAX = 50, /* a button that is pressed just before a wait does not end it */
};

static const uint64_t BOUNCE_NS = 50000000; /* so long after it was pressed the reset button does nothing */

struct options {
    const char *board;
    const char *firmware;
    struct host_options host;
    const char *time_path;
    bool realtime;
    uint32_t baud; /* of a line that does not wait; 0 for one that does */
};

static const char usage[] =
    "usage: mprom-machine --board NAME [option...]\n"
    "\n"
    "Runs the firmware of a board on an emulated one and prints the terminal to connect to.\n"
    "\n"
    "  --board NAME   the board\n"
    "  --firmware FILE  the firmware, an ELF file (default: the one that `make boards` built)\n" HOST_OPTION_USAGE
    "  --realtime     take as long as the board does\n"
    "  --overrun[=RATE]  let bytes arrive at 115200 baud, or so many bits a second, and lose those\n"
    "                 that the firmware is late for; the file `overruns` in the folder counts them\n"
    "  --time FILE    keep two numbers there: microseconds that the board was awake since it\n"
    "                 started, and those that its flash took for programs and erases\n"
    "  --list         the boards\n"
    "  --describe NAME  what a board is, as JSON\n"
    "  --help         this text\n";

enum option_name {
    OPTION_BOARD = 256, /* above every character */
    OPTION_FIRMWARE,
    OPTION_REALTIME,
    OPTION_OVERRUN,
    OPTION_TIME,
    OPTION_LIST,
    OPTION_DESCRIBE,
    OPTION_HELP,
};

static const struct option option_names[] = {
    {"board", required_argument, NULL, OPTION_BOARD},
    {"firmware", required_argument, NULL, OPTION_FIRMWARE},
    HOST_OPTION_NAMES,
    {"realtime", no_argument, NULL, OPTION_REALTIME},
    {"overrun", optional_argument, NULL, OPTION_OVERRUN},
    {"time", required_argument, NULL, OPTION_TIME},
    {"list", no_argument, NULL, OPTION_LIST},
    {"describe", required_argument, NULL, OPTION_DESCRIBE},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

static void list_boards(void)
{
    for (const struct machine_target *target = machine_targets; target->name != NULL; target++) {
        puts(target->name);
    }
}

static const struct machine_target *target_find(const char *name)
{
    const struct machine_target *target = machine_targets;
    while (target->name != NULL && strcasecmp(target->name, name) != 0) {
        target++;
    }
    if (target->name == NULL) {
        host_refuse(name, "there is no board of that name; --list lists them");
    }
    return target;
}

/* One whose firmware is compiled for the PC is a program of its own. */
static const struct machine_target *target_to_run(const char *name)
{
    const struct machine_target *target = target_find(name);
    if (target->family->program != NULL) {
        char why[64];
        snprintf(why, sizeof why, "%s runs this board; start it with mprom emulate", target->family->program);
        host_refuse(target->name, why);
    }
    return target;
}

static void describe_board(const char *name)
{
    if (!describe_print(target_find(name))) {
        host_refuse(name, "the facts of this board are wrong");
    }
}

static uint32_t baud_read(const char *text)
{
    char *end;
    unsigned long rate = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || rate < BAUD || rate > BAUD_MAX) {
        host_refuse(text, "not a rate from 115200 to 100000000");
    }
    return (uint32_t)rate;
}

static void options_apply(struct options *options, int name)
{
    switch (name) {
    case OPTION_BOARD:
        options->board = optarg;
        break;
    case OPTION_FIRMWARE:
        options->firmware = optarg;
        break;
    case OPTION_OVERRUN:
        options->baud = optarg != NULL ? baud_read(optarg) : BAUD;
        break;
    case OPTION_REALTIME:
        options->realtime = true;
        break;
    case OPTION_TIME:
        options->time_path = optarg;
        break;
    case OPTION_LIST:
        list_boards();
        exit(0);
    case OPTION_DESCRIBE:
        describe_board(optarg);
        exit(0);
    case OPTION_HELP:
        fputs(usage, stdout);
        exit(0);
    default:
        fputs(usage, stderr);
        exit(2);
    }
}

static void options_read(struct options *options, int argc, char **argv)
{
    *options = (struct options){0};
    int name;
    while ((name = getopt_long(argc, argv, "", option_names, NULL)) != -1) {
        if (!host_options_apply(&options->host, name)) {
            options_apply(options, name);
        }
    }
    if (optind < argc) {
        host_refuse(argv[optind], "unexpected argument");
    }
    if (options->board == NULL) {
        host_refuse("--board", "must name a board; --list lists them");
    }
}

/* The firmware sends byte by byte; the terminal gets those of a millisecond together. */
static char output[OUTPUT_SIZE];
static size_t output_size;

static void output_flush(void)
{
    if (output_size > 0) {
        host_console_write(output, output_size);
        output_size = 0;
    }
}

static void console_write(void *ctx, const char *bytes, size_t size)
{
    (void)ctx;
    for (size_t i = 0; i < size; i++) {
        if (output_size == OUTPUT_SIZE) {
            output_flush();
        }
        output[output_size++] = bytes[i];
    }
}

static bool console_ready(void *ctx)
{
    (void)ctx;
    return host_console_ready();
}

static int console_read(void *ctx)
{
    (void)ctx;
    return host_console_read();
}

static struct {
    FILE *file;
    const struct machine *machine;
    const uint64_t *flash_ns;
} timing;

static void timing_open(const char *path, const struct machine *machine, const uint64_t *flash_ns)
{
    timing.machine = machine;
    timing.flash_ns = flash_ns;
    timing.file = fopen(path, "we");
    if (timing.file == NULL) {
        host_fail("%s", path);
    }
}

/* The text is always of one size, so that nobody reads a part of it. */
static void timing_note(void)
{
    if (timing.file != NULL) {
        uint64_t flash_ns = timing.flash_ns != NULL ? *timing.flash_ns : 0;
        rewind(timing.file);
        fprintf(timing.file, "%015llu %015llu\n", (unsigned long long)machine_awake_ns(timing.machine) / 1000,
                (unsigned long long)flash_ns / 1000);
        fflush(timing.file);
    }
}

static void console_lost(void *ctx)
{
    (void)ctx;
    host_console_note_overrun();
}

static void board_idle(void *ctx, uint32_t timeout_ms)
{
    (void)ctx;
    output_flush();
    timing_note();
    host_console_wait(timeout_ms < IDLE_MS_MAX ? timeout_ms : IDLE_MS_MAX);
}

static volatile sig_atomic_t button_pressed;

static void button_press(int number)
{
    (void)number;
    button_pressed = 1;
}

/* A button bounces, so that one press may be several signals. */
static bool button_take(void)
{
    static uint64_t taken_ns;
    if (!button_pressed) {
        return false;
    }
    button_pressed = 0;
    uint64_t now_ns = host_clock_ns();
    bool is_press = taken_ns == 0 || now_ns - taken_ns >= BOUNCE_NS;
    taken_ns = is_press ? now_ns : taken_ns;
    return is_press;
}

/* A program that computes never listens: what it has printed must leave all the same. */
static bool board_poll(void *ctx)
{
    (void)ctx;
    output_flush();
    return button_take();
}

/* What the hooks of a flash are told. */
struct flash_side {
    const char *file;
    const struct model_bus *bus;
};

static int flash_operation(void *ctx, const struct cells_operation *operation)
{
    const struct flash_side *side = ctx;
    host_flash_log(side->file, operation);
    return 0;
}

static void flash_violation(void *ctx, const char *text)
{
    const struct flash_side *side = ctx;
    side->bus->report(side->bus->ctx, text);
}

static void flash_power_off(void *ctx)
{
    (void)ctx;
    output_flush();
    host_registry_remove();
    _exit(HOST_EXIT_CUT);
}

/* Firmware is put into the flash as a programmer does, around the operations that are counted. */
static void flash_load(struct soc *soc, const struct elf *elf, const char *path)
{
    soc->reset(soc->ctx); /* the window shows the cells from now on */
    const char *fault = machine_load(soc, elf);
    if (fault != NULL) {
        errno = 0;
        host_fail("%s: %s", path, fault);
    }
}

/*
 * The CPU looks at the flash itself, where a bad place cannot be shown; and without its internal flash it cannot go
 * on.
 */
static void fault_refuse(enum cells_fault_kind kind, const struct machine_flash *flash)
{
    if (kind == CELLS_FAULT_STUCK || kind == CELLS_FAULT_UNREADABLE) {
        host_refuse("--fault", "must be fails:NUMBER, lies:NUMBER or not-ready:NUMBER on this board");
    }
    if (kind == CELLS_FAULT_NOT_READY && !flash->may_hang) {
        host_refuse("--fault", "the internal flash of a microcontroller always gets ready");
    }
}

static void cells_open_for(const struct options *options, const struct machine_flash *flash, struct flash_side *side)
{
    host_flash_open(&options->host, side->file, flash->cells, flash->geometry);
    flash->cells->hooks = (struct cells_hooks){
        .operation = flash_operation, .violation = flash_violation, .power_off = flash_power_off, .ctx = side};
}

/* Cuts and faults are those of the first. */
static void flash_open(const struct options *options, struct soc *soc, struct machine_flash *flash)
{
    static struct cells_fault fault;
    static struct flash_side sides[2];
    sides[0] = (struct flash_side){"flash", soc->bus};
    cells_open_for(options, flash, &sides[0]);
    if (flash->second != NULL) {
        sides[1] = (struct flash_side){flash->second->file, soc->bus};
        cells_open_for(options, flash->second, &sides[1]);
    }
    if (host_failures_read(&options->host, flash->cells, &fault)) {
        fault_refuse(fault.kind, flash);
        flash->cells->faults = &fault;
        flash->cells->fault_count = 1;
    }
}

/* The firmware lies in boards/NAME beside this program, as built, or is installed in share/mprom/boards. */
static void firmware_find(char path[HOST_PATH_MAX], const char *board)
{
    char own[PATH_MAX] = "";
    if (readlink("/proc/self/exe", own, sizeof own - 1) < 0) {
        host_fail("cannot find the firmware, which lies beside this program");
    }
    const char *folder = dirname(own);
    host_path_print(path, "%s/../../share/mprom/boards/%s/firmware.elf", folder, board);
    if (access(path, R_OK)) {
        host_path_print(path, "%s/boards/%s/firmware.elf", folder, board);
    }
}

static void firmware_open(struct elf *elf, const char *path)
{
    const char *fault = elf_open(elf, path);
    if (fault != NULL) {
        errno = 0;
        host_fail("%s: %s (`make boards` builds the firmware)", path, fault);
    }
}

/* Runs until something ends it for good. Returns the exit status. */
static int board_run(struct machine *machine)
{
    enum machine_end end;
    do {
        end = machine_run(machine);
        output_flush();
    } while (end == MACHINE_RESET);
    fprintf(stderr, "%s: violation: %s\n", host_program, machine_fault(machine));
    return EXIT_STOPPED;
}

/* ctx is the console if its line has the rate of the board's UART, NULL if it has one of its own. */
static void console_set_baud(void *ctx, uint32_t baud)
{
    struct model_console *console = ctx;
    output_flush(); /* what was sent before was sent at the old rate */
    host_console_set_baud(baud);
    if (console != NULL && baud > 0) {
        console->byte_ns = (uint32_t)(BYTE_BITS * UINT64_C(1000000000) / baud);
    }
}

int main(int argc, char **argv)
{
    static struct model_console console = {
        .ready = console_ready, .read = console_read, .write = console_write, .set_baud = console_set_baud};
    static char overruns[HOST_PATH_MAX];
    struct options options;
    struct machine_flash flash;
    struct elf elf;
    char firmware[HOST_PATH_MAX];
    char state[HOST_PATH_MAX];
    options_read(&options, argc, argv);
    const struct machine_target *target = target_to_run(options.board);
    if (options.baud > 0) {
        console.lost = console_lost;
        console.byte_ns = (uint32_t)(BYTE_BITS * UINT64_C(1000000000) / options.baud);
        console.ctx = options.baud == BAUD ? &console : NULL;
    }
    struct soc *soc = target->family->open(target->facts, &console, &flash);
    if (soc == NULL) {
        host_refuse(target->name, "the facts of this board are wrong");
    }
    if (options.firmware == NULL) {
        firmware_find(firmware, target->name);
        options.firmware = firmware;
    }
    if (options.host.state_dir == NULL) {
        host_path_print(state, "mprom-%s", target->name);
        options.host.state_dir = state;
    }
    firmware_open(&elf, options.firmware);
    host_state_open(options.host.state_dir);
    soc->idle = board_idle;
    soc->poll = board_poll;
    signal(SIGUSR1, button_press);
    struct machine *machine;
    const char *fault = machine_open(&machine, soc, &elf);
    if (fault != NULL) {
        errno = 0;
        host_fail("%s: %s", target->name, fault);
    }
    flash_open(&options, soc, &flash);
    flash_load(soc, &elf, options.firmware);
    if (options.realtime) {
        machine_set_realtime(machine);
    }
    if (options.time_path != NULL) {
        timing_open(options.time_path, machine, soc->flash_ns);
    }
    const char *port = host_console_open(-1);
    host_path_print(overruns, "%s/overruns", options.host.state_dir);
    host_console_limit(NULL, overruns);
    host_registry_add(target->name, port, options.host.state_dir);
    printf("%s\n", port);
    fflush(stdout);
    int status = board_run(machine);
    host_registry_remove();
    return status;
}
