/* The flash of SIM: one chip with the segments, one with the writable filesystem, each over cells in a file. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "chips/sim/driver/sim_flash.h"
#include "chips/sim/port/sim.h"
#include "emulator/host/host.h"
#include "micropython/firmware/board.h"

enum {
    DISK_SIZE = 256 * 1024,
    EXIT_VIOLATION = 1
};

struct chip {
    const char *name;
    struct mprom_sim_flash flash;
};

static struct chip segments_chip = {.name = "flash"};
static struct chip disk_chip = {.name = "disk"};

/* What the options and the shape of --compat say of the flash of the segments. */
static struct mprom_sim_flash_kind kind_of(const struct sim_options *options, uint32_t segment_size)
{
    const struct compat_shape *shape = options->compat;
    struct mprom_sim_flash_kind kind = {.part_size = options->uneven ? segment_size : 0};
    if (shape) {
        kind.erase_size = shape->erase_size;
        kind.program_size = shape->is_mram ? COMPAT_MRAM_UNIT : shape->program_size;
        kind.is_programmed_once = shape->is_programmed_once;
        kind.overwrites = shape->is_mram;
    }
    return kind;
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

static void chip_open(struct chip *chip, uint32_t size, const struct mprom_sim_flash_kind *kind,
                      const struct sim_options *options)
{
    struct cells *cells = &chip->flash.cells;
    if (mprom_sim_flash_shape(&chip->flash, size, kind)) {
        errno = 0;
        host_fail("the options make no flash of %u bytes", (unsigned)size);
    }
    host_flash_open(&options->host, chip->name, cells, &chip->flash.geometry);
    cells->hooks = (struct cells_hooks){.operation = chip_operation, .violation = chip_violation, .ctx = chip};
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

static void failures_plan(struct mprom_sim_flash *flash, const struct sim_options *options)
{
    static struct cells_fault fault;
    flash->cells.hooks.power_off = options->power_returns ? power_returns : power_off;
    if (host_failures_read(&options->host, &flash->cells, &fault)) {
        flash->cells.faults = &fault;
        flash->cells.fault_count = 1;
        /* As where error correction finds such places: a read that was not probed first is a violation. */
        flash->geometry.bad_read_faults = fault.kind == CELLS_FAULT_UNREADABLE;
    }
}

void sim_flash_open(const struct sim_options *options, const struct mprom_kit_rom *segments)
{
    const struct mprom_kit_segment *last = &segments->segments[segments->segment_count - 1];
    uint32_t segment_size = segments->segments[0].size;
    const struct mprom_sim_flash_kind kind = kind_of(options, segment_size);
    chip_open(&segments_chip, last->off + last->size, &kind, options);
    chip_open(&disk_chip, DISK_SIZE, NULL, options);
    failures_plan(&segments_chip.flash, options);
    compat_open(options->compat, sim_flash_segments(), sim_flash_disk(), segment_size, segments_violation);
}

const struct mprom_flash *sim_flash_segments(void)
{
    return cells_flash(&segments_chip.flash.cells);
}

const struct mprom_flash *sim_flash_disk(void)
{
    return cells_flash(&disk_chip.flash.cells);
}
