/* The driver of QUADSPI with that of SPI-NOR above it, over the strict models of controller, chip, caches and MPU. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chips/mmio.h"
#include "chips/stm32/cortex_m7.h"
#include "qspi.h"

enum {
    KIB = 1024,
    WINDOW = 0x90000000,
};

static struct qspi qspi;

/* Reads in place, through the caches and the MPU as they are. */
static void expect_mapped(uint32_t off, const uint8_t *expected, uint32_t size)
{
    const struct model_window *window = bus.window;
    assert_ptr_equal(flash_map(qspi.flash, off), window->bytes + off);
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
    assert_int_equal(flash_program(qspi.flash, off, bytes, size), 0);
    assert_int_equal(flash_read(qspi.flash, off, seen, size), 0);
    assert_memory_equal(seen, bytes, size);
    assert_memory_equal(qspi.cells.bytes + off, bytes, size);
    expect_mapped(off, bytes, size);
}

/* Old and new chips, three and four address bytes, one lane and four. */
static void each_chip_is_erased_programmed_and_read(void **state)
{
    (void)state;
    static const char *const parts[] = {"w25q64", "mx25r6435f", "w25q16old", "w25q256jv", "w25q256fv"};
    static const uint8_t blank[64 * KIB] = {0};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        qspi_open_driver(&qspi, parts[i]);
        uint32_t size = qspi.flash->geometry->size;
        assert_int_equal(size, qspi.serial.chip.part->geometry->size);
        uint32_t last = size - 64 * KIB;
        uint8_t *erased = malloc(sizeof blank);
        assert_non_null(erased);
        memset(erased, 0xFF, sizeof blank);
        memset(qspi.cells.bytes + last, 0, sizeof blank);
        assert_int_equal(flash_erase(qspi.flash, last, 64 * KIB), 0);
        expect_mapped(last, erased, 64 * KIB);
        expect_programmed(size - 300, 300);
        for (uint32_t n = 1; n <= 9; n++) {
            expect_programmed(last + 4096 * n + n, n);
        }
        expect_programmed(last + 48 * KIB + 30, 10); /* two lines of the cache */
        assert_int_equal(flash_erase(qspi.flash, last + 4096, 4096), 0);
        expect_mapped(last + 4096, erased, 4096);
        free(erased);
        assert_string_equal(bus.first_violation, "");
        qspi_close(&qspi);
    }
}

static void reads_of_any_size_and_place_are_right(void **state)
{
    (void)state;
    uint8_t seen[200];
    qspi_open_driver(&qspi, "w25q64");
    for (uint32_t i = 0; i < 1000; i++) {
        qspi.cells.bytes[i] = (uint8_t)(i ^ i >> 8);
    }
    for (uint32_t size = 1; size < sizeof seen; size += size < 20 ? 1 : 30) {
        for (uint32_t off = 0; off < 8; off++) {
            qspi.driver.is_mapped = size % 2 == 0; /* through the window, or by a command if it is closed */
            memset(seen, 0x77, sizeof seen);
            assert_int_equal(flash_read(qspi.flash, off, seen, size), 0);
            assert_memory_equal(seen, qspi.cells.bytes + off, size);
            assert_true(size == sizeof seen - 1 || seen[size] == 0x77);
            expect_mapped(off, qspi.cells.bytes + off, size);
        }
    }
    assert_string_equal(bus.first_violation, "");
    qspi_close(&qspi);
}

static uint64_t load_ns(uint32_t off)
{
    return bus.window->wait_ns(bus.window->ctx, off, 4, MODEL_LOAD);
}

/*
 * EBh at 16 MHz: 8 clocks of opcode, 6 of address, 2 of mode byte, 4 of waiting, and 64 for a line of 32 bytes. A
 * line that follows needs the 64 only, one that a cache holds nothing; what was programmed has to be read again.
 */
static void a_read_through_the_window_takes_what_the_lines_take(void **state)
{
    (void)state;
    const uint8_t bytes[4] = {0};
    qspi_open_driver(&qspi, "w25q64");
    assert_int_equal(load_ns(0x1000), 84 * 125 / 2);
    assert_int_equal(load_ns(0x101C), 0);
    assert_int_equal(load_ns(0x1020), 64 * 125 / 2);
    assert_int_equal(load_ns(0x8000), 84 * 125 / 2);
    assert_int_equal(load_ns(0x1000), 0);
    assert_int_equal(bus.window->wait_ns(bus.window->ctx, 0x1018, 16, MODEL_FETCH), 148 * 125 / 2);
    assert_int_equal(bus.window->wait_ns(bus.window->ctx, 0x1018, 16, MODEL_FETCH), 0);
    assert_int_equal(qspi.flash->ops->program(qspi.flash, 0x1000, bytes, 4), 0);
    assert_int_equal(load_ns(0x1020), 0);
    assert_int_equal(load_ns(0x1000), 84 * 125 / 2);
    /* 16 KB are 4 ways of 4 KB: a fifth line of a set makes room for itself. */
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(load_ns(0x10000 + i * 4096), 84 * 125 / 2);
    }
    assert_int_equal(load_ns(0x10000), 0);
    assert_int_equal(load_ns(0x1000), 84 * 125 / 2);
    assert_string_equal(bus.first_violation, "");
    qspi_close(&qspi);
}

