/*
 * Power cut at the operations of a deploy: makes the states that a cut leaves from the log of one run, and starts the
 * real firmware on each, in a process of its own.
 *
 *   power_cut --board NAME --firmware ELF --flash FILE --log LOG --segment OFF --after IMAGE
 *             [--before IMAGE [--before-segment OFF]]
 *             [--every N] [--some N] [--seed N] [--jobs N] [--case NUMBER:STATE[:SEED] [--save FILE]]
 *
 * FILE is the flash before the run, LOG the --log of mprom-machine, --before the image that was there, in the same
 * segment or in another slot: with slots one of the two images starts from every state. The states are: before the first operation, after each, and in the middle of each all that emulator/cells knows. With --every
 * only one of N is tried, but all of erases and of the first and last operations.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "emulator/host/host.h"
#include "emulator/host/options.h"
#include "start.h"

enum {
    ERASE_SEEDS = 8, /* an erase is long: power fails there more often than elsewhere */
    ENDS = 4,        /* the first and last operations, which are tried whole */
    NAME_SIZE = 64,
};

const char host_program[] = "power_cut";

struct args {
    const char *board;
    const char *firmware;
    const char *flash;
    const char *log;
    const char *before;
    const char *after;
    const char *save;
    uint32_t segment_off;
    uint32_t before_off;
    uint32_t every;
    uint32_t some;
    uint32_t seed;
    uint32_t jobs;
    struct host_options host; /* --case is its cut */
};

struct run_log {
    struct cells_operation *operations;
    uint32_t count;
};

static struct args args = {.every = 1, .some = 1, .jobs = 2, .before_off = UINT32_MAX};
static struct start start;
static uint32_t cases; /* that there are */
static uint32_t tried;
static uint32_t failed;
static uint32_t running;

static uint8_t digit(char c)
{
    return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static uint8_t *bytes_of(const char *hex, uint32_t size)
{
    uint8_t *bytes = calloc(size, 1);
    if (bytes == NULL || strlen(hex) != 2 * (size_t)size) {
        errno = 0;
        host_fail("%s: a program without its data", args.log);
    }
    for (uint32_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
    }
    return bytes;
}

static void log_add(struct run_log *run, const char *line)
{
    char kind[16] = "";
    unsigned off = 0;
    unsigned size = 0;
    int read = 0;
    if (sscanf(line, "flash %15s %u %u %n", kind, &off, &size, &read) < 3) {
        errno = 0;
        host_fail("%s: no operation: %s", args.log, line);
    }
    run->operations = realloc(run->operations, (run->count + 1) * sizeof *run->operations);
    if (run->operations == NULL) {
        host_fail("the operations");
    }
    bool erases = strcmp(kind, "erase") == 0;
    run->operations[run->count] = (struct cells_operation){.number = run->count,
                                                           .kind = erases ? CELLS_ERASE : CELLS_PROGRAM,
                                                           .off = off,
                                                           .size = size,
                                                           .data = erases ? NULL : bytes_of(line + read, size)};
    run->count++;
}

static void log_read(struct run_log *run)
{
    char *line = NULL;
    size_t capacity = 0;
    FILE *file = fopen(args.log, "r");
    if (file == NULL) {
        host_fail("%s", args.log);
    }
    while (getline(&line, &capacity, file) > 0) {
        line[strcspn(line, "\n")] = '\0';
        log_add(run, line);
    }
    free(line);
    fclose(file);
}

static void image_read(struct start_image *image, const char *path, const char *says)
{
    image->says = says;
    if (path == NULL) {
        return;
    }
    FILE *file = fopen(path, "rb");
    image->bytes = calloc(1, start.flash.geometry->size);
    if (file == NULL || image->bytes == NULL) {
        host_fail("%s", path);
    }
    image->size = fread(image->bytes, 1, start.flash.geometry->size, file);
    fclose(file);
}

static void state_save(const char *path)
{
    const struct cells *cells = start.flash.cells;
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(cells->bytes, 1, cells->planes_size, file) != cells->planes_size || fclose(file)) {
        host_fail("%s", path);
    }
}

static void reap(void)
{
    int status;
    if (waitpid(-1, &status, 0) > 0) {
        running--;
        failed += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
        if (!WIFEXITED(status)) {
            printf("a start ends by signal %d\n", WTERMSIG(status));
        }
    }
}

/* One state: in a process of its own, so nothing of it is left for the next. */
static void try_case(const struct cells_operation *operation, const struct cells_cut *cut)
{
    char name[NAME_SIZE];
    const char *state = cut->phase == CELLS_BEFORE  ? "before"
                        : cut->phase == CELLS_AFTER ? "after"
                                                    : cells_pattern_name(cut->pattern);
    snprintf(name, sizeof name, "%lu:%s:%u", (unsigned long)cut->number, state, cut->seed);
    tried++;
    while (running >= args.jobs) {
        reap();
    }
    fflush(stdout);
    pid_t pid = fork();
    if (pid < 0) {
        host_fail("fork");
    }
    running++;
    if (pid > 0) {
        return;
    }
    if (cut->phase == CELLS_DURING) {
        cells_apply_torn(start.flash.cells, operation, cut->pattern, cut->seed);
    }
    if (args.save != NULL) {
        state_save(args.save);
    }
    start_run(&start, name);
}

