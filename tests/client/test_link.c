/* The link: locking, limits of time, a board that goes away. */
#include "client/fake_board.h"
#include "client/link/clock.h"
#include "client/link/link_open.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
/* cmocka needs the headers above */
#include <cmocka.h>

static const struct fake_step silent[] = {{FAKE_END, NULL, 0}};
static struct mprom_link port;
static struct mprom_client_error error;

static void bytes_go_both_ways(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {
        {FAKE_EXPECT, "ping\r\003\001", 0}, {FAKE_SEND, "pong\0\377\n", 7}, {FAKE_END, NULL, 0}};
    static const char sent[] = "ping\r\003\001";
    static const char wanted[] = "pong\0\377\n";
    struct fake_board board;
    fake_board_start(&board, steps);
    assert_int_equal(mprom_link_open_tty(&port, board.path, 115200, &error), 0);
    assert_int_equal(mprom_link_write(&port, sent, sizeof(sent) - 1, mprom_clock_in_ms(5000)), 0);
    for (size_t i = 0; i < sizeof(wanted) - 1; i++) {
        assert_int_equal(mprom_link_get(&port, mprom_clock_in_ms(5000)), (unsigned char)wanted[i]);
    }
    mprom_link_close(&port);
    fake_board_stop(&board);
    assert_false(board.failed);
}

static void a_second_opener_is_refused(void **state)
{
    (void)state;
    struct fake_board board;
    struct mprom_link second;
    fake_board_start(&board, silent);
    assert_int_equal(mprom_link_open_tty(&port, board.path, 115200, &error), 0);
    assert_int_equal(mprom_link_open_tty(&second, board.path, 115200, &error), -MPROM_EBUSY);
    assert_non_null(strstr(error.text, "in use by another program"));
    assert_non_null(strstr(error.text, board.path));
    mprom_link_close(&port);
    assert_int_equal(mprom_link_open_tty(&second, board.path, 115200, &error), 0);
    mprom_link_close(&second);
    fake_board_stop(&board);
}

static void a_port_that_another_program_locked_is_left_alone(void **state)
{
    (void)state;
    struct fake_board board;
    fake_board_start(&board, silent);
    int other = open(board.path, O_RDWR | O_NOCTTY);
    assert_int_equal(flock(other, LOCK_EX | LOCK_NB), 0);
    assert_int_equal(mprom_link_open_tty(&port, board.path, 115200, &error), -MPROM_EBUSY);
    close(other);
    fake_board_stop(&board);
}

static void what_is_no_port_is_refused(void **state)
{
    (void)state;
    struct fake_board board;
    fake_board_start(&board, silent);
    assert_int_equal(mprom_link_open_tty(&port, "/dev/no-such-port", 115200, &error), -MPROM_ENOENT);
    assert_non_null(strstr(error.text, "/dev/no-such-port"));
    assert_int_equal(mprom_link_open_tty(&port, "/dev/null", 115200, &error), -MPROM_ENODEV);
    assert_int_equal(mprom_link_open_tty(&port, board.path, 12345, &error), -MPROM_EINVAL);
    assert_non_null(strstr(error.text, "12345"));
    fake_board_stop(&board);
}

static void silence_ends_at_the_deadline(void **state)
{
    (void)state;
    struct fake_board board;
    fake_board_start(&board, silent);
    assert_int_equal(mprom_link_open_tty(&port, board.path, 115200, &error), 0);
    assert_int_equal(mprom_link_get(&port, mprom_clock_in_ms(30)), -MPROM_ETIMEDOUT);
    mprom_link_close(&port);
    fake_board_stop(&board);
}

static void a_board_that_takes_nothing_ends_at_the_deadline(void **state)
{
    (void)state;
    static char much[1 << 20];
    struct fake_board board;
    fake_board_start(&board, silent);
    assert_int_equal(mprom_link_open_tty(&port, board.path, 115200, &error), 0);
    assert_int_equal(mprom_link_write(&port, much, sizeof(much), mprom_clock_in_ms(50)), -MPROM_ETIMEDOUT);
    mprom_link_close(&port);
    fake_board_stop(&board);
}

