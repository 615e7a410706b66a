/* The steps of the driver are those of the manuals, and of the pages. */
#include "serial_trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct serial_rig rig;

/* One pause is enough for whatever the chip does. */
static void wait_long(uint32_t us)
{
    (void)us;
    bus_pass(1000000000);
}

static void expect_steps(const struct serial_trace *trace)
{
    static const uint8_t bytes[] = {0xD2, 0xCD, 0x31, 0x00, 0x5A};
    char expected[BUS_TEXT_MAX];
    char *page = bus_read_page(trace->path);
    serial_rig_open_driver(&rig, trace->kind, "w25q64");
    rig.driver.wait_us = wait_long;
    bus.name = trace->register_name;
    assert_int_equal(rig.flash->ops->erase(rig.flash, 0x1000, 4096), 0);
    trace->write_steps(expected, trace->erase_steps);
    bus_expect_trace("erase of 4 KiB at 0x1000", expected, page);
    assert_int_equal(rig.flash->ops->program(rig.flash, 0x1002, bytes, sizeof bytes), 0);
    trace->write_steps(expected, trace->program_steps);
    bus_expect_trace("program of 5 bytes at 0x1002", expected, page);
    free(page);
    serial_rig_close(&rig);
}

static void quadspi_is_used_as_the_manual_and_the_readme_say(void **state)
{
    (void)state;
    expect_steps(&qspi_trace);
}

static void octospi_is_used_as_the_manual_and_the_page_say(void **state)
{
    (void)state;
    expect_steps(&ospi_trace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quadspi_is_used_as_the_manual_and_the_readme_say),
        cmocka_unit_test(octospi_is_used_as_the_manual_and_the_page_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