static bool is_wanted(const struct run_log *run, const struct cells_operation *operation)
{
    uint32_t number = cases++;
    bool at_end = operation->number < ENDS || operation->number + ENDS >= run->count;
    uint32_t step = at_end || operation->kind == CELLS_ERASE ? args.some : args.every;
    return number % step == args.seed % step;
}

static void try_torn(const struct run_log *run, const struct cells_operation *operation)
{
    uint32_t seeds = operation->kind == CELLS_ERASE ? ERASE_SEEDS : 1;
    for (uint32_t i = 0; i < CELLS_TORN_COUNT * seeds; i++) {
        struct cells_cut cut = {.number = operation->number,
                                .phase = CELLS_DURING,
                                .pattern = (enum cells_pattern)(i % CELLS_TORN_COUNT),
                                .seed = i / CELLS_TORN_COUNT + (uint32_t)operation->number};
        if (is_wanted(run, operation)) {
            try_case(operation, &cut);
        }
    }
}

static void sweep(const struct run_log *run)
{
    for (uint32_t i = 0; i < run->count; i++) {
        const struct cells_operation *operation = &run->operations[i];
        struct cells_cut cut = {.number = i};
        if (i == 0) {
            try_case(operation, &cut);
        }
        try_torn(run, operation);
        cells_apply(start.flash.cells, operation);
        cut.phase = CELLS_AFTER;
        if (is_wanted(run, operation)) {
            try_case(operation, &cut);
        }
    }
}

/* The case of --case. */
static void replay(const struct run_log *run, const struct cells_cut *cut)
{
    for (uint32_t i = 0; i < run->count; i++) {
        if (i == cut->number && cut->phase != CELLS_AFTER) {
            try_case(&run->operations[i], cut);
        }
        cells_apply(start.flash.cells, &run->operations[i]);
        if (i == cut->number && cut->phase == CELLS_AFTER) {
            try_case(&run->operations[i], cut);
        }
    }
}

static uint32_t number_of(const char *text)
{
    uint64_t number;
    if (!host_take_number(&text, '\0', UINT32_MAX, &number)) {
        host_refuse(text, "is no number");
    }
    return (uint32_t)number;
}

static void args_apply(int name)
{
    const char **texts[] = {
        ['b'] = &args.board,  ['f'] = &args.firmware, ['F'] = &args.flash, ['l'] = &args.log,
        ['o'] = &args.before, ['n'] = &args.after,    ['s'] = &args.save,  ['c'] = &args.host.cut};
    uint32_t *numbers[] = {['O'] = &args.segment_off, ['B'] = &args.before_off, ['e'] = &args.every,
                           ['m'] = &args.some,        ['S'] = &args.seed,       ['j'] = &args.jobs};
    if (name > 0 && (size_t)name < sizeof texts / sizeof texts[0] && texts[name] != NULL) {
        *texts[name] = optarg;
    } else if (name > 0 && (size_t)name < sizeof numbers / sizeof numbers[0] && numbers[name] != NULL) {
        *numbers[name] = number_of(optarg);
    } else {
        exit(2);
    }
}

static void args_read(int argc, char **argv)
{
    static const struct option names[] = {
        {"board", required_argument, NULL, 'b'},
        {"firmware", required_argument, NULL, 'f'},
        {"flash", required_argument, NULL, 'F'},
        {"log", required_argument, NULL, 'l'},
        {"before", required_argument, NULL, 'o'},
        {"after", required_argument, NULL, 'n'},
        {"save", required_argument, NULL, 's'},
        {"case", required_argument, NULL, 'c'},
        {"segment", required_argument, NULL, 'O'},
        {"before-segment", required_argument, NULL, 'B'},
        {"every", required_argument, NULL, 'e'},
        {"some", required_argument, NULL, 'm'},
        {"seed", required_argument, NULL, 'S'},
        {"jobs", required_argument, NULL, 'j'},
        {NULL, 0, NULL, 0},
    };
    int name;
    while ((name = getopt_long(argc, argv, "", names, NULL)) != -1) {
        args_apply(name);
    }
    if (args.board == NULL || args.firmware == NULL || args.flash == NULL || args.log == NULL || args.after == NULL ||
        args.every == 0 || args.some == 0 || args.jobs == 0) {
        host_refuse("arguments", "--board, --firmware, --flash, --log, --segment and --after must be given");
    }
}

int main(int argc, char **argv)
{
    struct run_log run = {0};
    struct cells before;
    struct cells_fault no_fault;
    args_read(argc, argv);
    start_open(&start, args.board, args.firmware);
    start.after.off = args.segment_off;
    start.never_nothing = args.before_off != UINT32_MAX;
    start.before.off = start.never_nothing ? args.before_off : args.segment_off;
    image_read(&start.before, args.before, "the old program runs");
    image_read(&start.after, args.after, "the new program runs");
    log_read(&run);
    int err = cells_open_file(&before, start.flash.geometry, args.flash);
    if (err) {
        errno = -err;
        host_fail("%s", args.flash);
    }
    cells_copy(start.flash.cells, &before);
    host_failures_read(&args.host, start.flash.cells, &no_fault);
    struct cells_cut only = start.flash.cells->cut;
    start.flash.cells->has_cut = false;
    if (args.host.cut != NULL) {
        replay(&run, &only);
    } else {
        sweep(&run);
    }
    while (running > 0) {
        reap();
    }
    printf("%u states of %u operations, %u failed\n", tried, run.count, failed);
    return failed != 0 || tried == 0;
}
