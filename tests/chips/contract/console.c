/* The console of a port: what chips/kit/kit.h says of struct mprom_uart_port. */
#include "arch/mmio.h"
#include "chips/kit/kit_parts.h"
#include "micropython/firmware/board.h"
#include "port.h"

enum {
    SENT = 600,
    WRITTEN = 200,
    PIECE_MAX = 64,
    TELLS_NS = 1000000,
};

static uint32_t taken; /* bytes that came from the line */

static const struct mprom_uart_port *uart(void)
{
    return mprom_kit_port.uart;
}

/* The kit looks at the clock whenever it reads. */
static void console_on(void)
{
    port_start();
    mprom_console_open();
    port_expect_no_violation("when the console opens");
    mprom_clock_open();
    port_expect_no_violation("when the clock opens");
}

/* Reads up to size bytes; what comes must be what the line sent. */
static uint32_t console_take(uint32_t size)
{
    uint8_t bytes[PIECE_MAX];
    uint32_t count = (uint32_t)board_console_read(bytes, size < PIECE_MAX ? size : PIECE_MAX);
    port_expect_no_violation("when bytes are read");
    for (uint32_t i = 0; i < count; i++, taken++) {
        REQUIRE(taken < port_line.end, "the console reads a byte that nobody sent");
        REQUIRE(bytes[i] == port_line_byte(taken),
                "byte %u arrives as 0x%02x, not as 0x%02x: are bytes lost, or mixed up?", taken, bytes[i],
                port_line_byte(taken));
    }
    return count;
}

/* Reads all that the line has to send, in pieces of up to size bytes. */
static void console_take_all(uint32_t size)
{
    uint64_t byte_ns = port_byte_ns(MPROM_CONSOLE_BAUD);
    for (uint32_t looks = 0; taken < port_line.end && looks < 2 * port_line.end + 100; looks++) {
        if (console_take(size) == 0) {
            bus_pass(byte_ns);
        }
    }
    REQUIRE(port_line.lost == 0, "%u bytes are lost, though fewer than `room` were on their way", port_line.lost);
    REQUIRE(taken == port_line.end, "of %u bytes that were sent to the board %u arrive: %s", port_line.end, taken,
            uart()->take != NULL ? "take() gives each byte once" : "end() says how far the ring is filled");
}

/* Writes the bytes that the line would send from `from` on, and waits until they have left. */
static void console_write(uint32_t from, uint32_t count)
{
    port_line.heard_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        char byte = (char)port_line_byte(from + i);
        board_console_write(&byte, 1);
    }
    bus_pass(TELLS_NS);
    port_expect_no_violation("when bytes are sent");
    REQUIRE(port_line.heard_count == count,
            "of %u bytes %u leave the board: write() says whether the UART took its byte", count,
            port_line.heard_count);
    for (uint32_t i = 0; i < count; i++) {
        REQUIRE(port_line.heard[i] == port_line_byte(from + i), "byte %u leaves the board as 0x%02x, not as 0x%02x",
                i, port_line.heard[i], port_line_byte(from + i));
    }
}

static void the_port_says_what_it_has(void)
{
    REQUIRE(uart()->open != NULL && uart()->rearm != NULL && uart()->write != NULL,
            "the console's port lacks open(), rearm() or write()");
    REQUIRE((uart()->end == NULL) != (uart()->take == NULL), "give the console's port end() or take(), and not both");
    REQUIRE(uart()->ring != NULL && uart()->room > 0 && uart()->room < uart()->ring_size,
            "room is %u for a ring of %u bytes: say 1 up to one less than the ring has", uart()->room,
            uart()->ring_size);
    REQUIRE((uart()->set_baud == NULL) == (uart()->baud_max == NULL),
            "give the console's port set_baud() and baud_max(), or neither");
}

static void the_console_opens(void)
{
    port_start();
    mprom_console_open();
    port_expect_no_violation("when the console opens");
    REQUIRE(port_has_interrupt(), "open() of the console enables no interrupt: write the port's uart.c");
    REQUIRE(port_line.baud == 0 || port_line.baud == MPROM_CONSOLE_BAUD, "the console opens at %u baud, not at %u",
            port_line.baud, MPROM_CONSOLE_BAUD);
}

static void bytes_are_sent_in_order(void)
{
    console_on();
    console_write(0, SENT);
}

static void nothing_is_read_when_nothing_came(void)
{
    console_on();
    REQUIRE(!mprom_console_ready() && console_take(1) == 0, "the console reads a byte that nobody sent");
    REQUIRE(!port_interrupts(), "an interrupt asks though no byte came");
}

