/* The driver of the NVMC, over the strict model of it: what the flash contract does not look at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rig.h"

enum {
    KIB = 1024,
    READ_ONLY = 0,
};

/* What Nordic says of the parts: bytes of flash and of a page, and how often a word of it is written at most. */
static const struct {
    const char *name;
    uint32_t flash_size;
    uint32_t page_size;
    uint32_t program_count;
} parts[] = {
    {"nRF51822", 256 * KIB, 1 * KIB, 1},
    {"nRF52832", 512 * KIB, 4 * KIB, 1},
    {"nRF52840", 1024 * KIB, 4 * KIB, 2},
};

enum {
    PARTS = sizeof parts / sizeof parts[0]
};

static struct rig rig;

static void the_geometry_is_that_of_the_part(void **state)
{
    (void)state;
    for (int i = 0; i < PARTS; i++) {
        rig_open_driver(&rig, parts[i].name);
        const struct mprom_flash *flash = &rig.driver.flash;
        assert_int_equal(flash->geometry->size, parts[i].flash_size);
        assert_int_equal(flash->geometry->program_count, parts[i].program_count);
        assert_int_equal(mprom_flash_erase_size(flash, 0, UINT32_MAX), parts[i].page_size);
        assert_int_equal(mprom_flash_erase(flash, parts[i].flash_size - parts[i].page_size, parts[i].page_size), 0);
        assert_int_equal(bus.masked, 0);
        assert_string_equal(bus.first_violation, "");
        rig_close(&rig);
    }
}

/* Every word of a page, as often as the geometry says that it may be. The model counts words and blocks. */
static void a_page_takes_all_the_writes_that_the_driver_promises(void **state)
{
    (void)state;
    static uint8_t zeros[4 * KIB];
    for (int i = 0; i < PARTS; i++) {
        rig_open_driver(&rig, parts[i].name);
        for (uint32_t turn = 0; turn < rig.driver.geometry.program_count; turn++) {
            assert_int_equal(mprom_flash_program(&rig.driver.flash, 0x10000, zeros, parts[i].page_size), 0);
        }
        assert_string_equal(bus.first_violation, "");
        rig_close(&rig);
    }
}

static void time_that_passes_is_that_of_the_part(void **state)
{
    (void)state;
    static const struct {
        const char *part;
        uint32_t erase_ns;
        uint32_t program_ns;
    } times[] = {{"nRF51822", 22000000, 48000}, {"nRF52832", 89700000, 338000}, {"nRF52840", 85000000, 41000}};
    uint32_t word = 0;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        rig_open_driver(&rig, times[i].part);
        const struct mprom_flash_ops *ops = rig.driver.flash.ops;
        assert_int_equal(ops->erase(&rig.driver.flash, 0, rig.driver.region.erase_size), 0);
        assert_int_equal(bus.now_ns, times[i].erase_ns);
        assert_int_equal(ops->program(&rig.driver.flash, 0, &word, sizeof word), 0);
        assert_int_equal(bus.now_ns, times[i].erase_ns + times[i].program_ns);
        rig_close(&rig);
    }
}

/* Also behind the back of the wrapper, which refuses the same. */
static void what_is_not_aligned_is_refused(void **state)
{
    (void)state;
    uint32_t words[2] = {0};
    rig_open_driver(&rig, "nRF51822");
    const struct mprom_flash *flash = &rig.driver.flash;
    assert_int_equal(mprom_flash_program(flash, 0x20002, words, 4), -MPROM_EINVAL);
    assert_int_equal(mprom_flash_program(flash, 0x20000, words, 6), -MPROM_EINVAL);
    assert_int_equal(mprom_flash_erase(flash, 0x20200, 1 * KIB), -MPROM_EINVAL);
    assert_int_equal(flash->ops->program(flash, 0x20002, words, 4), -MPROM_EINVAL);
    assert_int_equal(flash->ops->program(flash, 0x20000, words, 6), -MPROM_EINVAL);
    assert_int_equal(flash->ops->erase(flash, 0x20200, 1 * KIB), -MPROM_EINVAL);
    assert_int_equal(flash->ops->erase(flash, 0x20000, 4 * KIB), -MPROM_EINVAL);
    assert_int_equal(rig.cells.number, 0);
    assert_string_equal(bus.first_violation, "");
    rig_close(&rig);
}