/* The bootloader of a PYBD leaves it memory-mapped; then the CPU was reset and started again. */
static void the_controller_is_started_from_any_state(void **state)
{
    (void)state;
    qspi_open_driver(&qspi, "w25q64");
    expect_programmed(0, 100);
    quadspi_open(&qspi.driver, 1, qspi.driver.wait_us);
    assert_int_equal(spi_nor_start(&qspi.nor, &qspi.driver.bus), 0);
    expect_programmed(1000, 100);
    rcc_model_reset(&qspi.rcc);
    qspi.rcc.registers[RCC_GPIO_ENABLE] = 0x0010001A; /* the pins are the board's */
    serial_flash_model_reset(&qspi.serial);
    cortex_m7_cache_start();
    quadspi_open(&qspi.driver, 1, qspi.driver.wait_us);
    assert_int_equal(spi_nor_start(&qspi.nor, &qspi.driver.bus), 0);
    expect_programmed(2000, 100);
    assert_string_equal(bus.first_violation, "");
    qspi_close(&qspi);
}

static void without_a_chip_the_window_stays_closed(void **state)
{
    (void)state;
    qspi_open_driver(&qspi, "w25q64");
    qspi.cells.power = false;
    assert_int_equal(spi_nor_start(&qspi.nor, &qspi.driver.bus), -MPROM_ENODEV);
    assert_false(cortex_m7_model_may_read(&qspi.serial.m7, WINDOW));
    assert_string_equal(bus.first_violation, "");
    qspi_close(&qspi);
}

/* A wait ends after some ten thousand polls at most, and what was hung serves again. */
static void a_controller_that_hangs_runs_into_the_time_out(void **state)
{
    (void)state;
    uint8_t bytes[40] = {0};
    qspi_open_driver(&qspi, "w25q64");
    const struct spi_nor_bus_ops *ops = qspi.driver.bus.ops;
    const struct spi_nor_command read = qspi.nor.read;
    struct spi_nor_command commands[3] = {
        {.opcode = 0x06, .opcode_lanes = 1},
        {.opcode = 0x05, .opcode_lanes = 1, .data_lanes = 1, .in = bytes, .size = 1},
        {.opcode = 0x01, .opcode_lanes = 1, .data_lanes = 1, .out = bytes, .size = 40},
    };
    for (int i = 0; i < 3; i++) {
        assert_int_equal(ops->begin(&qspi.driver), 0);
        qspi.serial.quadspi.lines.hangs = true;
        bus.reads = 0;
        assert_int_equal(ops->transfer(&qspi.driver, &commands[i]), -MPROM_ETIMEDOUT);
        assert_in_range(bus.reads, 4000 / 4, 50000);
        assert_int_equal(ops->begin(&qspi.driver), -MPROM_ETIMEDOUT);
        qspi.serial.quadspi.lines.hangs = false;
        assert_int_equal(ops->begin(&qspi.driver), 0);
        assert_int_equal(ops->end(&qspi.driver, &read), 0);
    }
    expect_programmed(0, 300);
    assert_string_equal(bus.first_violation, "");
    qspi_close(&qspi);
}

static void a_transfer_error_is_reported(void **state)
{
    (void)state;
    uint8_t byte;
    qspi_open_driver(&qspi, "w25q64");
    const struct spi_nor_bus_ops *ops = qspi.driver.bus.ops;
    struct spi_nor_command command = qspi.nor.read;
    command.address_size = 4;
    command.address = 0x10000000; /* beyond FSIZE */
    command.in = &byte;
    command.size = 1;
    assert_int_equal(ops->begin(&qspi.driver), 0);
    assert_int_equal(ops->transfer(&qspi.driver, &command), -MPROM_EIO);
    assert_int_equal(ops->end(&qspi.driver, &qspi.nor.read), 0);
    assert_non_null(strstr(bus.first_violation, "beyond the size that"));
    expect_programmed(0, 30);
    assert_int_equal(bus.violations, 1);
    qspi_close(&qspi);
}

static const char *register_name(uint32_t address)
{
    static const char *const names[] = {"QUADSPI_CR ", "QUADSPI_DCR", "QUADSPI_SR ", "QUADSPI_FCR", "QUADSPI_DLR",
                                        "QUADSPI_CCR", "QUADSPI_AR ", "QUADSPI_ABR", "QUADSPI_DR "};
    uint32_t off = address - 0xA0001000;
    return off <= 0x20 ? names[off / 4] : NULL;
}

/* What the manual asks for (RM0399 24), step by step; README.md shows the same. */
static const char leave_steps[] = "read  QUADSPI_SR  0x00000022\n"
                                  "read  QUADSPI_CR  0x00000311\n"
                                  "write QUADSPI_CR  0x00000313\n"
                                  "read  QUADSPI_CR  0x00000313\n"
                                  "read  QUADSPI_CR  0x00000311\n"
                                  "write QUADSPI_FCR 0x00000003\n"
                                  "read  QUADSPI_SR  0x00000000\n";