static ptrdiff_t endless_read(struct mprom_link *link, void *dst, size_t room)
{
    (void)link;
    memset(dst, 'x', room);
    return (ptrdiff_t)room;
}

static int endless_wait(struct mprom_link *link, bool want_read, bool want_write, uint64_t deadline_us)
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
    static const struct mprom_link_ops endless = {.read = endless_read, .wait = endless_wait};
    port = (struct mprom_link){.ops = &endless};
    uint64_t deadline = mprom_clock_in_ms(50);
    uint64_t limit = mprom_clock_in_ms(20000);
    int byte;
    do {
        byte = mprom_link_get(&port, deadline);
    } while (byte >= 0 && mprom_clock_left_ms(limit) > 0);
    assert_int_equal(byte, -MPROM_ETIMEDOUT);
}

static void a_board_that_goes_away_is_noticed(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {{FAKE_EXPECT, "x", 0}, {FAKE_SEND, "last", 0}, {FAKE_HANG_UP, NULL, 0}};
    struct fake_board board;
    fake_board_start(&board, steps);
    assert_int_equal(mprom_link_open_tty(&port, board.path, 115200, &error), 0);
    assert_int_equal(mprom_link_write(&port, "x", 1, mprom_clock_in_ms(5000)), 0);
    int byte;
    do {
        byte = mprom_link_get(&port, mprom_clock_in_ms(5000));
    } while (byte >= 0);
    assert_int_equal(byte, -MPROM_EIO);
    assert_int_equal(mprom_link_write(&port, "x", 1, mprom_clock_in_ms(5000)), -MPROM_EIO);
    mprom_link_close(&port);
    fake_board_stop(&board);
}

/* R3: what was switched, one after the other: D and R for on, d and r for off. */
static char switched[8];

static int fake_set_line(struct mprom_link *link, enum mprom_link_line which, bool is_on)
{
    (void)link;
    size_t size = strlen(switched);
    switched[size] = which == MPROM_LINK_DTR ? (is_on ? 'D' : 'd') : (is_on ? 'R' : 'r');
    switched[size + 1] = '\0';
    return 0;
}

static void lines_are_switched_as_asked(void **state)
{
    (void)state;
    static const struct {
        struct mprom_link_settings settings;
        const char *switched;
    } cases[] = {
        {{0, MPROM_CLIENT_LINE_USUAL, MPROM_CLIENT_LINE_USUAL}, ""},
        {{0, MPROM_CLIENT_LINE_KEEP, MPROM_CLIENT_LINE_KEEP}, ""},
        {{0, MPROM_CLIENT_LINE_OFF, MPROM_CLIENT_LINE_OFF}, "dr"},
        {{0, MPROM_CLIENT_LINE_ON, MPROM_CLIENT_LINE_ON}, "DR"},
        {{0, MPROM_CLIENT_LINE_USUAL, MPROM_CLIENT_LINE_OFF}, "r"},
        {{0, MPROM_CLIENT_LINE_ON, MPROM_CLIENT_LINE_KEEP}, "D"},
    };
    static const struct mprom_link_ops ops = {.set_line = fake_set_line};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mprom_link fake = {.ops = &ops};
        switched[0] = '\0';
        assert_int_equal(mprom_link_set_lines(&fake, &cases[i].settings, &error), 0);
        assert_string_equal(switched, cases[i].switched);
    }
}

/* R3: a pty has no modem lines, and a socket none either: that is said, not passed over. */
static void a_port_without_lines_refuses(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {{FAKE_END, NULL, 0}};
    static const struct mprom_link_settings off = {.rts = MPROM_CLIENT_LINE_OFF};
    struct fake_board pty;
    fake_board_start(&pty, steps);
    assert_int_equal(mprom_link_open(&port, pty.path, &off, &error), -MPROM_EOPNOTSUPP);
    assert_non_null(strstr(error.text, "no modem lines that --rts could switch"));
    fake_board_stop(&pty);
    assert_int_equal(mprom_link_open(&port, "socket://127.0.0.1:1", &off, &error), -MPROM_EINVAL);
    assert_non_null(strstr(error.text, "a socket has no DTR and no RTS"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_switched_as_asked),
        cmocka_unit_test(a_port_without_lines_refuses),
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
