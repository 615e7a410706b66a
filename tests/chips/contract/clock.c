/* The clock of a port: what chips/kit/kit.h says of struct mprom_counter. Time is that of the models. */
#include "chips/kit/kit_parts.h"
#include "micropython/firmware/board.h"
#include "port.h"

enum {
    NS_PER_US = 1000,
    LATE_US_MAX = 5,
    AHEAD_US = 500,
    BEFORE_WRAP_US = 200,
    WAIT_MS = 50,
    BYTE_MS = 20,
};

static const struct mprom_counter *counter(void)
{
    return mprom_kit_port.counter;
}

static void clock_on(void)
{
    port_start();
    mprom_console_open();
    mprom_clock_open();
    port_expect_no_violation("when the clock opens");
}

static uint64_t now_us(void)
{
    return bus.now_ns / NS_PER_US;
}

static void pass_us(uint64_t us)
{
    bus_pass(us * NS_PER_US);
}

/* Lets the counter get so close to its end. */
static void pass_to_wrap(uint32_t before_us)
{
    pass_us((uint64_t)UINT32_MAX - before_us - counter()->count());
}

static void the_port_says_what_it_has(void)
{
    REQUIRE(counter()->open != NULL && counter()->count != NULL && counter()->arm != NULL &&
                counter()->is_over != NULL,
            "the clock's port lacks open(), count(), arm() or is_over()");
}

static void it_counts_microseconds(void)
{
    static const uint32_t spans[] = {1000, 1, 10, 1000000, 123456789};
    clock_on();
    for (uint32_t i = 0; i < sizeof spans / sizeof spans[0]; i++) {
        uint32_t start = counter()->count();
        pass_us(spans[i]);
        uint32_t counted = counter()->count() - start;
        port_expect_no_violation("when the clock is read");
        uint32_t wrong = counted > spans[i] ? counted - spans[i] : spans[i] - counted;
        REQUIRE(wrong <= 1 + spans[i] / 100000,
                "count() goes on by %u in %u us: write the port's counter.c, or mend its "
                "rate",
                counted, spans[i]);
    }
}

static void it_goes_on_through_32_bits(void)
{
    clock_on();
    for (int i = 0; i < 2; i++) {
        pass_to_wrap(20);
        uint64_t start_us = now_us(), start = board_clock_us(), last = start;
        for (int n = 0; n < 60; n++) {
            pass_us(1);
            uint64_t now = board_clock_us();
            REQUIRE(now >= last, "the clock goes back where the counter begins anew: count() must use all 32 bits");
            last = now;
        }
        uint64_t passed_us = now_us() - start_us;
        REQUIRE(last - start + 1 >= passed_us && last - start <= passed_us + 1,
                "the clock goes on by %llu us in %llu us where the counter begins anew",
                (unsigned long long)(last - start), (unsigned long long)passed_us);
    }
}

/* From where the counter is now. */
static void expect_interrupt(const char *where)
{
    uint32_t at = counter()->count() + AHEAD_US;
    counter()->arm(at);
    port_expect_no_violation("in arm()");
    REQUIRE(!port_interrupts(), "the counter asks for its interrupt as soon as arm() is called%s", where);
    pass_us(AHEAD_US - 50);
    REQUIRE(!port_interrupts(), "the counter asks for its interrupt before it gets to what arm() said%s", where);
    pass_us(100);
    REQUIRE(port_interrupts(), "the counter does not ask for its interrupt when it gets to what arm() said%s", where);
    REQUIRE(counter()->is_over(), "is_over() is false when the counter got to what arm() said%s", where);
    counter()->arm(counter()->count() + AHEAD_US);
    REQUIRE(!port_interrupts(), "the interrupt of an earlier arm() still asks: arm() takes it back");
    REQUIRE(!counter()->is_over(), "is_over() still speaks of an earlier arm()");
    port_expect_no_violation("in is_over()");
}

static void it_asks_for_its_interrupt_when_it_gets_to_what_was_armed(void)
{
    clock_on();
    expect_interrupt("");
    pass_us(10 * AHEAD_US);
    expect_interrupt(", once more");
    pass_to_wrap(BEFORE_WRAP_US);
    expect_interrupt(", where it begins anew");
}

static void expect_wait(uint32_t us)
{
    uint64_t start_ns = bus.now_ns;
    mprom_clock_wait(us);
    uint64_t waited_ns = bus.now_ns - start_ns;
    port_expect_no_violation("in a wait");
    REQUIRE(waited_ns >= (uint64_t)us * NS_PER_US && waited_ns <= ((uint64_t)us + LATE_US_MAX) * NS_PER_US,
            "a wait of %u us takes %llu ns", us, (unsigned long long)waited_ns);
}

static void a_wait_takes_as_long_as_asked(void)
{
    static const uint32_t waits[] = {1, 7, 50, 1000, 100000};
    clock_on();
    for (uint32_t i = 0; i < sizeof waits / sizeof waits[0]; i++) {
        expect_wait(waits[i]);
    }
    pass_to_wrap(BEFORE_WRAP_US);
    expect_wait(2 * BEFORE_WRAP_US);
}

static void expect_sleep(uint32_t ms)
{
    uint64_t start_us = now_us();
    uint32_t before = port_sleeps();
    board_wait(ms);
    uint64_t slept_us = now_us() - start_us;
    port_expect_no_violation("when the CPU sleeps");
    REQUIRE(slept_us + 20 >= ms * 1000 && slept_us <= ms * 1000 + 100, "a sleep of %u ms takes %llu us", ms,
            (unsigned long long)slept_us);
    REQUIRE(port_sleeps() - before <= 2, "an interrupt that nobody needs wakes the CPU: %u times in %u ms",
            port_sleeps() - before, ms);
}

static void a_sleep_ends_with_its_time(void)
{
    clock_on();
    expect_sleep(WAIT_MS);
    expect_sleep(1);
    pass_to_wrap(BEFORE_WRAP_US);
    expect_sleep(WAIT_MS);
}

static void a_byte_ends_a_sleep_before_its_time(void)
{
    clock_on();
    for (int i = 0; i < 2; i++) {
        uint64_t start_us = now_us();
        port_line.starts_ns = bus.now_ns + (uint64_t)BYTE_MS * 1000 * NS_PER_US;
        port_line.end++;
        board_wait(20 * WAIT_MS);
        uint64_t slept_us = now_us() - start_us;
        REQUIRE(slept_us >= BYTE_MS * 1000 && slept_us <= (BYTE_MS + 3) * 1000,
                "a byte that comes after %u ms ends a sleep after %llu us", BYTE_MS, (unsigned long long)slept_us);
        uint8_t byte;
        REQUIRE(board_console_read(&byte, 1) == 1, "a byte ends a sleep and is not there");
        expect_sleep(WAIT_MS);
    }
}

#define STEP(name)                                                                                                   \
    {                                                                                                                \
        "clock: " #name, name                                                                                        \
    }

const struct contract_step clock_steps[] = {
    STEP(the_port_says_what_it_has),           STEP(it_counts_microseconds),
    STEP(it_goes_on_through_32_bits),          STEP(it_asks_for_its_interrupt_when_it_gets_to_what_was_armed),
    STEP(a_wait_takes_as_long_as_asked),       STEP(a_sleep_ends_with_its_time),
    STEP(a_byte_ends_a_sleep_before_its_time), {0},
};