static void bytes_arrive_in_order(void)
{
    console_on();
    uint32_t burst = 1;
    while (port_line.end < 3 * uart()->ring_size) { /* around its end, from each side */
        port_line.end += burst;
        console_take_all(burst % PIECE_MAX + 1);
        burst = burst * 3 % uart()->room + 1;
    }
}

static void what_comes_while_nobody_looks_is_kept(void)
{
    console_on();
    for (int i = 0; i < 3; i++) {
        port_line.end += uart()->room;
        for (uint32_t n = 0; n < uart()->room + 2; n++) {
            bus_pass(port_byte_ns(MPROM_CONSOLE_BAUD));
        }
        REQUIRE(port_line.lost == 0, "room says %u bytes, and of so many %u are lost while nobody looks",
                uart()->room, port_line.lost);
        console_take_all(PIECE_MAX);
    }
}

static void what_comes_while_the_board_writes_is_kept(void)
{
    console_on();
    uint32_t coming = uart()->ring_size - 1 < WRITTEN ? uart()->ring_size - 1 : WRITTEN;
    port_line.end += coming;
    console_write(0, WRITTEN);
    console_take_all(PIECE_MAX);
}

static void a_byte_asks_for_the_interrupt_until_it_is_read(void)
{
    console_on();
    for (int i = 0; i < 3; i++) {
        REQUIRE(!mprom_console_ready(), "the console has a byte that nobody sent");
        port_line.starts_ns = bus.now_ns + TELLS_NS;
        port_line.end++;
        mprom_cpu_sleep();
        uint64_t late_ns = bus.now_ns - port_line.starts_ns;
        REQUIRE(late_ns < 3 * (uint64_t)TELLS_NS, "a byte ends the CPU's sleep %u us late",
                (unsigned)(late_ns / 1000));
        console_take_all(1);
        REQUIRE(!mprom_console_ready() && !port_interrupts(),
                "the interrupt still asks when all bytes were read: rearm() takes it back");
    }
}

/* It comes when the program has looked, and before the CPU sleeps. */
static void a_byte_that_comes_after_the_look_ends_the_sleep(void)
{
    console_on();
    for (int i = 0; i < 3; i++) {
        REQUIRE(!mprom_console_ready(), "the console has a byte that nobody sent");
        port_line.end++;
        for (int n = 0; n < 20; n++) {
            bus_pass(TELLS_NS / 20);
        }
        uint64_t before_ns = bus.now_ns;
        mprom_cpu_sleep();
        REQUIRE(bus.now_ns - before_ns < TELLS_NS, "a byte that came before the CPU slept does not end its sleep");
        console_take_all(1);
    }
}

static void expect_rate(uint32_t baud)
{
    REQUIRE(port_line.baud == baud, "after set_baud(%u) the UART runs at %u baud, 0 is for none", baud,
            port_line.baud);
    port_line_set_baud(baud);
    port_line.end += PIECE_MAX;
    console_take_all(PIECE_MAX);
    console_write(taken, PIECE_MAX);
}

/* Its last byte may still be on its way when the rate is to change. */
static void the_rate_changes_when_all_has_left(void)
{
    static const uint32_t rates[] = {230400, 460800, 921600};
    if (uart()->set_baud == NULL) {
        return;
    }
    console_on();
    uint32_t max = board_console_baud_max();
    REQUIRE(max >= MPROM_CONSOLE_BAUD, "baud_max() is %u: the console opens at %u", max, MPROM_CONSOLE_BAUD);
    for (uint32_t i = 0; i < sizeof rates / sizeof rates[0] && rates[i] <= max; i++) {
        board_console_write("last", 4);
        board_console_set_baud(rates[i]);
        port_expect_no_violation("when the rate changes");
        expect_rate(rates[i]);
    }
    board_console_write("last", 4);
    board_console_set_baud(0);
    port_expect_no_violation("when the rate changes back");
    expect_rate(MPROM_CONSOLE_BAUD);
}

#define STEP(name)                                                                                                   \
    {                                                                                                                \
        "console: " #name, name                                                                                      \
    }

const struct contract_step console_steps[] = {
    STEP(the_port_says_what_it_has),
    STEP(the_console_opens),
    STEP(bytes_are_sent_in_order),
    STEP(nothing_is_read_when_nothing_came),
    STEP(bytes_arrive_in_order),
    STEP(what_comes_while_nobody_looks_is_kept),
    STEP(what_comes_while_the_board_writes_is_kept),
    STEP(a_byte_asks_for_the_interrupt_until_it_is_read),
    STEP(a_byte_that_comes_after_the_look_ends_the_sleep),
    STEP(the_rate_changes_when_all_has_left),
    {0},
};