static void expect_region_0(uint32_t factory, uint32_t user)
{
    uint32_t word = 0;
    rig_open(&rig, "nRF51822");
    rig.model.factory_region_0 = factory;
    rig.model.user_region_0 = user;
    assert_int_equal(mprom_nvmc_open(&rig.driver, &mprom_nvmc_nrf51, 0, 16000000), 0);
    const struct mprom_flash *flash = &rig.driver.flash;
    assert_int_equal(mprom_flash_erase(flash, 0, 1 * KIB), -MPROM_EROFS);
    assert_int_equal(mprom_flash_erase(flash, 0x17C00, 1 * KIB), -MPROM_EROFS);
    assert_int_equal(mprom_flash_program(flash, 0x17FFC, &word, sizeof word), -MPROM_EROFS);
    assert_int_equal(rig.cells.number, 0);
    assert_int_equal(mprom_flash_erase(flash, 0x18000, 1 * KIB), 0);
    assert_int_equal(mprom_flash_program(flash, 0x18000, &word, sizeof word), 0);
    assert_string_equal(bus.first_violation, "");
    rig_close(&rig);
}

/* 0x18000 is where the SoftDevice S110 ends. */
static void region_0_is_read_only_whoever_has_set_it_up(void **state)
{
    (void)state;
    expect_region_0(UINT32_MAX, 0x18000);
    expect_region_0(0x18000, UINT32_MAX);
    expect_region_0(0x18000, 0x4000);
    expect_region_0(0x4000, 0x18000);
}

/* At 1 MHz, to poll less. A poll takes at least four cycles; time-outs may be late, but never early. */
static void a_flash_that_stays_busy_runs_into_the_time_out(void **state)
{
    (void)state;
    uint32_t word = 0;
    rig_open(&rig, "nRF52832");
    assert_int_equal(mprom_nvmc_open(&rig.driver, &mprom_nvmc_nrf52832, 0, 1000000), 0);
    const struct mprom_flash_ops *ops = rig.driver.flash.ops;
    rig.model.hangs = true;
    bus.reads = 0;
    assert_int_equal(ops->program(&rig.driver.flash, 0, &word, sizeof word), -MPROM_ETIMEDOUT);
    assert_in_range(bus.reads, 338 / 4, 10000); /* 338 us */
    assert_int_equal(rig.model.config, READ_ONLY);
    nvmc_model_reset(&rig.model, &rig.cells);
    bus.reads = 0;
    assert_int_equal(ops->erase(&rig.driver.flash, 0, 4 * KIB), -MPROM_ETIMEDOUT);
    assert_in_range(bus.reads, 89700 / 4, 200000); /* 89.7 ms */
    assert_int_equal(rig.model.config, READ_ONLY);
    assert_int_equal(bus.masked, 0);
    assert_string_equal(bus.first_violation, "");
    rig_close(&rig);
}

/* An operation of a debugger, or of the program before a reset. */
static void an_operation_that_runs_already_is_waited_for(void **state)
{
    (void)state;
    uint32_t word = 0;
    rig_open_driver(&rig, "nRF51822");
    rig.model.busy_ns = 1000000;
    assert_int_equal(rig.driver.flash.ops->program(&rig.driver.flash, 0x400, &word, sizeof word), 0);
    rig.model.busy_ns = 1000000;
    assert_int_equal(rig.driver.flash.ops->erase(&rig.driver.flash, 0x400, 1 * KIB), 0);
    assert_string_equal(bus.first_violation, "");
    rig_close(&rig);
}

static void count_call(void *ctx)
{
    uint32_t *calls = ctx;
    *calls += rig.model.busy_ns == UINT64_MAX;
}

