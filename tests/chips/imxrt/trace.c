/* The commands of an erase and of a program are those of the facts, and of the page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rig.h"

static struct rig rig;

/* What makes a command; flags, locks and FIFO controls are left out. */
static const char *register_name(uint32_t address)
{
    switch (address - rig.model.model.base) {
    case 0x00:
        return "MCR0 ";
    case 0xA0:
        return "IPCR0";
    case 0xA4:
        return "IPCR1";
    case 0xB0:
        return "IPCMD";
    case 0x100:
        return "RFDR0";
    case 0x180:
        return "TFDR0";
    case 0x184:
        return "TFDR1";
    case 0x2F0:
        return "LUT60";
    case 0x2F4:
        return "LUT61";
    default:
        return NULL;
    }
}

static const char enable_steps[] = "write LUT60 0x00000406\n"
                                   "write LUT61 0x00000000\n"
                                   "write IPCR0 0x00000000\n"
                                   "write IPCR1 0x000f0000\n"
                                   "write IPCMD 0x00000001\n";
static const char status_steps[] = "write LUT60 0x24000405\n"
                                   "write LUT61 0x00000000\n"
                                   "write IPCR0 0x00000000\n"
                                   "write IPCR1 0x000f0001\n"
                                   "write IPCMD 0x00000001\n"
                                   "read  RFDR0 0x%08x\n";
static const char erase_steps[] = "write LUT60 0x08180420\n"
                                  "write LUT61 0x00000000\n"
                                  "write IPCR0 0x00001000\n"
                                  "write IPCR1 0x000f0000\n"
                                  "write IPCMD 0x00000001\n";
static const char program_steps[] = "write LUT60 0x08180402\n"
                                    "write LUT61 0x00002000\n"
                                    "write IPCR0 0x00001002\n"
                                    "write IPCR1 0x000f0005\n"
                                    "write IPCMD 0x00000001\n"
                                    "write TFDR0 0x0031cdd2\n"
                                    "write TFDR1 0x0000005a\n";
static const char reset_steps[] = "read  MCR0  0xffff8010\n"
                                  "write MCR0  0xffff8011\n"
                                  "read  MCR0  0xffff8011\n"
                                  "read  MCR0  0xffff8010\n";

static void write_steps(char *text, const char *steps)
{
    char *end = text + sprintf(text, "%s", enable_steps);
    end += sprintf(end, status_steps, 2);
    end += sprintf(end, "%s", steps);
    end += sprintf(end, status_steps, 3);
    end += sprintf(end, status_steps, 0);
    sprintf(end, "%s", reset_steps);
}

/* One pause is enough for whatever the chip does. */
static void wait_long(uint32_t us)
{
    (void)us;
    bus_pass(1000000000);
}

static void commands_are_those_of_the_page(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {0xD2, 0xCD, 0x31, 0x00, 0x5A};
    char expected[4096];
    char *page = bus_read_page(MPROM_SOURCE_DIR "/chips/imxrt/README.md");
    rig_open_driver(&rig, "RT1062", "w25q64", RIG_READS_QUAD);
    rig.driver.wait_us = wait_long;
    bus.name = register_name;
    assert_int_equal(rig.flash->ops->erase(rig.flash, 0x1000, 4096), 0);
    write_steps(expected, erase_steps);
    bus_expect_trace("erase of 4 KiB at 0x1000", expected, page);
    assert_int_equal(rig.flash->ops->program(rig.flash, 0x1002, bytes, sizeof bytes), 0);
    write_steps(expected, program_steps);
    bus_expect_trace("program of 5 bytes at 0x1002", expected, page);
    free(page);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(commands_are_those_of_the_page)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
