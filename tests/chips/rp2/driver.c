/* The flash driver on both series: order, what it stops, what it restores, what it does about a chip that hangs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/mmio.h"
#include "rig.h"

enum {
    SLOW_HZ = 1000000,
    SECTOR = 0x60000,
    PADS = 6,
    M1_TIMING = 0x400D0020,
};

static struct rig rig;

static const struct rig_series *series; /* of the test that runs: begin_series() */

static const struct mprom_flash *flash(void)
{
    return &rig.driver.flash;
}

static void the_chip_is_asked_for_its_size(void **state)
{
    (void)state;
    rig_open_driver(&rig, series);
    assert_int_equal(flash()->geometry->size, 1u << series->capacity);
    assert_memory_equal(rig.driver.id, "\xEF\x40", 2);
    assert_int_equal(rig.driver.id[2], series->capacity);
    assert_int_equal(rig.set_ups, 1);
    rig_close(&rig);
}

static void a_boot_rom_without_a_function_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < RIG_FUNCTIONS; i++) {
        rig_open(&rig, series);
        rig.missing = rig_codes[i];
        assert_int_equal(series->open_driver(&rig.driver, SLOW_HZ), -MPROM_EOPNOTSUPP);
        assert_int_equal(rig.set_ups, 0);
        assert_string_equal(bus.first_violation, "");
        rig_close(&rig);
    }
}

static void a_chip_of_a_size_that_nobody_knows_is_refused(void **state)
{
    (void)state;
    static const uint8_t capacities[] = {0x00, 0x0F, 0x19, 0xFF};
    for (size_t i = 0; i < sizeof capacities; i++) {
        struct nor_part part;
        rig_open(&rig, series);
        part = *rig.chip.part;
        part.id[2] = capacities[i];
        rig.chip.part = &part;
        assert_int_equal(series->open_driver(&rig.driver, SLOW_HZ), -MPROM_ENODEV);
        assert_int_equal(rig.set_ups, 1);
        assert_string_equal(bus.first_violation, "");
        rig_close(&rig);
    }
}

static void a_short_program_leaves_the_rest_of_its_page(void **state)
{
    (void)state;
    static const uint8_t first[] = {1, 2, 3, 4}, second[] = {5, 6, 7};
    rig_open_driver(&rig, series);
    assert_int_equal(mprom_flash_program(flash(), SECTOR, first, sizeof first), 0);
    assert_int_equal(mprom_flash_program(flash(), SECTOR + 253, second, sizeof second), 0);
    assert_memory_equal(rig.cells.bytes + SECTOR, first, sizeof first);
    assert_memory_equal(rig.cells.bytes + SECTOR + 253, second, sizeof second);
    for (uint32_t i = sizeof first; i < 253; i++) {
        assert_int_equal(rig.cells.bytes[SECTOR + i], 0xFF);
    }
    assert_int_equal(rig.cells.bytes[SECTOR + 256], 0xFF);
    assert_string_equal(bus.first_violation, "");
    rig_close(&rig);
}

static void large_blocks_are_erased_at_once(void **state)
{
    (void)state;
    rig_open_driver(&rig, series);
    cells_reset_counts(&rig.cells);
    assert_int_equal(mprom_flash_erase(flash(), 0x1F000, 0x12000), 0);
    assert_int_equal(rig.cells.counts.erases, 3);
    assert_int_equal(rig.cells.counts.blocks_erased, 18);
    assert_int_equal(rig.set_ups, 4);
    assert_string_equal(bus.first_violation, "");
    rig_close(&rig);
}

/* What the boot ROM resets, and what sets up the window need not set, is as before. */
static void pads_and_interrupts_are_restored(void **state)
{
    (void)state;
    uint32_t pads[PADS];
    rig_open_driver(&rig, series);
    mprom_mmio_write32(series->pads, 0x31);
    if (series == &rig_rp2350) {
        mprom_mmio_write32(M1_TIMING, 0x40000111);
    }
    mprom_mmio_write32(series->pads + 4 * (PADS - 1), 0x6A);
    for (uint32_t i = 0; i < PADS; i++) {
        pads[i] = mprom_mmio_read32(series->pads + 4 * i);
    }
    bus.masked = 0;
    assert_int_equal(mprom_flash_erase(flash(), SECTOR, 4096), 0);
    for (uint32_t i = 0; i < PADS; i++) {
        assert_int_equal(mprom_mmio_read32(series->pads + 4 * i), pads[i]);
    }
    if (series == &rig_rp2350) {
        assert_int_equal(mprom_mmio_read32(M1_TIMING), 0x40000111);
    }
    assert_int_equal(bus.masked, 0);
    bus.masked = 1;
    assert_int_equal(mprom_flash_erase(flash(), SECTOR, 4096), 0);
    assert_int_equal(bus.masked, 1);
    rig_close(&rig);
}

