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
#include "rig.h"

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

#define CRYSTAL W(HFCLKSTART, 1), R(HFCLKSTARTED)
#define PINS W(PIN_CNF + 4 * TX, 3), W(PIN_CNF + 4 * RX, 0xC), W(PSELTXD, TX), W(PSELRXD, RX), W(BAUDRATE, 0x01D7E000)
#define RUN W(ENABLE, 4), W(STARTRX, 1), W(STARTTX, 1)

static void start_uart(void)
{
    rig_run((const struct rig_step[]){CRYSTAL, PINS, RUN, {0}});
}

static const struct rig_mistake mistakes[] = {
    {{W(TXD, 'x')}, "UART0 sends but is not enabled"},
    {{CRYSTAL, PINS, W(ENABLE, 4), W(TXD, 'x')}, "UART0 sends but was not started"},
    {{PINS, RUN, W(TXD, 'x')}, "UART0 sends but has no clock that is exact enough"},
    {{CRYSTAL, W(ENABLE, 4), W(STARTTX, 1), W(TXD, 'x')}, "UART0 sends but does not run at 115200 baud"},
    {{CRYSTAL, W(BAUDRATE, 0x01D7E000), W(PSELTXD, TX), W(ENABLE, 4), W(STARTTX, 1), W(TXD, 'x')},
     "UART0 sends but is not connected to its pin"},
    {{W(ENABLE, 4), W(STARTRX, 1)}, "UART0 receives but is not connected to its pin"},
    {{W(ENABLE, 4), W(BAUDRATE, 0x01D7E000)}, "UART0 is set up while it is enabled"},
    {{W(STARTTX, 1)}, "write of UART0 at 0x008 while it is not enabled"},
    {{W(ENABLE, 1)}, "write of 0x1 to UART0 at 0x500"},
    {{W8(TXD, 'x')}, "write of 1 bytes to UART0"},
    {{R(BAUDRATE)}, "read of 4 bytes from UART0 at 0x524"},
    {{W(START, 1)}, "only as counting through 32 bits"},
    {{W(BITMODE, 3), W(START, 1), W(PRESCALER, 4)}, "is changed while it runs"},
    {{R(CC_0)}, "read of 4 bytes from TIMER0 at 0x540"},
    {{W8(START, 1)}, "write of 1 bytes to TIMER0"},
    {{W(PRESCALER, 10)}, "write of 0xa to TIMER0 at 0x510"},
    {{W(CC_1, 0)}, "write of 0x0 to TIMER0 at 0x544"},
    {{R(HFCLKSTART)}, "read of 4 bytes from CLOCK at 0x000"},
    {{W(HFCLKSTART, 2)}, "write of 0x2 to CLOCK at 0x000"},
    {{W(PIN_CNF + 4 * 32, 0)}, "access of 4 bytes to GPIO at 0x780"},
};

/* Of a UART that runs, while the other end sends. */
static const struct rig_mistake mistakes_running[] = {
    {{R(RXD)}, "RXD, which is empty"},
    {{PASS(20000), PASS(100000), R(RXDRDY), R(RXD)}, "before RXDRDY was cleared"},
    {{W(TXD, 'x'), W(TXD, 'y')}, "before the one before it has left"},
};

static void each_mistake_is_caught(void **state)
{
    (void)state;
    size_t running = sizeof mistakes_running / sizeof mistakes_running[0];
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        open_rig();
        rig_expect_caught("nRF51", &mistakes[i]);
    }
    for (size_t i = 0; i < running; i++) {
        open_rig();
        rig.console.lost = line_lost;
        rig.console.byte_ns = BYTE_NS;
        start_uart();
        rig.line = "ab";
        rig_expect_caught("nRF51", &mistakes_running[i]);
    }
    printf("%zu mistakes caught\n", sizeof mistakes / sizeof mistakes[0] + running);
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
