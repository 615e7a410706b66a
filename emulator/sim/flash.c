/*
 * The flash of SIM: one chip with the segments, one with the writable filesystem, each over cells in a file.
 */
#include <errno.h>
#include <stdio.h>
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

static void chip_open(struct chip *chip, uint32_t size, const struct sim_options *options)
{
    char path[HOST_PATH_MAX];
    host_path_print(path, "%s/%s", options->state_dir, chip->name);
    chip_describe(chip, size);
    if (options->reset && unlink(path) && errno != ENOENT) {
        host_fail("%s", path);
    }
    int err = cells_open_file(&chip->cells, &chip->geometry, path);
    if (err == -MPROM_EINVAL) {
        errno = 0;
        host_fail("%s is of another size: give the same --segment-size, or --reset to start blank", path);
    }
    if (err) {
        errno = -err;
        host_fail("%s", path);
    }
    chip->cells.hooks.violation = chip_violation;
    chip->cells.hooks.operation = flash_log ? chip_log : NULL;
    chip->cells.hooks.ctx = chip;
}

void sim_flash_open(const struct sim_options *options)
{
    if (options->log_path) {
        flash_log = fopen(options->log_path, options->console_fd >= 0 ? "ae" : "we");
        if (!flash_log) {
            host_fail("%s", options->log_path);
        }
    }
    chip_open(&segments_chip, SIM_SEGMENT_COUNT * options->segment_size, options);
    chip_open(&disk_chip, DISK_SIZE, options);
    sim_failures_plan(&segments_chip.cells, &segments_chip.geometry, options);
}

const struct flash *sim_flash_segments(void)
{
    return cells_flash(&segments_chip.cells);
}

const struct flash *sim_flash_disk(void)
{
    return cells_flash(&disk_chip.cells);
}