static void the_owner_is_called_while_the_flash_is_busy(void **state)
{
    (void)state;
    uint32_t calls = 0;
    rig_open(&rig, "nRF51822");
    assert_int_equal(mprom_nvmc_open(&rig.driver, &mprom_nvmc_nrf51, 0, 1000000), 0);
    rig.driver.while_busy = count_call;
    rig.driver.while_busy_ctx = &calls;
    rig.model.hangs = true;
    assert_int_equal(rig.driver.flash.ops->erase(&rig.driver.flash, 0, 1 * KIB), -MPROM_ETIMEDOUT);
    assert_in_range(calls, 22000 / 4, 200000);
    rig_close(&rig);
}

static void other_chips_and_sizes_are_refused(void **state)
{
    (void)state;
    rig_open(&rig, "nRF51822");
    assert_int_equal(mprom_nvmc_open(&rig.driver, &mprom_nvmc_nrf52832, 0, 16000000), -MPROM_EOPNOTSUPP);
    assert_int_equal(mprom_nvmc_open(&rig.driver, &mprom_nvmc_nrf51, 1000, 16000000), -MPROM_EINVAL);
    assert_int_equal(mprom_nvmc_open(&rig.driver, &mprom_nvmc_nrf51, 1024 * KIB, 16000000), 0);
    assert_int_equal(rig.driver.geometry.size, 1024 * KIB);
    assert_int_equal(mprom_flash_check(&rig.driver.flash), 0);
    assert_string_equal(bus.first_violation, "");
    rig_close(&rig);
}

static const char *register_name(uint32_t address)
{
    switch (address) {
    case 0x4001E400:
        return "NVMC_READY    ";
    case 0x4001E504:
        return "NVMC_CONFIG   ";
    case 0x4001E508:
        return "NVMC_ERASEPAGE";
    case 0x0002D000:
        return "0x0002D000    ";
    default:
        return NULL;
    }
}

static const char erase_steps[] = "read  NVMC_READY     0x00000001\n"
                                  "write NVMC_CONFIG    0x00000002\n"
                                  "read  NVMC_READY     0x00000001\n"
                                  "write NVMC_ERASEPAGE 0x0002d000\n"
                                  "read  NVMC_READY     0x00000000\n"
                                  "read  NVMC_READY     0x00000001\n"
                                  "write NVMC_CONFIG    0x00000000\n"
                                  "read  NVMC_READY     0x00000001\n";
static const char program_steps[] = "read  NVMC_READY     0x00000001\n"
                                    "write NVMC_CONFIG    0x00000001\n"
                                    "read  NVMC_READY     0x00000001\n"
                                    "write 0x0002D000     0x31cdd2ff\n"
                                    "read  NVMC_READY     0x00000000\n"
                                    "read  NVMC_READY     0x00000001\n"
                                    "write NVMC_CONFIG    0x00000000\n"
                                    "read  NVMC_READY     0x00000001\n";

static void the_steps_are_those_of_the_readme(void **state)
{
    (void)state;
    char *readme = bus_read_page(MPROM_SOURCE_DIR "/chips/nrf/README.md");
    uint32_t word = 0x31CDD2FF;
    rig_open_driver(&rig, "nRF51822");
    bus.name = register_name;
    const struct mprom_flash_ops *ops = rig.driver.flash.ops;
    assert_int_equal(ops->erase(&rig.driver.flash, 0x2D000, 1 * KIB), 0);
    bus_expect_trace("erase of the page at 0x0002D000", erase_steps, readme);
    assert_int_equal(ops->program(&rig.driver.flash, 0x2D000, &word, sizeof word), 0);
    bus_expect_trace("program of the word at 0x0002D000", program_steps, readme);
    free(readme);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_geometry_is_that_of_the_part),
        cmocka_unit_test(a_page_takes_all_the_writes_that_the_driver_promises),
        cmocka_unit_test(time_that_passes_is_that_of_the_part),
        cmocka_unit_test(what_is_not_aligned_is_refused),
        cmocka_unit_test(region_0_is_read_only_whoever_has_set_it_up),
        cmocka_unit_test(a_flash_that_stays_busy_runs_into_the_time_out),
        cmocka_unit_test(an_operation_that_runs_already_is_waited_for),
        cmocka_unit_test(the_owner_is_called_while_the_flash_is_busy),
        cmocka_unit_test(other_chips_and_sizes_are_refused),
        cmocka_unit_test(the_steps_are_those_of_the_readme),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
