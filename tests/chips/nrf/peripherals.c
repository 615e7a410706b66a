/* The models of UART0, TIMER0, CLOCK and GPIO of an nRF51: each mistake made once, by hand, and what is right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/mmio.h"
#include "chips/nrf/model/peripherals.h"
#include "tests/chips/bus.h"

enum {
    HFCLKSTART = 0x40000000,
    HFCLKSTARTED = 0x40000100,
    STARTRX = 0x40002000,
    STARTTX = 0x40002008,
    RXDRDY = 0x40002108,
    TXDRDY = 0x4000211C,
    ENABLE = 0x40002500,
    PSELTXD = 0x4000250C,
    PSELRXD = 0x40002514,
    RXD = 0x40002518,
    TXD = 0x4000251C,
    BAUDRATE = 0x40002524,
    START = 0x40008000,
    CAPTURE_1 = 0x40008044,
    COMPARE_0 = 0x40008140,
    BITMODE = 0x40008508,
    PRESCALER = 0x40008510,
    CC_0 = 0x40008540,
    CC_1 = 0x40008544,
    PIN_CNF = 0x50000700,

    TX = 24,
    RX = 25,
    BYTE_NS = 86806,
};

static struct {
    struct nrf_clock_model clock;
    struct nrf_gpio_model gpio;
    struct nrf_timer_model timer;
    struct nrf_uart_model uart;
    struct model_console console;
    char sent[16];
    const char *line; /* what the other end sends */
    int lost;
} rig;

static bool line_ready(void *ctx)
{
    (void)ctx;
    return *rig.line != '\0';
}

static int line_read(void *ctx)
{
    (void)ctx;
    return *rig.line++;
}

static void line_write(void *ctx, const char *bytes, size_t size)
{
    (void)ctx;
    strncat(rig.sent, bytes, size);
}

static void line_lost(void *ctx)
{
    (void)ctx;
    rig.lost++;
}

static void open_rig(void)
{
    memset(&rig, 0, sizeof rig);
    bus_open();
    rig.line = "";
    rig.console = (struct model_console){.ready = line_ready, .read = line_read, .write = line_write};
    nrf_clock_model_open(&rig.clock, &bus.side);
    nrf_gpio_model_open(&rig.gpio, &bus.side);
    nrf_timer_model_open(&rig.timer, &bus.side);
    nrf_uart_model_open(&rig.uart, &rig.clock, &rig.gpio, &bus.side);
    rig.uart.console = &rig.console;
    rig.uart.tx = TX;
    rig.uart.rx = RX;
    struct model *const models[] = {&rig.clock.model, &rig.gpio.model, &rig.timer.model, &rig.uart.model};
    memcpy(bus.models, models, sizeof models);
}

static void start_crystal(void)
{
    mprom_mmio_write32(HFCLKSTART, 1);
    while (!mprom_mmio_read32(HFCLKSTARTED)) {
    }
}

static void set_up_pins(void)
{
    mprom_mmio_write32(PIN_CNF + 4 * TX, 3);
    mprom_mmio_write32(PIN_CNF + 4 * RX, 0xC);
    mprom_mmio_write32(PSELTXD, TX);
    mprom_mmio_write32(PSELRXD, RX);
    mprom_mmio_write32(BAUDRATE, 0x01D7E000);
}

static void start_uart(void)
{
    start_crystal();
    set_up_pins();
    mprom_mmio_write32(ENABLE, 4);
    mprom_mmio_write32(STARTRX, 1);
    mprom_mmio_write32(STARTTX, 1);
}

static void sends_without_enable(void)
{
    mprom_mmio_write32(TXD, 'x');
}

static void sends_without_start(void)
{
    start_crystal();
    set_up_pins();
    mprom_mmio_write32(ENABLE, 4);
    mprom_mmio_write32(TXD, 'x');
}

static void sends_without_crystal(void)
{
    set_up_pins();
    mprom_mmio_write32(ENABLE, 4);
    mprom_mmio_write32(STARTTX, 1);
    mprom_mmio_write32(TXD, 'x');
}

