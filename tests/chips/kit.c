/* The kit's console and clock over ports that a test plays: a UART with DMA, one without, a counter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arch/mmio.h"
#include "chips/kit/kit.h"
#include "chips/kit/kit_parts.h"
#include "micropython/firmware/board.h"

enum {
    RING_SIZE = 16,
    FIFO_SIZE = 6, /* as an nRF51's */
    SENT_MAX = 64,
};

static struct {
    uint32_t opened_baud;
    uint32_t baud;
    uint32_t end;
    uint32_t refreshed;
    int rearmed;
    uint8_t fifo[FIFO_SIZE];
    uint32_t fifo_count;
    uint32_t lost;
    uint8_t sent[SENT_MAX];
    size_t sent_size;
    uint32_t busy;        /* so often the UART has no room for a byte to send */
    const char *incoming; /* a byte comes at each of these; NULL for none */
    uint32_t count;
    uint32_t step; /* what the counter goes on by at each look */
    uint32_t armed;
    int sleeps;
    uint32_t sleep_step;
} chip;

static uint8_t ring[RING_SIZE];

static void uart_open(uint32_t baud)
{
    chip.opened_baud = baud;
}

static uint32_t uart_end(void)
{
    return chip.end;
}

static void uart_rearm(void)
{
    chip.rearmed++;
}

static void uart_refresh(const uint8_t *bytes, uint32_t size)
{
    assert_true(bytes >= ring && bytes + size <= ring + RING_SIZE);
    chip.refreshed += size;
}

static void fifo_put(uint8_t byte)
{
    if (chip.fifo_count < FIFO_SIZE) {
        chip.fifo[chip.fifo_count++] = byte;
    } else {
        chip.lost++;
    }
}

static int uart_take(void)
{
    if (chip.fifo_count == 0) {
        return -1;
    }
    int byte = chip.fifo[0];
    memmove(chip.fifo, chip.fifo + 1, --chip.fifo_count);
    return byte;
}

static bool uart_write(uint8_t byte)
{
    if (chip.incoming != NULL && *chip.incoming != '\0') {
        fifo_put((uint8_t)*chip.incoming++);
    }
    if (chip.busy > 0) {
        chip.busy--;
        return false;
    }
    chip.sent[chip.sent_size++ % SENT_MAX] = byte;
    chip.busy = 3;
    return true;
}

static void uart_set_baud(uint32_t baud)
{
    chip.baud = baud;
}

static uint32_t uart_baud_max(void)
{
    return 1500000;
}

static const struct mprom_uart_port with_dma = {
    .ring = ring,
    .ring_size = RING_SIZE,
    .room = RING_SIZE - 1,
    .open = uart_open,
    .end = uart_end,
    .rearm = uart_rearm,
    .refresh = uart_refresh,
    .write = uart_write,
    .set_baud = uart_set_baud,
    .baud_max = uart_baud_max,
};

static const struct mprom_uart_port without_dma = {
    .ring = ring,
    .ring_size = RING_SIZE,
    .room = FIFO_SIZE,
    .open = uart_open,
    .take = uart_take,
    .rearm = uart_rearm,
    .write = uart_write,
};

static void counter_open(void)
{
    chip.count = 0;
}

static uint32_t counter_count(void)
{
    return chip.count += chip.step;
}

static void counter_arm(uint32_t at)
{
    chip.armed = at;
}

static bool counter_is_over(void)
{
    return false; /* so the count must end a wait by itself */
}

static const struct mprom_counter counter = {
    .open = counter_open, .count = counter_count, .arm = counter_arm, .is_over = counter_is_over};

void mprom_cpu_sleep(void)
{
    chip.sleeps++;
    chip.count += chip.sleep_step;
}

static struct mprom_uart_port uart; /* that of the test */

const struct mprom_kit_port mprom_kit_port = {.uart = &uart, .counter = &counter};

static void start(const struct mprom_uart_port *chosen)
{
    memset(&chip, 0, sizeof chip);
    uart = *chosen;
    mprom_console_open();
    mprom_clock_open();
}

static void dma_put(const char *text)
{
    for (; *text != '\0'; text++) {
        ring[chip.end] = (uint8_t)*text;
        chip.end = (chip.end + 1) % RING_SIZE;
    }
}

/* Reads until nothing is there, by at most size bytes at once. */
static void expect_input(const char *text, size_t size)
{
    uint8_t seen[SENT_MAX] = {0};
    size_t count = 0, got;
    while ((got = board_console_read(seen + count, size)) > 0) {
        assert_true(got <= size);
        count += got;
        assert_true(count + size < sizeof seen);
    }
    assert_string_equal((const char *)seen, text);
}

