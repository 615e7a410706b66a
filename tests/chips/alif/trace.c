/* What the drivers do to the registers: the steps that facts.md asks for, and that the page shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "octal_rig.h"
#include "rig.h"

static const char page_path[] = MPROM_SOURCE_DIR "/chips/alif/traces.md";

struct named {
    uint32_t address;
    const char *name;
};

static const struct named names[] = {
    {0xE000ED94, "MPU_CTRL"},
    {0xE000ED98, "MPU_RNR"},
    {0xE000ED9C, "MPU_RBAR"},
    {0xE000EDA0, "MPU_RLAR"},
    {0xE000EF68, "DCCMVAC"},
    {0x8047E000, "0x8047e000"},
    {0x8047E004, "0x8047e004"},
    {0x8047E008, "0x8047e008"},
    {0x8047E00C, "0x8047e00c"},
    {0x83000000, "CTRLR0"},
    {0x83000004, "CTRLR1"},
    {0x83000008, "ENR"},
    {0x83000010, "SER"},
    {0x83000014, "BAUDR"},
    {0x83000028, "SR"},
    {0x83000060, "DR"},
    {0x830000F4, "SPI_CTRLR0"},
    {0x830000FC, "XIP_MODE_BITS"},
    {0x83000100, "XIP_INCR_INST"},
    {0x83000104, "XIP_WRAP_INST"},
    {0x83000108, "XIP_CTRL"},
    {0x8300010C, "XIP_SER"},
    {0x83000114, "XIP_CNT_TIME_OUT"},
    {0x83001000, "AES CONTROL"},
};

static const char *register_name(uint32_t address)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].address == address) {
            return names[i].name;
        }
    }
    return NULL;
}

static void a_granule_of_mram_is_written_as_the_page_says(void **state)
{
    (void)state;
    static struct rig rig;
    static const char steps[] = "write MPU_CTRL 0x00000000\n"
                                "write MPU_RNR 0x00000006\n"
                                "write MPU_RBAR 0x80000002\n"
                                "write MPU_RLAR 0x8057ffed\n"
                                "write MPU_CTRL 0x00000007\n"
                                "write 0x8047e000 0x04030201\n"
                                "write 0x8047e004 0x08070605\n"
                                "write 0x8047e008 0x0c0b0a09\n"
                                "write 0x8047e00c 0x100f0e0d\n"
                                "write DCCMVAC 0x8047e000\n"
                                "write MPU_CTRL 0x00000000\n"
                                "write MPU_RNR 0x00000006\n"
                                "write MPU_RBAR 0x80000006\n"
                                "write MPU_RLAR 0x8057ffed\n"
                                "write MPU_CTRL 0x00000007\n";
    const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    char *page = bus_read_page(page_path);
    rig_open_driver(&rig);
    bus.name = register_name;
    assert_int_equal(rig.driver.flash.ops->program(&rig.driver.flash, 0x47E000, bytes, sizeof bytes), 0);
    bus_expect_trace("program of 16 bytes of MRAM at 0x8047e000", steps, page);
    free(page);
    rig_close(&rig);
}

/* The window is closed: the MPU first, then the AES block, then the controller. */
static const char begin_steps[] = "write MPU_CTRL 0x00000000\n"
                                  "write MPU_RNR 0x00000007\n"
                                  "write MPU_RBAR 0xa0000006\n"
                                  "write MPU_RLAR 0xbfffffee\n"
                                  "write MPU_CTRL 0x00000007\n"
                                  "read  AES CONTROL 0x00000010\n"
                                  "write AES CONTROL 0x00000000\n"
                                  "write ENR 0x00000000\n";
/* Octal, receive, frames of 16 bits; eight lines, 8 bits of opcode, 8 dummy clocks, DDR, RXDS. */
static const char register_steps[] = "write ENR 0x00000000\n"
                                     "write SER 0x00000000\n"
                                     "write CTRLR0 0x80c0080f\n"
                                     "write CTRLR1 0x00000000\n"
                                     "write SPI_CTRLR0 0x00054202\n"
                                     "write BAUDR 0x00000004\n"
                                     "write ENR 0x00000001\n"
                                     "write DR 0x%08x\n"
                                     "write SER 0x00000001\n"
                                     "read  SR 0x00000007\n"
                                     "read  SR 0x0000000e\n"
                                     "read  DR 0x%08x\n"
                                     "read  SR 0x00000006\n";
