/*
 * Power cut at every program and erase of an update that goes through the SPI-NOR driver to a simulated chip: before,
 * after and in the middle, and the CPU resets with the chip still at work. The driver is started again each time;
 * what is found then is the old image, the new one or none, and the next update succeeds.
 */
#include "mprom/rom.h"
#include "nor_rig.h"
#include "rom/image_maker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    SEGMENT_OFF = 36 * 1024,
    SEGMENT_SIZE = 96 * 1024, /* a 64K block among smaller ones */
    OLD_SIZE = 95000,
    NEW_SIZE = 13000,
    RETRY_SIZE = 94000,
};

struct world {
    struct nor_rig rig;
    struct mprom_rom_segment segment;
    struct mprom_rom_state state;
    struct mprom_rom rom;
    struct cells before; /* the array when the old image is in place */
    uint8_t old[OLD_SIZE], new[NEW_SIZE], retry[RETRY_SIZE];
    jmp_buf lost;
    uint64_t operations;
};

static struct world world;

static void power_off(void *ctx)
{
    (void)ctx;
    longjmp(world.lost, 1);
}

static void start(void)
{
    nor_chip_power_on(&world.rig.chip);
    assert_int_equal(rig_start(&world.rig), 0);
    world.segment = (struct mprom_rom_segment){
        .name = "rom0", .flash = world.rig.flash, .off = SEGMENT_OFF, .size = SEGMENT_SIZE};
    assert_int_equal(mprom_rom_init(&world.rom, &world.segment, &world.state, 1, NULL), 0);
}

static int deploy(const uint8_t *image, uint32_t size)
{
    int err = mprom_rom_update_begin(&world.rom, 0, size);
    if (err == 0) {
        err = mprom_rom_update_write(&world.rom, image, size);
    }
    return err ? err : mprom_rom_update_commit(&world.rom);
}

static bool holds(const uint8_t *image, uint32_t size)
{
    return memcmp(world.rig.cells.bytes + SEGMENT_OFF, image, size) == 0;
}

/* Only the part that updates touch; the rest is blank in both. */
static void copy_array(struct cells *to, const struct cells *from)
{
    memcpy(to->bytes, from->bytes, SEGMENT_OFF + SEGMENT_SIZE);
    memcpy(to->shaky, from->shaky, SEGMENT_OFF + SEGMENT_SIZE);
    memcpy(to->turn, from->turn, SEGMENT_OFF + SEGMENT_SIZE);
    memcpy(to->units, from->units, SEGMENT_OFF + SEGMENT_SIZE);
}

static int open_world(void **state)
{
    (void)state;
    struct nor_rig *rig = &world.rig;
    rig_open(rig, "w25q64", 4);
    assert_int_equal(cells_open_memory(&world.before, rig->part.geometry), 0);
    make_image(world.old, OLD_SIZE, 1, true);
    make_image(world.new, NEW_SIZE, 2, true);
    make_image(world.retry, RETRY_SIZE, 3, true);
    start();
    assert_int_equal(deploy(world.old, OLD_SIZE), 0);
    copy_array(&world.before, &rig->cells);
    start();
    uint64_t first = rig->cells.number;
    assert_int_equal(deploy(world.new, NEW_SIZE), 0);
    world.operations = rig->cells.number - first;
    assert_true(world.operations > 50);
    assert_int_equal(rig->chip.violations, 0);
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    cells_close(&world.before);
    rig_close(&world.rig);
    return 0;
}

/* What the next start finds, and that it can be written again. */
static void recover(uint64_t number)
{
    struct mprom_rom_image image;
    start();
    assert_int_equal(mprom_rom_verify(&world.rom, 0, MPROM_ROM_VERIFY_START, &image), 0);
    if (image.state == MPROM_ROM_IMAGE_SEALED) {
        assert_true((image.size == OLD_SIZE && holds(world.old, OLD_SIZE)) ||
                    (image.size == NEW_SIZE && holds(world.new, NEW_SIZE)) ||
                    (image.size == RETRY_SIZE && holds(world.retry, RETRY_SIZE)));
    } else {
        assert_int_not_equal(image.state, MPROM_ROM_IMAGE_UNSEALED);
    }
    /* Updates after each cut differ little: a few suffice. */
    if (number % 8 == 0) {
        assert_int_equal(deploy(world.retry, RETRY_SIZE), 0);
        assert_true(holds(world.retry, RETRY_SIZE));
    }
    assert_int_equal(world.rig.chip.violations, 0);
    assert_int_equal(world.rig.cells.counts.violations, 0);
}

static void cut_at(const struct cells_cut *cut)
{
    struct cells *cells = &world.rig.cells;
    copy_array(cells, &world.before);
    start();
    cells->hooks = (struct cells_hooks){.power_off = power_off};
    cells_set_cut(cells, cut);
    if (setjmp(world.lost) == 0) {
        (void)deploy(world.new, NEW_SIZE);
        fail_msg("operation %u was not reached", (unsigned)cut->number);
    }
    cells->hooks = (struct cells_hooks){.power_off = NULL};
    recover(cut->number);
}

static void power_may_fail_at_every_operation(void **state)
{
    (void)state;
    for (uint64_t number = 0; number < world.operations; number++) {
        struct cells_cut cut = {.number = number, .phase = CELLS_BEFORE};
        cut_at(&cut);
        cut.phase = CELLS_AFTER;
        cut_at(&cut);
        cut.phase = CELLS_DURING;
        for (int pattern = 0; pattern < CELLS_TORN_COUNT; pattern++) {
            cut.pattern = (enum cells_pattern)pattern;
            cut.seed = (uint32_t)(number * 31 + (uint64_t)pattern);
            cut_at(&cut);
        }
    }
}

/* The CPU is reset by a watchdog, the chip is not: the driver's own reset breaks off what was going on. */
static jmp_buf watchdog;
static uint64_t transfers_left;
static int (*transfer)(void *ctx, const struct mprom_spi_nor_command *command);

static int transfer_until_reset(void *ctx, const struct mprom_spi_nor_command *command)
{
    if (transfers_left-- == 0) {
        longjmp(watchdog, 1);
    }
    return transfer(ctx, command);
}

/* Returns whether it got to the end. */
static bool deploy_until_reset(uint64_t count)
{
    transfers_left = count;
    if (setjmp(watchdog) != 0) {
        return false;
    }
    assert_int_equal(deploy(world.retry, RETRY_SIZE), 0);
    return true;
}

static void the_cpu_may_be_reset_at_any_transfer(void **state)
{
    (void)state;
    struct nor_rig *rig = &world.rig;
    struct mprom_spi_nor_bus_ops ops = *rig->bus.bus.ops;
    transfer = ops.transfer;
    ops.transfer = transfer_until_reset;
    uint64_t count = 1;
    for (bool done = false; !done; count += 1 + count / 16) {
        copy_array(&rig->cells, &world.before);
        start();
        rig->nor.bus.ops = &ops;
        done = deploy_until_reset(count);
        /* No power-on: the chip is as it is. */
        assert_int_equal(rig_start(rig), 0);
        recover(count);
    }
    assert_true(count > 1000);
    assert_true(rig->bus.counts[0xD8] > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(power_may_fail_at_every_operation),
        cmocka_unit_test(the_cpu_may_be_reset_at_any_transfer),
    };
    return cmocka_run_group_tests(tests, open_world, close_world);
}