static void what_dma_has_put_into_the_ring_is_read_around_its_end(void **state)
{
    (void)state;
    start(&with_dma);
    assert_int_equal(chip.opened_baud, 115200);
    assert_int_equal(board_console_room(), RING_SIZE - 1);
    expect_input("", 4);
    for (size_t size = 1; size < RING_SIZE; size++) {
        dma_put("0123456789abcde"); /* as many as there is room for */
        expect_input("0123456789abcde", size);
    }
    assert_int_equal(chip.refreshed, 15u * (RING_SIZE - 1)); /* each byte once, and only those that are read */
}

static void each_look_rearms_the_interrupt(void **state)
{
    (void)state;
    start(&with_dma);
    assert_false(mprom_console_ready());
    assert_int_equal(chip.rearmed, 1);
    dma_put("x");
    assert_true(mprom_console_ready());
    expect_input("x", 1);
}

static void the_rate_changes_only_where_it_can(void **state)
{
    (void)state;
    start(&with_dma);
    assert_int_equal(board_console_baud_max(), 921600);
    board_console_set_baud(460800);
    assert_int_equal(chip.baud, 460800);
    board_console_set_baud(0);
    assert_int_equal(chip.baud, 115200);
    start(&without_dma);
    assert_int_equal(board_console_baud_max(), 0);
    board_console_set_baud(460800);
    assert_int_equal(chip.baud, 0);
}

static void a_wait_lasts_whole_microseconds_even_if_the_comparison_was_missed(void **state)
{
    (void)state;
    start(&with_dma);
    chip.step = 1;
    chip.count = 0xFFFFFFF0u; /* and across the counter's end */
    mprom_clock_wait(100);
    assert_int_equal(chip.armed, 0xFFFFFFF1u + 101u);
    assert_true(chip.count - 0xFFFFFFF1u > 100 && chip.count - 0xFFFFFFF1u < 105);
}

static void the_clock_counts_the_ends_of_the_counter(void **state)
{
    (void)state;
    start(&with_dma);
    uint64_t first = board_clock_us() & ~(uint64_t)UINT32_MAX;
    chip.count = 0xFFFFFFFFu;
    assert_int_equal(board_clock_us() - first, 0xFFFFFFFFu);
    chip.count = 5;
    assert_int_equal(board_clock_us() - first, 0x100000005u);
    uint8_t byte;
    chip.count = 0xFFFFFFFFu;
    (void)board_console_read(&byte, 1); /* that notes it as well */
    chip.count = 6;
    assert_int_equal(board_time_ns() - first * 1000, 0x200000006u * 1000);
}

static void a_sleep_ends_with_its_time_or_with_a_byte(void **state)
{
    (void)state;
    start(&with_dma);
    chip.sleep_step = 300;
    board_wait(1);
    assert_int_equal(chip.sleeps, 4);
    assert_int_equal(chip.armed, 1000);
    board_wait(0);
    assert_int_equal(chip.sleeps, 4);
    dma_put("x");
    board_wait(1000);
    assert_int_equal(chip.sleeps, 4);
    expect_input("x", 1);
}

static void what_a_uart_without_dma_has_is_taken_by_the_kit(void **state)
{
    (void)state;
    start(&without_dma);
    assert_int_equal(board_console_room(), FIFO_SIZE);
    expect_input("", 4);
    for (int i = 0; i < 2 * RING_SIZE; i++) { /* around the ring's end */
        fifo_put('a');
        fifo_put('b');
        fifo_put('c');
        expect_input("abc", 2);
    }
    assert_int_equal(chip.rearmed, 1 + 2 * RING_SIZE * 3);
}

/* Longer than its FIFO. */
static void what_arrives_while_the_board_writes_is_kept(void **state)
{
    (void)state;
    start(&without_dma);
    chip.incoming = "stop it, please";
    board_console_write("hello, you", 10);
    assert_memory_equal(chip.sent, "hello, you", 10);
    assert_string_equal(chip.incoming, "");
    assert_int_equal(chip.lost, 0);
    expect_input("stop it, please", 20);
}

static void a_full_ring_leaves_the_rest_in_the_uart(void **state)
{
    (void)state;
    start(&without_dma);
    for (int i = 0; i < RING_SIZE - 1 + FIFO_SIZE; i++) {
        fifo_put((uint8_t)('a' + i));
        assert_true(mprom_console_ready());
    }
    assert_int_equal(chip.lost, 0);
    expect_input("abcdefghijklmnopqrstu", 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_dma_has_put_into_the_ring_is_read_around_its_end),
        cmocka_unit_test(each_look_rearms_the_interrupt),
        cmocka_unit_test(the_rate_changes_only_where_it_can),
        cmocka_unit_test(a_wait_lasts_whole_microseconds_even_if_the_comparison_was_missed),
        cmocka_unit_test(the_clock_counts_the_ends_of_the_counter),
        cmocka_unit_test(a_sleep_ends_with_its_time_or_with_a_byte),
        cmocka_unit_test(what_a_uart_without_dma_has_is_taken_by_the_kit),
        cmocka_unit_test(what_arrives_while_the_board_writes_is_kept),
        cmocka_unit_test(a_full_ring_leaves_the_rest_in_the_uart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