/* Another core runs from the window unless it is stopped. */
static struct {
    bool is_stopped;
    int stops;
    int seen_unmasked;
} core;

static void core_runs(void)
{
    if (!core.is_stopped) {
        rig_access(0x100, MODEL_FETCH);
    } else if (!bus.masked) {
        core.seen_unmasked++;
    }
}

static void core_stop(void *ctx)
{
    (void)ctx;
    core.is_stopped = true;
    core.stops++;
}

static void core_go(void *ctx)
{
    (void)ctx;
    core.is_stopped = false;
    rig_access(0x100, MODEL_FETCH);
}

static void the_other_core_is_stopped_meanwhile(void **state)
{
    (void)state;
    static const struct mprom_rp2_guard guard = {.enter = core_stop, .leave = core_go};
    static const uint8_t byte = 0;
    memset(&core, 0, sizeof core);
    rig_open_driver(&rig, series);
    rig.driver.guard = &guard;
    bus.polled = core_runs;
    assert_int_equal(mprom_flash_erase(flash(), SECTOR, 4096), 0);
    assert_int_equal(mprom_flash_program(flash(), SECTOR, &byte, 1), 0);
    assert_int_equal(core.stops, 2);
    assert_int_equal(core.seen_unmasked, 0);
    assert_string_equal(bus.first_violation, "");
    rig.driver.guard = NULL;
    (void)mprom_flash_erase(flash(), SECTOR, 4096);
    assert_non_null(strstr(bus.first_violation, "execution of the flash at 0x10000100"));
    rig_close(&rig);
}

/* A CPU of 1 MHz: a look at the status takes 15 us or more, and a chip that was reset does not listen for 30. */
static void pass_read(void)
{
    bus_pass(5000);
}

/* The boot ROM would wait for ever. The chip is reset, so that the program can go on from it. */
static void a_chip_that_stays_busy_is_reset(void **state)
{
    (void)state;
    static const uint8_t byte = 0;
    rig_open_driver(&rig, series);
    rig_hang(&rig);
    bus.polled = pass_read;
    assert_int_equal(mprom_flash_erase(flash(), SECTOR, 4096), -MPROM_ETIMEDOUT);
    bus.polled = NULL;
    assert_int_equal(rig.chip.job, NOR_NOTHING);
    rig_access(SECTOR, MODEL_FETCH);
    rig.chip.never_ready = false;
    assert_int_equal(mprom_flash_program(flash(), SECTOR, &byte, 1), 0);
    assert_string_equal(bus.first_violation, "");
    rig_close(&rig);
}

/* After a reset of the CPU alone the chip may still be at work. */
static void a_chip_that_is_still_busy_is_waited_for(void **state)
{
    (void)state;
    rig_open_driver(&rig, series);
    rig_hang(&rig);
    rig.chip.never_ready = false;
    rig.chip.busy_ns = 150000000;
    assert_int_equal(mprom_flash_erase(flash(), SECTOR, 4096), 0);
    assert_string_equal(bus.first_violation, "");
    rig_close(&rig);
}

/* The boot ROM of an RP2350 checks itself by coprocessor 7; other ones are the program's affair. */
static void access_to_a_coprocessor_is_given(void **state)
{
    (void)state;
    rig_open(&rig, series);
    rig.core.cpacr = 0x00F00000;
    assert_int_equal(series->open_driver(&rig.driver, SLOW_HZ), 0);
    assert_int_equal(rig.core.cpacr, series == &rig_rp2350 ? 0x00F0C000 : 0x00F00000);
    assert_string_equal(bus.first_violation, "");
    rig_close(&rig);
}

