/* What a UART makes of bytes that are sent at another rate; worked out by hand from the levels of the line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "emulator/host/uart.h"

static void assert_taken_for(uint8_t byte, uint32_t from, uint32_t to, const char *expected, size_t count)
{
    uint8_t seen[HOST_UART_BYTES_MAX];
    assert_true(host_uart_receive(byte, from, to, seen) == count);
    assert_memory_equal(seen, expected, count);
}

static void test_the_same_rate(void **state)
{
    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        const char expected = (char)byte;
        assert_taken_for((uint8_t)byte, 115200, 115200, &expected, 1);
        assert_taken_for((uint8_t)byte, 112000, 115200, &expected, 1); /* 2.8 % apart */
        assert_taken_for((uint8_t)byte, 118600, 115200, &expected, 1);
    }
}

static void test_faster_receiver(void **state)
{
    (void)state;
    /* Start, 1 0 1 0 1 0 1 0, stop, each seen twice: the second byte begins with the seventh bit sent. */
    assert_taken_for(0x55, 115200, 230400, "\x66\xe6", 2);
    /* Low for nine bits: a break, in which no second start can be seen. */
    assert_taken_for(0x00, 115200, 921600, "\x00", 1);
    /* Low for the start bit alone, which is eight bits long: seven of data are 0. */
    assert_taken_for(0xFF, 115200, 921600, "\x80", 1);
}

static void test_slower_receiver(void **state)
{
    (void)state;
    /* All is over in ten bits of 1.1 us, before the first one is sampled after 13 us. */
    assert_taken_for(0x00, 921600, 115200, "\xff", 1);
    assert_taken_for(0xA7, 921600, 115200, "\xff", 1);
    /* Half the rate: sampled are bits 3, 5, 7, 9 of the frame, and idle. */
    assert_taken_for(0x00, 230400, 115200, "\xf8", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_same_rate),
        cmocka_unit_test(test_faster_receiver),
        cmocka_unit_test(test_slower_receiver),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