/* Octal, send, frames of 32 bits. */
static const char send_steps[] = "write ENR 0x00000000\n"
                                 "write SER 0x00000000\n"
                                 "write CTRLR0 0x80c0041f\n"
                                 "write CTRLR1 0x00000000\n"
                                 "write SPI_CTRLR0 0x%08x\n"
                                 "write BAUDR 0x00000004\n"
                                 "write ENR 0x00000001\n"
                                 "%s"
                                 "write SER 0x00000001\n"
                                 "read  SR 0x00000007\n"
                                 "read  SR 0x00000006\n";
static const char end_steps[] = "write ENR 0x00000000\n"
                                "write SER 0x00000000\n"
                                "write CTRLR0 0x80c00807\n"
                                "write BAUDR 0x00000004\n"
                                "write XIP_CTRL 0x00ed448b\n"
                                "write XIP_MODE_BITS 0x00000000\n"
                                "write XIP_INCR_INST 0x000000fd\n"
                                "write XIP_WRAP_INST 0x000000fd\n"
                                "write XIP_SER 0x00000001\n"
                                "write XIP_CNT_TIME_OUT 0x00000064\n"
                                "write ENR 0x00000001\n"
                                "read  AES CONTROL 0x00000000\n"
                                "write AES CONTROL 0x00000010\n"
                                "write MPU_CTRL 0x00000000\n"
                                "write MPU_RNR 0x00000007\n"
                                "write MPU_RBAR 0xa0000006\n"
                                "write MPU_RLAR 0xbfffffef\n"
                                "write MPU_CTRL 0x00000007\n";

__attribute__((format(printf, 2, 3))) static void append(char *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    size_t size = strlen(text);
    vsnprintf(text + size, BUS_TEXT_MAX - size, format, args);
    va_end(args);
}

/* An operation: status, 06h, status, the command, status twice, flags. */
static void operation_steps(char *text, const char *entries)
{
    text[0] = '\0';
    append(text, begin_steps);
    append(text, register_steps, 0x05, 0x0000);
    append(text, send_steps, 0x10202, "write DR 0x00000006\n");
    append(text, register_steps, 0x05, 0x0202);
    append(text, send_steps, 0x10222, entries);
    append(text, register_steps, 0x05, 0x0303);
    append(text, register_steps, 0x05, 0x0000);
    append(text, register_steps, 0x70, 0x8080);
    append(text, end_steps);
}

static void wait_long(uint32_t us)
{
    (void)us;
    bus_pass(1000000000);
}

static void octal_flash_is_used_as_the_page_says(void **state)
{
    (void)state;
    static struct octal_rig rig;
    static char expected[BUS_TEXT_MAX];
    const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    char *page = bus_read_page(page_path);
    assert_int_equal(octal_rig_start(&rig, "is25wx256"), 0);
    const struct mprom_flash *flash = &rig.driver.flash;
    rig.driver.wait_us = wait_long;
    bus.name = register_name;
    assert_int_equal(flash->ops->erase(flash, 0x1000, 4096), 0);
    operation_steps(expected, "write DR 0x00000021\nwrite DR 0x00001000\n");
    bus_expect_trace("erase of 4 KiB of an IS25WX256 at 0x1000", expected, page);
    assert_int_equal(flash->ops->program(flash, 0x1000, bytes, sizeof bytes), 0);
    operation_steps(expected, "write DR 0x000000c2\nwrite DR 0x00001000\nwrite DR 0x01020304\nwrite DR 0x05060708\n"
                              "write DR 0x090a0b0c\nwrite DR 0x0d0e0f10\n");
    bus_expect_trace("program of 16 bytes of an IS25WX256 at 0x1000", expected, page);
    free(page);
    octal_rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_granule_of_mram_is_written_as_the_page_says),
        cmocka_unit_test(octal_flash_is_used_as_the_page_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
