/*
 * The flash of SIM: one chip with the segments, one with the writable filesystem, each over cells in a file.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "emulator/cells.h"

#include "sim.h"

enum {
    ERASE_SIZE = 4096,
    DISK_SIZE = 256 * 1024
};

/* A NOR flash as most boards have it. */
struct chip {
    const char *name;
    struct flash_region region;
    struct flash_geometry geometry;
    struct cells cells;
};

static struct chip segments_chip = {.name = "flash"};
static struct chip disk_chip = {.name = "disk"};
static FILE *flash_log;

/* Erased 0xFF, programmable to any bit pattern that only clears bits, in bytes, pages of 256. */
static void chip_describe(struct chip *chip, uint32_t size)
{
    chip->region = (struct flash_region){.erase_size = ERASE_SIZE, .count = size / ERASE_SIZE};
    chip->geometry = (struct flash_geometry){
        .size = size,
        .regions = &chip->region,
        .region_count = 1,
        .large_erase_sizes = {32 * 1024, 64 * 1024},
        .program_size = 1,
        .page_size = 256,
        .program_count = FLASH_PROGRAM_ANY,
        .erased_value = 0xFF,
    };
}

static int chip_log(void *ctx, const struct cells_operation *operation)
{
    const struct chip *chip = ctx;
    fprintf(flash_log, "%s %s %u %u\n", chip->name, operation->kind == CELLS_ERASE ? "erase" : "program",
            (unsigned)operation->off, (unsigned)operation->size);
    fflush(flash_log);
    return 0;
}

/* A driver asked for what no flash does: a fault of mprom, to be seen. */
static void chip_violation(void *ctx, const char *text)
{
    const struct chip *chip = ctx;
    fprintf(stderr, "mprom-sim: violation: %s: %s\n", chip->name, text);
}

static void chip_power_off(void *ctx)
{
    (void)ctx;
    _exit(SIM_EXIT_CUT);
}

static void chip_open(struct chip *chip, uint32_t size, const struct sim_options *options)
{
    char path[SIM_PATH_MAX];
    sim_path_print(path, "%s/%s", options->state_dir, chip->name);
    chip_describe(chip, size);
    if (options->reset && unlink(path) && errno != ENOENT) {
        sim_fail("%s", path);
    }
    int err = cells_open_file(&chip->cells, &chip->geometry, path);
    if (err == -MPROM_EINVAL) {
        errno = 0;
        sim_fail("%s is of another size: give the same --segment-size, or --reset to start blank", path);
    }
    if (err) {
        errno = -err;
        sim_fail("%s", path);
    }
    chip->cells.hooks.violation = chip_violation;
    chip->cells.hooks.operation = flash_log ? chip_log : NULL;
    chip->cells.hooks.ctx = chip;
}

/* Which of the states an operation can be cut in. Returns whether there is one of that name. */
static bool cut_parse_state(const char *name, size_t length, struct cells_cut *cut)
{
    cut->phase = CELLS_DURING;
    for (int i = 0; i < CELLS_TORN_COUNT; i++) {
        cut->pattern = (enum cells_pattern)i;
        const char *pattern = cells_pattern_name(cut->pattern);
        if (strlen(pattern) == length && memcmp(pattern, name, length) == 0) {
            return true;
        }
    }
    cut->phase = length == 5 && memcmp(name, "after", 5) == 0 ? CELLS_AFTER : CELLS_BEFORE;
    return cut->phase == CELLS_AFTER || (length == 6 && memcmp(name, "before", 6) == 0);
}

/* NUMBER:STATE[:SEED] */
static bool cut_parse(const char *text, struct cells_cut *cut)
{
    char *end;
    *cut = (struct cells_cut){.number = strtoull(text, &end, 10)};
    if (end == text || *text == '-' || *end != ':') {
        return false;
    }
    const char *state = end + 1;
    size_t length = strcspn(state, ":");
    if (!cut_parse_state(state, length, cut)) {
        return false;
    }
    if (state[length] == '\0') {
        return true;
    }
    const char *seed = state + length + 1;
    cut->seed = (uint32_t)strtoul(seed, &end, 10);
    return end != seed && *end == '\0';
}

static void segments_plan_cut(const char *text)
{
    struct cells_cut cut;
    if (!cut_parse(text, &cut)) {
        sim_refuse("--cut", "must be NUMBER:STATE[:SEED]");
    }
    segments_chip.cells.hooks.power_off = chip_power_off;
    cells_set_cut(&segments_chip.cells, &cut);
}

void sim_flash_open(const struct sim_options *options)
{
    if (options->log_path) {
        flash_log = fopen(options->log_path, options->console_fd >= 0 ? "ae" : "we");
        if (!flash_log) {
            sim_fail("%s", options->log_path);
        }
    }
    chip_open(&segments_chip, SIM_SEGMENT_COUNT * options->segment_size, options);
    chip_open(&disk_chip, DISK_SIZE, options);
    if (options->cut && options->console_fd < 0) {
        segments_plan_cut(options->cut);
    }
}

const struct flash *sim_flash_segments(void)
{
    return cells_flash(&segments_chip.cells);
}

const struct flash *sim_flash_disk(void)
{
    return cells_flash(&disk_chip.cells);
}
