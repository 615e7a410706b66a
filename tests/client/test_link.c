/* The link: locking, limits of time, a board that goes away. */
#include "client/clock.h"
#include "client/fake_board.h"
#include "client/link.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
/* cmocka needs the headers above */
#include <cmocka.h>

static const struct fake_step silent[] = {{FAKE_END, NULL, 0}};
static struct link port;
static struct client_error error;

static void bytes_go_both_ways(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {
        {FAKE_EXPECT, "ping\r\003\001", 0}, {FAKE_SEND, "pong\0\377\n", 7}, {FAKE_END, NULL, 0}};
    static const char sent[] = "ping\r\003\001";
    static const char wanted[] = "pong\0\377\n";
    struct fake_board board;
    fake_board_start(&board, steps);
    assert_int_equal(link_open_tty(&port, board.path, 115200, &error), 0);
    assert_int_equal(link_write(&port, sent, sizeof(sent) - 1, clock_in_ms(5000)), 0);
    for (size_t i = 0; i < sizeof(wanted) - 1; i++) {
        assert_int_equal(link_get(&port, clock_in_ms(5000)), (unsigned char)wanted[i]);
    }
    link_close(&port);
    fake_board_stop(&board);
    assert_false(board.failed);
}

static void a_second_opener_is_refused(void **state)
{
    (void)state;
    struct fake_board board;
    struct link second;
    fake_board_start(&board, silent);
    assert_int_equal(link_open_tty(&port, board.path, 115200, &error), 0);
    assert_int_equal(link_open_tty(&second, board.path, 115200, &error), -MPROM_EBUSY);
    assert_non_null(strstr(error.text, "in use by another program"));
    assert_non_null(strstr(error.text, board.path));
    link_close(&port);
    assert_int_equal(link_open_tty(&second, board.path, 115200, &error), 0);
    link_close(&second);
    fake_board_stop(&board);
}

static void a_port_that_another_program_locked_is_left_alone(void **state)
{
    (void)state;
    struct fake_board board;
    fake_board_start(&board, silent);
    int other = open(board.path, O_RDWR | O_NOCTTY);
    assert_int_equal(flock(other, LOCK_EX | LOCK_NB), 0);
    assert_int_equal(link_open_tty(&port, board.path, 115200, &error), -MPROM_EBUSY);
    close(other);
    fake_board_stop(&board);
}

static void what_is_no_port_is_refused(void **state)
{
    (void)state;
    struct fake_board board;
    fake_board_start(&board, silent);
    assert_int_equal(link_open_tty(&port, "/dev/no-such-port", 115200, &error), -MPROM_ENOENT);
    assert_non_null(strstr(error.text, "/dev/no-such-port"));
    assert_int_equal(link_open_tty(&port, "/dev/null", 115200, &error), -MPROM_ENODEV);
    assert_int_equal(link_open_tty(&port, board.path, 12345, &error), -MPROM_EINVAL);
    assert_non_null(strstr(error.text, "12345"));
    fake_board_stop(&board);
}

static void silence_ends_at_the_deadline(void **state)
{
    (void)state;
    struct fake_board board;
    fake_board_start(&board, silent);
    assert_int_equal(link_open_tty(&port, board.path, 115200, &error), 0);
    assert_int_equal(link_get(&port, clock_in_ms(30)), -MPROM_ETIMEDOUT);
    link_close(&port);
    fake_board_stop(&board);
}

static void a_board_that_takes_nothing_ends_at_the_deadline(void **state)
{
    (void)state;
    static char much[1 << 20];
    struct fake_board board;
    fake_board_start(&board, silent);
    assert_int_equal(link_open_tty(&port, board.path, 115200, &error), 0);
    assert_int_equal(link_write(&port, much, sizeof(much), clock_in_ms(50)), -MPROM_ETIMEDOUT);
    link_close(&port);
    fake_board_stop(&board);
}

static ptrdiff_t endless_read(struct link *link, void *dst, size_t room)
{
    (void)link;
    memset(dst, 'x', room);
    return (ptrdiff_t)room;
}

static int endless_wait(struct link *link, bool want_read, bool want_write, uint64_t deadline_us)
{
    (void)link;
    (void)want_read;
    (void)want_write;
    (void)deadline_us;
    return 0;
}

/* A link that always has bytes waiting, as no fake on a pty is quick enough to be. */
static void endless_output_ends_at_the_deadline(void **state)
{
    (void)state;
    static const struct link_ops endless = {.read = endless_read, .wait = endless_wait};
    port = (struct link){.ops = &endless};
    uint64_t deadline = clock_in_ms(50);
    uint64_t limit = clock_in_ms(20000);
    int byte;
    do {
        byte = link_get(&port, deadline);
    } while (byte >= 0 && clock_left_ms(limit) > 0);
    assert_int_equal(byte, -MPROM_ETIMEDOUT);
}

static void a_board_that_goes_away_is_noticed(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {{FAKE_EXPECT, "x", 0}, {FAKE_SEND, "last", 0}, {FAKE_HANG_UP, NULL, 0}};
    struct fake_board board;
    fake_board_start(&board, steps);
    assert_int_equal(link_open_tty(&port, board.path, 115200, &error), 0);
    assert_int_equal(link_write(&port, "x", 1, clock_in_ms(5000)), 0);
    int byte;
    do {
        byte = link_get(&port, clock_in_ms(5000));
    } while (byte >= 0);
    assert_int_equal(byte, -MPROM_EIO);
    assert_int_equal(link_write(&port, "x", 1, clock_in_ms(5000)), -MPROM_EIO);
    link_close(&port);
    fake_board_stop(&board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_go_both_ways),
        cmocka_unit_test(a_second_opener_is_refused),
        cmocka_unit_test(a_port_that_another_program_locked_is_left_alone),
        cmocka_unit_test(what_is_no_port_is_refused),
        cmocka_unit_test(silence_ends_at_the_deadline),
        cmocka_unit_test(a_board_that_takes_nothing_ends_at_the_deadline),
        cmocka_unit_test(endless_output_ends_at_the_deadline),
        cmocka_unit_test(a_board_that_goes_away_is_noticed),
    };
    return cmocka_run_group_tests_name("client_link", tests, NULL, NULL);
}