static const char enable_steps[] = "write QUADSPI_FCR 0x00000003\n"
                                   "write QUADSPI_DLR 0x00000000\n"
                                   "write QUADSPI_ABR 0x000000ff\n"
                                   "write QUADSPI_CCR 0x00000106\n"
                                   "read  QUADSPI_SR  0x00000020\n"
                                   "read  QUADSPI_SR  0x00000002\n"
                                   "read  QUADSPI_SR  0x00000002\n";
static const char status_steps[] = "write QUADSPI_FCR 0x00000003\n"
                                   "write QUADSPI_DLR 0x00000000\n"
                                   "write QUADSPI_ABR 0x000000ff\n"
                                   "write QUADSPI_CCR 0x05000105\n"
                                   "read  QUADSPI_SR  0x00000020\n"
                                   "read  QUADSPI_SR  0x00000126\n"
                                   "read  QUADSPI_DR  0x%08x\n"
                                   "read  QUADSPI_SR  0x00000002\n"
                                   "read  QUADSPI_SR  0x00000002\n";
static const char erase_steps[] = "write QUADSPI_FCR 0x00000003\n"
                                  "write QUADSPI_DLR 0x00000000\n"
                                  "write QUADSPI_ABR 0x000000ff\n"
                                  "write QUADSPI_CCR 0x00002520\n"
                                  "write QUADSPI_AR  0x00001000\n"
                                  "read  QUADSPI_SR  0x00000020\n"
                                  "read  QUADSPI_SR  0x00000002\n"
                                  "read  QUADSPI_SR  0x00000002\n";
static const char program_steps[] = "write QUADSPI_FCR 0x00000003\n"
                                    "write QUADSPI_DLR 0x00000004\n"
                                    "write QUADSPI_ABR 0x000000ff\n"
                                    "write QUADSPI_CCR 0x01002502\n"
                                    "write QUADSPI_AR  0x00001002\n"
                                    "read  QUADSPI_SR  0x00000004\n"
                                    "write QUADSPI_DR  0x000000d2\n"
                                    "write QUADSPI_DR  0x000000cd\n"
                                    "write QUADSPI_DR  0x00000031\n"
                                    "write QUADSPI_DR  0x00000000\n"
                                    "read  QUADSPI_SR  0x00000424\n"
                                    "write QUADSPI_DR  0x0000005a\n"
                                    "read  QUADSPI_SR  0x00000524\n"
                                    "read  QUADSPI_SR  0x00000002\n"
                                    "read  QUADSPI_SR  0x00000002\n";
static const char enter_steps[] = "read  QUADSPI_SR  0x00000002\n"
                                  "write QUADSPI_ABR 0x000000ff\n"
                                  "write QUADSPI_CCR 0x01000100\n"
                                  "write QUADSPI_AR  0x00000000\n"
                                  "write QUADSPI_CCR 0x0f10edeb\n";

static void append_status(char *text, uint32_t status)
{
    sprintf(text + strlen(text), status_steps, status);
}

static void expect_trace(const char *title, const char *steps, const char *readme)
{
    char expected[BUS_TEXT_MAX];
    snprintf(expected, sizeof expected, "%s%s", leave_steps, enable_steps);
    append_status(expected, 2);
    strcat(expected, steps);
    append_status(expected, 3);
    append_status(expected, 0);
    strcat(expected, enter_steps);
    bus_expect_trace(title, expected, readme);
}

/* One pause is enough for whatever the chip does. */
static void wait_long(uint32_t us)
{
    (void)us;
    bus_pass(1000000000);
}

static void the_steps_are_those_of_the_manual_and_of_the_readme(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {0xD2, 0xCD, 0x31, 0x00, 0x5A};
    char *readme = bus_read_page(MPROM_SOURCE_DIR "/chips/stm32/README.md");
    qspi_open_driver(&qspi, "w25q64");
    qspi.driver.wait_us = wait_long;
    const struct flash_ops *ops = qspi.flash->ops;
    bus.name = register_name;
    assert_int_equal(ops->erase(qspi.flash, 0x1000, 4096), 0);
    expect_trace("erase of 4 KiB at 0x1000", erase_steps, readme);
    assert_int_equal(ops->program(qspi.flash, 0x1002, bytes, sizeof bytes), 0);
    expect_trace("program of 5 bytes at 0x1002", program_steps, readme);
    free(readme);
    qspi_close(&qspi);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_chip_is_erased_programmed_and_read),
        cmocka_unit_test(reads_of_any_size_and_place_are_right),
        cmocka_unit_test(a_read_through_the_window_takes_what_the_lines_take),
        cmocka_unit_test(the_controller_is_started_from_any_state),
        cmocka_unit_test(without_a_chip_the_window_stays_closed),
        cmocka_unit_test(a_controller_that_hangs_runs_into_the_time_out),
        cmocka_unit_test(a_transfer_error_is_reported),
        cmocka_unit_test(the_steps_are_those_of_the_manual_and_of_the_readme),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
