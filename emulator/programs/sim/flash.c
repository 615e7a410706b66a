/*
 * The flash of SIM: one chip with the segments, one with the writable filesystem, each over cells in a file.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "emulator/array/cells.h"
#include "micropython/firmware/board.h"

#include "emulator/programs/sim/sim.h"

enum {
    ERASE_SIZE = 4096,
    DISK_SIZE = 256 * 1024,
    EXIT_VIOLATION = 1
};

/* A NOR flash as most boards have it. */
struct chip {
    const char *name;
    struct mprom_flash_region regions[3 * SIM_SEGMENT_COUNT];
    struct mprom_flash_geometry geometry;
    struct cells cells;
};

static struct chip segments_chip = {.name = "flash"};
static struct chip disk_chip = {.name = "disk"};

/* Erased 0xFF, programmable to any bit pattern that only clears bits, in bytes, pages of 256. */
static void chip_describe(struct chip *chip, uint32_t size)
{
    chip->regions[0] = (struct mprom_flash_region){.erase_size = ERASE_SIZE, .count = size / ERASE_SIZE};
    chip->geometry = (struct mprom_flash_geometry){
        .size = size,
        .regions = chip->regions,
        .region_count = 1,
        .large_erase_sizes = {32 * 1024, 64 * 1024},
        .program_size = 1,
        .page_size = 256,
        .program_count = MPROM_FLASH_PROGRAM_ANY,
        .erased_value = 0xFF,
    };
}

/* As in an STM32F4, anew in each segment. */
static void chip_make_uneven(struct chip *chip, uint32_t segment_size)
{
    const struct mprom_flash_region regions[] = {
        {16 * 1024, 4}, {64 * 1024, 1}, {COMPAT_SECTOR_MAX, segment_size / COMPAT_SECTOR_MAX - 1}};
    uint32_t count = regions[2].count > 0 ? 3 : 2;
    for (uint32_t i = 0; i < SIM_SEGMENT_COUNT; i++) {
        memcpy(chip->regions + (size_t)i * count, regions, count * sizeof regions[0]);
    }
    chip->geometry.region_count = SIM_SEGMENT_COUNT * count;
    memset(chip->geometry.large_erase_sizes, 0, sizeof chip->geometry.large_erase_sizes);
}

/* What a shape of --compat says of its flash. */
static void chip_make_compat(struct chip *chip, const struct compat_shape *shape)
{
    if (shape->erase_size > 0) {
        chip->regions[0] = (struct mprom_flash_region){shape->erase_size, chip->geometry.size / shape->erase_size};
        memset(chip->geometry.large_erase_sizes, 0, sizeof chip->geometry.large_erase_sizes);
    }
    if (shape->program_size > 0) {
        chip->geometry.program_size = shape->program_size;
    }
    if (shape->is_programmed_once) {
        chip->geometry.page_size = shape->program_size;
        chip->geometry.program_count = 1;
    }
}

/* Alif's MRAM: needs no erasing. Its block size is the board's choice. */
static void chip_make_mram(struct chip *chip)
{
    memset(chip->geometry.large_erase_sizes, 0, sizeof chip->geometry.large_erase_sizes);
    chip->geometry.program_size = COMPAT_MRAM_UNIT;
    chip->geometry.page_size = COMPAT_MRAM_UNIT;
    chip->geometry.overwrites = true;
}

static int chip_operation(void *ctx, const struct cells_operation *operation)
{
    const struct chip *chip = ctx;
    host_flash_log(chip->name, operation);
    return 0;
}

/* A driver asked for what no flash does: a fault of mprom, to be seen. */
static void chip_violation(void *ctx, const char *text)
{
    const struct chip *chip = ctx;
    fprintf(stderr, "mprom-sim: violation: %s: %s\n", chip->name, text);
    host_registry_remove();
    _exit(EXIT_VIOLATION);
}

static void segments_violation(const char *text)
{
    chip_violation(&segments_chip, text);
}

static void chip_open(struct chip *chip, const struct sim_options *options)
{
    host_flash_open(&options->host, chip->name, &chip->cells, &chip->geometry);
    chip->cells.hooks = (struct cells_hooks){.operation = chip_operation, .violation = chip_violation, .ctx = chip};
}

static void power_off(void *ctx)
{
    (void)ctx;
    host_registry_remove();
    _exit(HOST_EXIT_CUT);
}

static void power_returns(void *ctx)
{
    (void)ctx;
    board_reset();
}

static void failures_plan(struct chip *chip, const struct sim_options *options)
{
    static struct cells_fault fault;
    chip->cells.hooks.power_off = options->power_returns ? power_returns : power_off;
    if (host_failures_read(&options->host, &chip->cells, &fault)) {
        chip->cells.faults = &fault;
        chip->cells.fault_count = 1;
        /* As where error correction finds such places: a read that was not probed first is a violation. */
        chip->geometry.bad_read_faults = fault.kind == CELLS_FAULT_UNREADABLE;
    }
}

void sim_flash_open(const struct sim_options *options)
{
    chip_describe(&segments_chip, SIM_SEGMENT_COUNT * options->segment_size);
    chip_describe(&disk_chip, DISK_SIZE);
    if (options->uneven) {
        chip_make_uneven(&segments_chip, options->segment_size);
    }
    if (options->compat) {
        chip_make_compat(&segments_chip, options->compat);
    }
    if (options->compat && options->compat->is_mram) {
        chip_make_mram(&segments_chip);
    }
    chip_open(&segments_chip, options);
    chip_open(&disk_chip, options);
    failures_plan(&segments_chip, options);
    compat_open(options->compat, sim_flash_segments(), sim_flash_disk(), options->segment_size, segments_violation);
}

const struct mprom_flash *sim_flash_segments(void)
{
    return cells_flash(&segments_chip.cells);
}

const struct mprom_flash *sim_flash_disk(void)
{
    return cells_flash(&disk_chip.cells);
}