/* A chip that nobody has set quad enable in: the boot ROM of an RP2350 then has the window read by 0Bh. */
static void quad_enable_stays_off(void **state)
{
    (void)state;
    static const uint8_t byte = 0x12;
    rig_open_cold(&rig, &rig_rp2350);
    rig.chip.status[1] = 0;
    rig_read_by_0bh(&rig);
    assert_int_equal(rig_rp2350.open_driver(&rig.driver, SLOW_HZ), 0);
    assert_int_equal(mprom_flash_erase(flash(), SECTOR, 4096), 0);
    assert_int_equal(mprom_flash_program(flash(), SECTOR, &byte, 1), 0);
    assert_int_equal(rig.chip.status[1], 0);
    assert_int_equal(rig.qmi.windows[0].rcmd, 0x0B);
    assert_string_equal(bus.first_violation, "");
    rig_close(&rig);
}

static void no_operation(struct mprom_rp2_flash *rp2)
{
    (void)rp2;
}

static void other_code(struct mprom_rp2_flash *rp2)
{
    rp2->set_up[3] ^= 1;
}

static void guessed_address(struct mprom_rp2_flash *rp2)
{
    rp2->rom.erase = 0x236D; /* that of an RP2040, B2 */
}

static void wrong_order(struct mprom_rp2_flash *rp2)
{
    rp2->rom.exit_xip = rp2->rom.connect;
}

static void no_connect(struct mprom_rp2_flash *rp2)
{
    rp2->rom.connect = rp2->rom.flush;
}

static void no_flush(struct mprom_rp2_flash *rp2)
{
    rp2->rom.flush = rp2->rom.connect;
}

/* What the rig must find in a driver; the first is none. */
static void mistakes_of_a_driver_are_caught(void **state)
{
    (void)state;
    static const struct {
        void (*make)(struct mprom_rp2_flash *rp2);
        const char *rp2040;
        const char *rp2350;
    } mistakes[] = {
        {no_operation, "", ""},
        {other_code, "what runs from RAM is not what sets up the window",
         "what runs from RAM is not what sets up the window"},
        {guessed_address, "a call of 0x236d, which is no function of the boot ROM",
         "a call of 0x236d, which is no function of the boot ROM"},
        {wrong_order, "flash chip: ", ""}, /* the window of an RP2350 leaves the chip ready for commands */
        {no_connect, "", ""},              /* the pins are as they were, which serves */
        {no_flush, "which the cache may hold as it was before", "which the cache may hold as it was before"},
    };
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        rig_open_driver(&rig, series);
        mistakes[i].make(&rig.driver);
        (void)mprom_flash_erase(flash(), SECTOR, 4096);
        const char *violation = series == &rig_rp2040 ? mistakes[i].rp2040 : mistakes[i].rp2350;
        if (strstr(bus.first_violation, violation) == NULL || (violation[0] == '\0' && bus.violations != 0)) {
            fail_msg("mistake %zu: %s", i, bus.first_violation);
        }
        rig_close(&rig);
    }
}

/* cmocka has no parameters: each test on each series. */
static int begin_series(void **state)
{
    series = *state;
    return 0;
}

#define ON_BOTH(test)                                                                                                \
    cmocka_unit_test_prestate_setup_teardown(test, begin_series, NULL, (void *)(uintptr_t)&rig_rp2040),              \
        cmocka_unit_test_prestate_setup_teardown(test, begin_series, NULL, (void *)(uintptr_t)&rig_rp2350)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(the_chip_is_asked_for_its_size),
        ON_BOTH(a_boot_rom_without_a_function_is_refused),
        ON_BOTH(a_chip_of_a_size_that_nobody_knows_is_refused),
        ON_BOTH(a_short_program_leaves_the_rest_of_its_page),
        ON_BOTH(large_blocks_are_erased_at_once),
        ON_BOTH(pads_and_interrupts_are_restored),
        ON_BOTH(the_other_core_is_stopped_meanwhile),
        ON_BOTH(a_chip_that_stays_busy_is_reset),
        ON_BOTH(a_chip_that_is_still_busy_is_waited_for),
        ON_BOTH(access_to_a_coprocessor_is_given),
        cmocka_unit_test(quad_enable_stays_off),
        ON_BOTH(mistakes_of_a_driver_are_caught),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
