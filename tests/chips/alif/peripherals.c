/* The models of what the firmware uses beside the flashes: each mistake that they catch. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arch/mmio.h"
#include "chips/alif/model/peripherals.h"
#include "tests/chips/bus.h"

static const uint32_t UART4 = 0x4901C000;
static const uint32_t UART_CTRL = 0x4902F008;
static const uint32_t PIN_12_1 = 0x1A603000 + 12 * 32 + 4;
static const uint32_t PIN_12_2 = 0x1A603000 + 12 * 32 + 8;
static const uint32_t CNTCR = 0x1A200000;
static const uint32_t CNTCVL = 0x1A210000;
static const uint32_t GLB_CNTR_START = 0x48000000;
static const uint32_t GLB_CLOCK_ENABLE = 0x48000020;
static const uint32_t CHANNEL = 0x4800C000;

static const struct mprom_alif_board board = {.uart = 4, .tx = {12, 2, 2}, .rx = {12, 1, 2}};

static struct alif_pins_model pins;
static struct alif_uart_model uart;
static struct alif_refclk_model refclk;
static struct alif_utimer_model utimer;
static uint32_t heard_baud;

static bool line_ready(void *ctx)
{
    (void)ctx;
    return false;
}

static void line_lost(void *ctx)
{
    (void)ctx;
}

static void line_write(void *ctx, const char *bytes, size_t size)
{
    (void)ctx;
    (void)bytes;
    (void)size;
}

static void line_set_baud(void *ctx, uint32_t baud)
{
    (void)ctx;
    heard_baud = baud;
}

static const struct model_console console = {
    .ready = line_ready, .write = line_write, .lost = line_lost, .byte_ns = 86806, .set_baud = line_set_baud};

static void poke(uint32_t address, uint32_t value)
{
    mprom_mmio_write32(address, value);
}

static uint32_t peek(uint32_t address)
{
    return mprom_mmio_read32(address);
}

static void set_divider(uint32_t whole, uint32_t sixteenths)
{
    poke(UART4 + 0x0C, 0x83);
    poke(UART4 + 0x00, whole & 0xFF);
    poke(UART4 + 0x04, whole >> 8);
    poke(UART4 + 0xC0, sixteenths);
    poke(UART4 + 0x0C, 0x03);
}

/* A UART at 115200 baud: 100 MHz / 16 / 54.25. */
static void open_all(void)
{
    bus_open();
    alif_pins_model_open(&pins, &bus.side);
    alif_uart_model_open(&uart, &pins, &board, &bus.side);
    alif_refclk_model_open(&refclk, &bus.side);
    alif_utimer_model_open(&utimer, &bus.side);
    uart.console = &console;
    struct model *const models[] = {&pins.pinmux,   &pins.clocks,   &uart.model,    &refclk.control,
                                    &refclk.reader, &utimer.global, &utimer.channel};
    for (size_t i = 0; i < sizeof models / sizeof models[0]; i++) {
        bus.models[i] = models[i];
    }
    poke(UART_CTRL, 0x1010);
    poke(PIN_12_1, 0x090002);
    poke(PIN_12_2, 0x400002);
    set_divider(54, 4);
    poke(UART4 + 0x08, 0x07);
    poke(CNTCR, 1);
    poke(GLB_CLOCK_ENABLE, 1u << 11);
    poke(CHANNEL + 0x080, 1);
    poke(CHANNEL + 0x0A4, UINT32_MAX);
    poke(CHANNEL + 0x08C, 1u << 11);
    poke(CHANNEL + 0x004, 1u << 31);
}

static void what_is_right_is_no_mistake(void **state)
{
    (void)state;
    open_all();
    poke(GLB_CNTR_START, 1u << 11);
    for (int i = 0; i < 32; i++) {
        assert_true(peek(UART4 + 0x7C) & 2);
        poke(UART4, 0x55);
    }
    assert_false(peek(UART4 + 0x7C) & 2);
    bus_pass(33 * 86806);
    assert_int_equal(peek(UART4 + 0x14), 0x60);
    assert_int_equal(heard_baud, 115200);
    set_divider(6, 12); /* 100 MHz / 16 / 6.75 */
    assert_int_equal(heard_baud, 921600);
    assert_int_equal(peek(CNTCVL), 33 * 86806 / 10);
    assert_int_equal(peek(CHANNEL + 0x0A0), (uint32_t)(33 * 86806 * 2 / 5));
    assert_string_equal(bus.first_violation, "");
}