static void sends_without_pin(void)
{
    start_uart();
    mprom_mmio_write32(PIN_CNF + 4 * TX, 2);
    mprom_mmio_write32(TXD, 'x');
}

static void sends_at_another_rate(void)
{
    start_crystal();
    mprom_mmio_write32(ENABLE, 4);
    mprom_mmio_write32(STARTTX, 1);
    mprom_mmio_write32(TXD, 'x');
}

static void sends_two_at_once(void)
{
    rig.console.lost = line_lost;
    rig.console.byte_ns = BYTE_NS;
    start_uart();
    mprom_mmio_write32(TXD, 'x');
    mprom_mmio_write32(TXD, 'y');
}

static void receives_without_pin(void)
{
    mprom_mmio_write32(ENABLE, 4);
    mprom_mmio_write32(STARTRX, 1);
}

static void receives_nothing(void)
{
    start_uart();
    mprom_mmio_read32(RXD);
}

static void receives_before_the_event_is_cleared(void)
{
    rig.line = "ab";
    start_uart();
    mprom_mmio_read32(RXDRDY);
    mprom_mmio_read32(RXD);
}

static void rate_while_enabled(void)
{
    start_uart();
    mprom_mmio_write32(BAUDRATE, 0x01D7E000);
}

static void start_before_enable(void)
{
    mprom_mmio_write32(STARTTX, 1);
}

static void enable_of_something_else(void)
{
    mprom_mmio_write32(ENABLE, 1);
}

static void uart_by_a_byte(void)
{
    mprom_mmio_write8(TXD, 'x');
}

static void uart_elsewhere(void)
{
    mprom_mmio_read32(BAUDRATE);
}

static void timer_of_16_bits(void)
{
    mprom_mmio_write32(START, 1);
}

static void timer_changed_while_it_runs(void)
{
    mprom_mmio_write32(BITMODE, 3);
    mprom_mmio_write32(START, 1);
    mprom_mmio_write32(PRESCALER, 4);
}

static void timer_without_capture(void)
{
    mprom_mmio_read32(CC_0);
}

static void timer_by_a_byte(void)
{
    mprom_mmio_write8(START, 1);
}

static void timer_prescaler_of_10(void)
{
    mprom_mmio_write32(PRESCALER, 10);
}

static void timer_elsewhere(void)
{
    mprom_mmio_write32(CC_1, 0);
}

static void clock_elsewhere(void)
{
    mprom_mmio_read32(HFCLKSTART);
}

static void clock_task_of_2(void)
{
    mprom_mmio_write32(HFCLKSTART, 2);
}

static void gpio_elsewhere(void)
{
    mprom_mmio_write32(PIN_CNF + 4 * 32, 0);
}

static const struct bus_mistake mistakes[] = {
    {"sends, not enabled", sends_without_enable, "UART0 sends but is not enabled"},
    {"sends, not started", sends_without_start, "UART0 sends but was not started"},
    {"sends without crystal", sends_without_crystal, "UART0 sends but has no clock that is exact enough"},
    {"sends without pin", sends_without_pin, "UART0 sends but is not connected to its pin"},
    {"sends at another rate", sends_at_another_rate, "UART0 sends but does not run at 115200 baud"},
    {"sends two at once", sends_two_at_once, "before the one before it has left"},
    {"receives without pin", receives_without_pin, "UART0 receives but is not connected to its pin"},
    {"receives nothing", receives_nothing, "RXD, which is empty"},
    {"receives early", receives_before_the_event_is_cleared, "before RXDRDY was cleared"},
    {"rate while enabled", rate_while_enabled, "UART0 is set up while it is enabled"},
    {"start before enable", start_before_enable, "write of UART0 at 0x008 while it is not enabled"},
    {"enable with 1", enable_of_something_else, "write of 0x1 to UART0 at 0x500"},
    {"UART0 by a byte", uart_by_a_byte, "write of 1 bytes to UART0"},
    {"UART0 elsewhere", uart_elsewhere, "read of 4 bytes from UART0 at 0x524"},
    {"timer of 16 bits", timer_of_16_bits, "only as counting through 32 bits"},
    {"timer changed while it runs", timer_changed_while_it_runs, "is changed while it runs"},
    {"timer without capture", timer_without_capture, "read of 4 bytes from TIMER0 at 0x540"},
    {"timer by a byte", timer_by_a_byte, "write of 1 bytes to TIMER0"},
    {"prescaler of 10", timer_prescaler_of_10, "write of 0xa to TIMER0 at 0x510"},
    {"timer elsewhere", timer_elsewhere, "write of 0x0 to TIMER0 at 0x544"},
    {"clock elsewhere", clock_elsewhere, "read of 4 bytes from CLOCK at 0x000"},
    {"a task of 2", clock_task_of_2, "write of 0x2 to CLOCK at 0x000"},
    {"GPIO elsewhere", gpio_elsewhere, "access of 4 bytes to GPIO at 0x780"},
};

