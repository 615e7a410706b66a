/*
 * The drivers of QUADSPI and OCTOSPI with that of SPI-NOR above them, over the strict models of controller, chip,
 * caches and MPU.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/cortex_m/cortex_m7.h"
#include "arch/mmio.h"
#include "serial.h"

enum {
    KIB = 1024,
    WINDOW = 0x90000000,
};

/* Each test runs on each of them. */
static enum serial_kind kind;
static struct serial_rig rig;

/* Reads in place, through the caches and the MPU as they are. */
static void expect_mapped(uint32_t off, const uint8_t *expected, uint32_t size)
{
    const struct model_window *window = bus.window;
    assert_ptr_equal(mprom_flash_map(rig.flash, off), window->bytes + off);
    for (uint32_t at = off & ~31u; at < off + size && window->guarded(window->ctx); at += 32) {
        window->access(window->ctx, at, 4, MODEL_LOAD);
        window->access(window->ctx, at, 4, MODEL_FETCH);
    }
    assert_memory_equal(window->bytes + off, expected, size);
}

static void expect_programmed(uint32_t off, uint32_t size)
{
    uint8_t bytes[600];
    uint8_t seen[600];
    for (uint32_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(i * 37 + off + 1);
    }
    assert_int_equal(mprom_flash_program(rig.flash, off, bytes, size), 0);
    assert_int_equal(mprom_flash_read(rig.flash, off, seen, size), 0);
    assert_memory_equal(seen, bytes, size);
    assert_memory_equal(rig.cells.bytes + off, bytes, size);
    expect_mapped(off, bytes, size);
}

/* Old and new chips, three and four address bytes, one lane and four. */
static void each_chip_is_erased_programmed_and_read(void **state)
{
    (void)state;
    static const char *const parts[] = {"w25q64", "mx25r6435f", "w25q16old", "w25q256jv", "w25q256fv", "w25q128"};
    static const uint8_t blank[64 * KIB] = {0};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        serial_rig_open_driver(&rig, kind, parts[i]);
        uint32_t size = rig.flash->geometry->size;
        assert_int_equal(size, rig.serial.chip.part->geometry->size);
        uint32_t last = size - 64 * KIB;
        uint8_t *erased = malloc(sizeof blank);
        assert_non_null(erased);
        memset(erased, 0xFF, sizeof blank);
        memset(rig.cells.bytes + last, 0, sizeof blank);
        assert_int_equal(mprom_flash_erase(rig.flash, last, 64 * KIB), 0);
        expect_mapped(last, erased, 64 * KIB);
        expect_programmed(size - 300, 300);
        for (uint32_t n = 1; n <= 9; n++) {
            expect_programmed(last + 4096 * n + n, n);
        }
        expect_programmed(last + 48 * KIB + 30, 10); /* two lines of the cache */
        assert_int_equal(mprom_flash_erase(rig.flash, last + 4096, 4096), 0);
        expect_mapped(last + 4096, erased, 4096);
        free(erased);
        assert_string_equal(bus.first_violation, "");
        serial_rig_close(&rig);
    }
}

static void reads_of_any_size_and_place_are_right(void **state)
{
    (void)state;
    uint8_t seen[200];
    serial_rig_open_driver(&rig, kind, "w25q64");
    for (uint32_t i = 0; i < 1000; i++) {
        rig.cells.bytes[i] = (uint8_t)(i ^ i >> 8);
    }
    for (uint32_t size = 1; size < sizeof seen; size += size < 20 ? 1 : 30) {
        for (uint32_t off = 0; off < 8; off++) {
            rig.driver.is_mapped = size % 2 == 0; /* through the window, or by a command if it is closed */
            memset(seen, 0x77, sizeof seen);
            assert_int_equal(mprom_flash_read(rig.flash, off, seen, size), 0);
            assert_memory_equal(seen, rig.cells.bytes + off, size);
            assert_true(size == sizeof seen - 1 || seen[size] == 0x77);
            expect_mapped(off, rig.cells.bytes + off, size);
        }
    }
    assert_string_equal(bus.first_violation, "");
    serial_rig_close(&rig);
}

static uint64_t load_ns(uint32_t off)
{
    return bus.window->wait_ns(bus.window->ctx, off, 4, MODEL_LOAD);
}

/* 16 MHz on the F7, 32 MHz on the H7. */
static uint64_t clocks_ns(uint64_t clocks)
{
    return clocks * 125 / (kind == SERIAL_QUADSPI_F7 ? 2 : 4);
}

/*
 * EBh: 8 clocks of opcode, 6 of address, 2 of mode byte, 4 of waiting, and 64 for a line of 32 bytes. A line that
 * follows needs the 64 only, one that a cache holds nothing; what was programmed has to be read again.
 */