static void send_without_clock(void)
{
    poke(UART_CTRL, 0x1000);
    poke(UART4, 1);
}

static void send_by_another_clock(void)
{
    poke(UART_CTRL, 0x0010);
    poke(UART4, 1);
}

static void send_without_a_pin(void)
{
    poke(PIN_12_2, 0x400001);
    poke(UART4, 1);
}

static void send_without_fifo(void)
{
    poke(UART4 + 0x08, 0);
    poke(UART4, 1);
}

static void send_without_a_rate(void)
{
    set_divider(0, 0);
    poke(UART4, 1);
}

static void send_too_much(void)
{
    for (int i = 0; i < 33; i++) {
        poke(UART4, 1);
    }
}

static void change_the_rate_while_it_sends(void)
{
    poke(UART4, 1);
    set_divider(27, 2);
}

static void read_what_did_not_come(void)
{
    (void)peek(UART4);
}

static void write_the_fraction_while_the_divider_is_closed(void)
{
    poke(UART4 + 0xC0, 1);
}

static void write_a_byte_of_a_register(void)
{
    mprom_mmio_write8(UART4 + 0x04, 1);
}

static void drive_a_pin_in_a_way_that_is_not_there(void)
{
    poke(PIN_12_1, 0x0100);
}

static void read_a_counter_that_does_not_run(void)
{
    alif_refclk_model_reset(&refclk);
    (void)peek(CNTCVL);
}

static void write_a_counter_that_can_only_be_read(void)
{
    poke(CNTCVL, 0);
}

static void start_a_channel_that_is_not_set_up(void)
{
    poke(CHANNEL + 0x0A4, 1000);
    poke(GLB_CNTR_START, 1u << 11);
}

static void set_up_a_channel_without_clock(void)
{
    alif_utimer_model_reset(&utimer);
    poke(CHANNEL + 0x080, 1);
}

static void set_the_top_of_a_channel_that_runs(void)
{
    poke(GLB_CNTR_START, 1u << 11);
    poke(CHANNEL + 0x0A4, 1000);
}

#define MISTAKE(make, violation)                                                                                     \
    {                                                                                                                \
#make, make, violation                                                                                       \
    }

static const struct bus_mistake mistakes[] = {
    MISTAKE(send_without_clock, "has no clock"),
    MISTAKE(send_by_another_clock, "has no clock, or another one"),
    MISTAKE(send_without_a_pin, "is not connected to its pin"),
    MISTAKE(send_without_fifo, "is not set up"),
    MISTAKE(send_without_a_rate, "is not set up"),
    MISTAKE(send_too_much, "no room"),
    MISTAKE(change_the_rate_while_it_sends, "is set up while it sends"),
    MISTAKE(read_what_did_not_come, "RBR, which is empty"),
    MISTAKE(write_the_fraction_while_the_divider_is_closed, "UART4 at 0xc0"),
    MISTAKE(write_a_byte_of_a_register, "write of 1 bytes to UART4"),
    MISTAKE(drive_a_pin_in_a_way_that_is_not_there, "PINMUX at 0x184"),
    MISTAKE(read_a_counter_that_does_not_run, "which does not run"),
    MISTAKE(write_a_counter_that_can_only_be_read, "which can only be read"),
    MISTAKE(start_a_channel_that_is_not_set_up, "not set up to count"),
    MISTAKE(set_up_a_channel_without_clock, "which has no clock"),
    MISTAKE(set_the_top_of_a_channel_that_runs, "a channel of UTIMER at 0x0a4"),
};

static void the_models_catch_each_mistake(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        open_all();
        bus_expect_caught("peripherals", &mistakes[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_right_is_no_mistake),
        cmocka_unit_test(the_models_catch_each_mistake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