static void each_mistake_is_caught(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        open_rig();
        bus_expect_caught("nRF51", &mistakes[i]);
    }
    printf("%zu mistakes caught\n", sizeof mistakes / sizeof mistakes[0]);
}

static void a_line_that_waits_loses_nothing(void **state)
{
    (void)state;
    static const char text[] = "more than six bytes";
    char received[sizeof text] = "";
    open_rig();
    rig.line = text;
    start_uart();
    mprom_mmio_write32(TXD, 'o');
    assert_int_equal(mprom_mmio_read32(TXDRDY), 1);
    mprom_mmio_write32(TXD, 'k');
    for (size_t i = 0; mprom_mmio_read32(RXDRDY); i++) {
        mprom_mmio_write32(RXDRDY, 0);
        received[i] = (char)mprom_mmio_read32(RXD);
    }
    assert_string_equal(received, text);
    assert_string_equal(rig.sent, "ok");
    assert_string_equal(bus.first_violation, "");
}

static void a_line_that_takes_time_loses_the_seventh_byte(void **state)
{
    (void)state;
    open_rig();
    rig.console.lost = line_lost;
    rig.console.byte_ns = BYTE_NS;
    start_uart();
    rig.line = "1234567";
    bus_pass(20000); /* until it looks */
    bus_pass(6 * BYTE_NS - 1);
    assert_int_equal(rig.uart.count, 5);
    bus_pass(2 * BYTE_NS);
    assert_int_equal(rig.uart.count, 6);
    assert_int_equal(rig.lost, 1);
    mprom_mmio_write32(TXD, 'x');
    assert_int_equal(mprom_mmio_read32(TXDRDY), 0);
    bus_pass(BYTE_NS);
    assert_int_equal(mprom_mmio_read32(TXDRDY), 1);
    assert_string_equal(bus.first_violation, "");
}

static void the_timer_counts_microseconds_and_matches(void **state)
{
    (void)state;
    open_rig();
    mprom_mmio_write32(BITMODE, 3);
    mprom_mmio_write32(PRESCALER, 4);
    mprom_mmio_write32(START, 1);
    bus_pass(1234567);
    mprom_mmio_write32(CAPTURE_1, 1);
    assert_int_equal(mprom_mmio_read32(CC_1), 1234);
    mprom_mmio_write32(CC_0, 2000);
    mprom_mmio_write32(COMPARE_0, 0);
    assert_int_equal(mprom_mmio_read32(COMPARE_0), 0); /* the bus then passes over what is left */
    assert_int_equal(bus.now_ns, 2000000);
    assert_int_equal(mprom_mmio_read32(COMPARE_0), 1);
    bus_pass(4294967296000 - 2000000 + 5000);
    mprom_mmio_write32(CAPTURE_1, 1);
    assert_int_equal(mprom_mmio_read32(CC_1), 5);
    assert_string_equal(bus.first_violation, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mistake_is_caught),
        cmocka_unit_test(a_line_that_waits_loses_nothing),
        cmocka_unit_test(a_line_that_takes_time_loses_the_seventh_byte),
        cmocka_unit_test(the_timer_counts_microseconds_and_matches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