static void a_read_through_the_window_takes_what_the_lines_take(void **state)
{
    (void)state;
    const uint8_t bytes[4] = {0};
    serial_rig_open_driver(&rig, kind, "w25q64");
    assert_int_equal(load_ns(0x1000), clocks_ns(84));
    assert_int_equal(load_ns(0x101C), 0);
    assert_int_equal(load_ns(0x1020), clocks_ns(64));
    assert_int_equal(load_ns(0x8000), clocks_ns(84));
    assert_int_equal(load_ns(0x1000), 0);
    assert_int_equal(bus.window->wait_ns(bus.window->ctx, 0x1018, 16, MODEL_FETCH), clocks_ns(148));
    assert_int_equal(bus.window->wait_ns(bus.window->ctx, 0x1018, 16, MODEL_FETCH), 0);
    assert_int_equal(rig.flash->ops->program(rig.flash, 0x1000, bytes, 4), 0);
    assert_int_equal(load_ns(0x1020), 0);
    assert_int_equal(load_ns(0x1000), clocks_ns(84));
    /* 16 KB are 4 ways of 4 KB, those of an H723 of 8 KB: a fifth line of a set makes room for itself. */
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(load_ns(0x11000 + i * (kind == SERIAL_OCTOSPI ? 8192 : 4096)), clocks_ns(84));
    }
    assert_int_equal(load_ns(0x11000), 0);
    assert_int_equal(load_ns(0x1000), clocks_ns(84));
    assert_string_equal(bus.first_violation, "");
    serial_rig_close(&rig);
}

/* The clock changes for commands and for the window, whatever was going on before. */
static void a_started_chip_gets_another_clock(void **state)
{
    (void)state;
    serial_rig_open_driver(&rig, kind, "w25q64");
    uint64_t slow_ns = load_ns(0x1000);
    uint32_t faster = kind == SERIAL_QUADSPI_F7 ? 3 : 1; /* the rig starts them at 1 and 2 */
    assert_int_equal(mprom_serial_bus_set_prescaler(&rig.driver, faster, &rig.nor.read), 0);
    uint64_t ns = load_ns(0x2000);
    assert_true(kind == SERIAL_QUADSPI_F7 ? ns == slow_ns * 3 : ns == slow_ns / 2);
    expect_programmed(0, 300);
    rig.serial.lines->hangs = true;
    assert_int_equal(mprom_serial_bus_set_prescaler(&rig.driver, 2, &rig.nor.read), -MPROM_ETIMEDOUT);
    assert_null(mprom_flash_map(rig.flash, 0));
    assert_string_equal(bus.first_violation, "");
    serial_rig_close(&rig);
}

/* The bootloader of a PYBD leaves it memory-mapped; then the CPU was reset and started again. */
static void the_controller_is_started_from_any_state(void **state)
{
    (void)state;
    serial_rig_open_driver(&rig, kind, "w25q64");
    expect_programmed(0, 100);
    serial_rig_start(&rig);
    expect_programmed(1000, 100);
    serial_rig_reset(&rig);
    mprom_cortex_m7_cache_start();
    serial_rig_start(&rig);
    expect_programmed(2000, 100);
    assert_string_equal(bus.first_violation, "");
    serial_rig_close(&rig);
}

/* OpenMV's bootloader leaves the chip of an OPENMV4P so. */
static void a_chip_left_with_four_address_bytes_is_reset(void **state)
{
    (void)state;
    static const char *const parts[] = {"w25q256jv", "w25q256fv"};
    for (size_t i = 0; i < 2; i++) {
        serial_rig_open(&rig, kind, parts[i]);
        mprom_cortex_m7_cache_start();
        rig.serial.chip.mode_4byte = true;
        serial_rig_start(&rig);
        rig.flash = &rig.nor.flash;
        expect_programmed(0x1800000, 300);
        expect_programmed(0x100, 10);
        assert_string_equal(bus.first_violation, "");
        serial_rig_close(&rig);
    }
}

static void without_a_chip_the_window_stays_closed(void **state)
{
    (void)state;
    serial_rig_open_driver(&rig, kind, "w25q64");
    rig.cells.power = false;
    assert_int_equal(mprom_spi_nor_start(&rig.nor, &rig.driver.bus), -MPROM_ENODEV);
    assert_false(cortex_m7_model_may_read(&rig.serial.m7, WINDOW));
    assert_string_equal(bus.first_violation, "");
    serial_rig_close(&rig);
}

/* A wait ends after some ten thousand polls at most, and what was hung serves again. */
static void a_controller_that_hangs_runs_into_the_time_out(void **state)
{
    (void)state;
    uint8_t bytes[40] = {0};
    serial_rig_open_driver(&rig, kind, "w25q64");
    const struct mprom_spi_nor_bus_ops *ops = rig.driver.bus.ops;
    const struct mprom_spi_nor_command read = rig.nor.read;
    struct mprom_spi_nor_command commands[3] = {
        {.opcode = 0x06, .opcode_lanes = 1},
        {.opcode = 0x05, .opcode_lanes = 1, .data_lanes = 1, .in = bytes, .size = 1},
        {.opcode = 0x01, .opcode_lanes = 1, .data_lanes = 1, .out = bytes, .size = 40},
    };
    for (int i = 0; i < 3; i++) {
        assert_int_equal(ops->begin(&rig.driver), 0);
        rig.serial.lines->hangs = true;
        bus.reads = 0;
        assert_int_equal(ops->transfer(&rig.driver, &commands[i]), -MPROM_ETIMEDOUT);
        assert_in_range(bus.reads, 4000 / 4, 50000);
        assert_int_equal(ops->begin(&rig.driver), -MPROM_ETIMEDOUT);
        assert_null(mprom_flash_map(rig.flash, 0)); /* the window is closed */
        rig.serial.lines->hangs = false;
        assert_int_equal(ops->begin(&rig.driver), 0);
        assert_int_equal(ops->end(&rig.driver, &read), 0);
    }
    expect_programmed(0, 300);
    assert_string_equal(bus.first_violation, "");
    serial_rig_close(&rig);
}

