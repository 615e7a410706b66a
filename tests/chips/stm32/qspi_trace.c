/* What the driver of QUADSPI does, register by register. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "serial.h"

static struct serial_rig rig;

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
    serial_rig_open_driver(&rig, SERIAL_QUADSPI_F7, "w25q64");
    rig.driver.wait_us = wait_long;
    const struct flash_ops *ops = rig.flash->ops;
    bus.name = register_name;
    assert_int_equal(ops->erase(rig.flash, 0x1000, 4096), 0);
    expect_trace("erase of 4 KiB at 0x1000", erase_steps, readme);
    assert_int_equal(ops->program(rig.flash, 0x1002, bytes, sizeof bytes), 0);
    expect_trace("program of 5 bytes at 0x1002", program_steps, readme);
    free(readme);
    serial_rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_steps_are_those_of_the_manual_and_of_the_readme),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