static void a_transfer_error_is_reported(void **state)
{
    (void)state;
    uint8_t byte;
    serial_rig_open_driver(&rig, kind, "w25q64");
    const struct mprom_spi_nor_bus_ops *ops = rig.driver.bus.ops;
    struct mprom_spi_nor_command command = rig.nor.read;
    command.address_size = 4;
    command.address = 0x10000000; /* beyond FSIZE or DEVSIZE */
    command.in = &byte;
    command.size = 1;
    assert_int_equal(ops->begin(&rig.driver), 0);
    assert_int_equal(ops->transfer(&rig.driver, &command), -MPROM_EIO);
    assert_int_equal(ops->end(&rig.driver, &rig.nor.read), 0);
    assert_non_null(strstr(bus.first_violation, "beyond the size that"));
    expect_programmed(0, 30);
    assert_int_equal(bus.violations, 2); /* reads are tried twice */
    serial_rig_close(&rig);
}

/* An H7 may set TEF when AR is written although nothing is wrong. */
static void a_read_that_is_refused_once_is_done_again(void **state)
{
    (void)state;
    uint8_t seen[4];
    serial_rig_open_driver(&rig, kind, "w25q64");
    memcpy(rig.cells.bytes + 64, "\x12\x34\x56\x78", 4);
    rig.driver.is_mapped = false;
    rig.serial.lines->refuses = true;
    assert_int_equal(mprom_flash_read(rig.flash, 64, seen, 4), 0);
    assert_false(rig.serial.lines->refuses);
    assert_memory_equal(seen, "\x12\x34\x56\x78", 4);
    assert_string_equal(bus.first_violation, "");
    serial_rig_close(&rig);
}

/* But nothing is programmed or erased twice. */
static void a_program_that_is_refused_is_not(void **state)
{
    (void)state;
    serial_rig_open_driver(&rig, kind, "w25q64");
    rig.serial.lines->refuses = true;
    assert_int_equal(mprom_flash_program(rig.flash, 0, "\x12", 1), -MPROM_EIO);
    assert_int_equal(rig.cells.bytes[0], 0xFF);
    expect_programmed(0, 30);
    assert_string_equal(bus.first_violation, "");
    serial_rig_close(&rig);
}

/* To the last byte of 8, 16 and 32 MiB: the controller's idea of the size does not stop before it. */
static void the_whole_chip_is_in_the_window(void **state)
{
    (void)state;
    static const char *const parts[] = {"w25q64", "w25q128", "w25q256jv", "w25q256fv"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        serial_rig_open_driver(&rig, kind, parts[i]);
        uint32_t size = rig.flash->geometry->size;
        uint8_t last = 0;
        rig.cells.bytes[size - 1] = 0xA5;
        expect_mapped(size - 1, rig.cells.bytes + size - 1, 1);
        assert_int_equal(mprom_mmio_read8(WINDOW + size - 1), 0xA5);
        assert_int_equal(mprom_mmio_read32(WINDOW + size - 4), 0xA5FFFFFF);
        assert_int_equal(mprom_flash_read(rig.flash, size - 1, &last, 1), 0);
        assert_int_equal(last, 0xA5);
        expect_mapped(0x100000, rig.cells.bytes + 0x100000, 4);
        assert_string_equal(bus.first_violation, "");
        serial_rig_close(&rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_chip_is_erased_programmed_and_read),
        cmocka_unit_test(reads_of_any_size_and_place_are_right),
        cmocka_unit_test(a_read_through_the_window_takes_what_the_lines_take),
        cmocka_unit_test(a_started_chip_gets_another_clock),
        cmocka_unit_test(the_controller_is_started_from_any_state),
        cmocka_unit_test(a_chip_left_with_four_address_bytes_is_reset),
        cmocka_unit_test(without_a_chip_the_window_stays_closed),
        cmocka_unit_test(a_controller_that_hangs_runs_into_the_time_out),
        cmocka_unit_test(a_transfer_error_is_reported),
        cmocka_unit_test(a_read_that_is_refused_once_is_done_again),
        cmocka_unit_test(a_program_that_is_refused_is_not),
        cmocka_unit_test(the_whole_chip_is_in_the_window),
    };
    int failed = 0;
    for (kind = SERIAL_QUADSPI_F7; kind < SERIAL_KINDS; kind++) {
        static const char *const names[] = {"QUADSPI of an F7", "QUADSPI of an H7", "OCTOSPI"};
        failed += cmocka_run_group_tests_name(names[kind], tests, NULL, NULL);
    }
    return failed;
}
