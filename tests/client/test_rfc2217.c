/* What a serial server may say: hostile, half, late or nothing. Real servers are in test_rfc2217.py. */
#include "client/fake_board.h"
#include "client/link/clock.h"
#include "client/link/link_open.h"
#include "client/link/rfc2217.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* cmocka needs the headers above */
#include <cmocka.h>

/* Telnet as RFC 854, 856 and 2217 have it. */
#define IAC "\377"
#define WILL IAC "\373"
#define WONT IAC "\374"
#define DO IAC "\375"
#define DONT IAC "\376"
#define BINARY "\0"
#define PORT "\054"
#define SB IAC "\372" PORT
#define SE IAC "\360"
#define TEXT(text) text, sizeof(text) - 1
#define EXPECT(text)                                                                                                 \
    {                                                                                                                \
        FAKE_EXPECT, TEXT(text)                                                                                      \
    }
#define SEND(text)                                                                                                   \
    {                                                                                                                \
        FAKE_SEND, TEXT(text)                                                                                        \
    }

#define BAUD_115200 "\000\001\302\000"
#define BAUD_921600 "\000\016\020\000"
#define AGREED WILL BINARY DO BINARY DO PORT
#define SET_BITS SB "\146\010" SE SB "\147\001" SE SB "\150\001" SE
#define AGREE EXPECT(WILL PORT), SEND(AGREED)
#define SET EXPECT(SB "\005\013" SE), SEND(SB "\145" BAUD_115200 SE SET_BITS)
#define OPEN AGREE, SET

static struct fake_board server;
static struct mprom_link port;
static struct mprom_client_error error;

static int open_at(const struct fake_step *steps)
{
    static const struct mprom_link_settings settings = {.baud = 0};
    fake_board_serve(&server, "rfc2217://", steps);
    return mprom_link_open(&port, server.path, &settings, &error);
}

static void close_all(void)
{
    mprom_link_close(&port);
    fake_board_stop(&server);
    assert_false(server.failed);
}

static void get(const char *wanted, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        assert_int_equal(mprom_link_get(&port, mprom_clock_in_ms(5000)), (unsigned char)wanted[i]);
    }
}

/* The open fails with this error and sentence. */
static void refuses(const struct fake_step *steps, int code, const char *sentence)
{
    assert_int_equal(open_at(steps), code);
    if (strstr(error.text, sentence) == NULL) {
        fail_msg("%s", error.text);
    }
    fake_board_stop(&server);
    assert_false(server.failed);
}

/* What is said of a link that was lost. */
static void is_lost(const char *sentence)
{
    assert_int_equal(mprom_link_get(&port, mprom_clock_in_ms(5000)), -MPROM_EIO);
    mprom_link_failure(&port, -MPROM_EIO, "testing", &error);
    if (strstr(error.text, sentence) == NULL) {
        fail_msg("%s", error.text);
    }
}

static void all_is_asked_for(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {
        EXPECT(WILL BINARY DO BINARY WILL "\003" DO "\003" WILL PORT),
        SEND(AGREED),
        EXPECT(SB "\001" BAUD_115200 SE SB "\002\010" SE SB "\003\001" SE SB "\004\001" SE SB "\005\001" SE SB
                  "\005\010" SE SB "\005\013" SE),
        SEND(SB "\145" BAUD_115200 SE SET_BITS),
        {FAKE_END, NULL, 0},
    };
    assert_int_equal(open_at(steps), 0);
    assert_int_equal(port.baud, 115200);
    close_all();
}

static void data_is_told_from_commands(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {
        OPEN,
        SEND("a" IAC IAC IAC IAC "b" SB "\152\377\377" SE "c" IAC "\361d" SB "\153\360" SE "\r\0e\r\n"),
        EXPECT("\r" IAC IAC "\360" IAC IAC IAC IAC "\0\n"),
        {FAKE_END, NULL, 0},
    };
    assert_int_equal(open_at(steps), 0);
    get(TEXT("a\377\377bcd\r\0e\r\n"));
    assert_int_equal(mprom_link_write(&port, TEXT("\r\377\360\377\377\0\n"), mprom_clock_in_ms(5000)), 0);
    close_all();
}

/* Packets may end anywhere. */
static void halves_of_commands_wait_for_the_rest(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {
        OPEN,
        SEND("a" IAC),
        {FAKE_PAUSE, NULL, 20},
        SEND(IAC "b" IAC),
        {FAKE_PAUSE, NULL, 20},
        SEND("\372\054"),
        {FAKE_PAUSE, NULL, 20},
        SEND("\152x" IAC),
        {FAKE_PAUSE, NULL, 20},
        SEND("\360c"),
        {FAKE_END, NULL, 0},
    };
    assert_int_equal(open_at(steps), 0);
    get(TEXT("a\377bc"));
    close_all();
}

static void what_comes_before_is_kept(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {
        EXPECT(WILL PORT), SEND("early" AGREED "late"), SET, SEND("!"), {FAKE_END, NULL, 0}};
    assert_int_equal(open_at(steps), 0);
    get(TEXT("earlylate!"));
    close_all();
}

static void the_rate_is_changed_when_that_is_confirmed(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {
        OPEN,
        EXPECT(SB "\001" BAUD_921600 SE),
        SEND("a"),
        {FAKE_PAUSE, NULL, 50},
        SEND("b" SB "\145" BAUD_921600 SE "c"),
        EXPECT(SB "\001" BAUD_115200 SE),
        SEND(SB "\145" BAUD_115200 SE "d"),
        {FAKE_END, NULL, 0},
    };
    assert_int_equal(open_at(steps), 0);
    assert_int_equal(mprom_link_baud_below(&port, 1000000), 1000000);
    assert_int_equal(mprom_link_set_baud(&port, 921600), 0);
    assert_int_equal(port.server->value[MPROM_RFC2217_BAUD], 921600);
    assert_int_equal(mprom_link_set_baud(&port, 0), 0);
    assert_int_equal(port.server->value[MPROM_RFC2217_BAUD], 115200);
    get(TEXT("abcd"));
    close_all();
}

/* A UART that is clocked so says 923,076. */
static void a_rate_that_is_near_will_do(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {
        OPEN, EXPECT(SB "\001" BAUD_921600 SE), SEND(SB "\145\000\016\025\304" SE), {FAKE_END, NULL, 0}};
    assert_int_equal(open_at(steps), 0);
    assert_int_equal(mprom_link_set_baud(&port, 921600), 0);
    close_all();
}

static void a_rate_that_is_refused_changes_nothing(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {
        OPEN,
        EXPECT(SB "\001" BAUD_921600 SE),
        SEND(SB "\145\000\007\010\000" SE),
        EXPECT(SB "\001" BAUD_115200 SE),
        SEND(SB "\145" BAUD_115200 SE "x"),
        {FAKE_END, NULL, 0},
    };
    assert_int_equal(open_at(steps), 0);
    assert_int_equal(mprom_link_set_baud(&port, 921600), -MPROM_EINVAL);
    get(TEXT("x"));
    close_all();
}

/* Not even when the buffer is full before the answer could come; what is in it is not lost. */
static void a_rate_that_nobody_knows_ends_the_link(void **state)
{
    (void)state;
    static char printed[MPROM_LINK_RX_SIZE];
    static const struct fake_step steps[] = {OPEN, {FAKE_SEND, printed, sizeof(printed)}, {FAKE_END, NULL, 0}};
    memset(printed, 'p', sizeof(printed));
    assert_int_equal(open_at(steps), 0);
    assert_int_equal(mprom_link_set_baud(&port, 921600), -MPROM_EINVAL);
    get(printed, sizeof(printed));
    is_lost("the server does not say which rate its port has now");
    close_all();
}

static void a_server_holds_back_what_is_sent(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {
        OPEN, SEND(SB "\154" SE "x"), {FAKE_QUIET, NULL, 0}, SEND(SB "\155" SE), EXPECT("data"), {FAKE_END, NULL, 0}};
    assert_int_equal(open_at(steps), 0);
    get(TEXT("x"));
    assert_int_equal(mprom_link_write(&port, TEXT("data"), mprom_clock_in_ms(5000)), 0);
    close_all();
}

static void but_not_for_ever(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {OPEN, SEND(SB "\154" SE "x"), {FAKE_END, NULL, 0}};
    assert_int_equal(open_at(steps), 0);
    get(TEXT("x"));
    assert_int_equal(mprom_link_write(&port, TEXT("data"), mprom_clock_in_ms(50)), -MPROM_EIO);
    mprom_link_failure(&port, -MPROM_EIO, "testing", &error);
    assert_non_null(strstr(error.text, "the server wants no data (its flow control)"));
    close_all();
}

static void floods_end_at_the_deadline(void **state)
{
    (void)state;
    static const struct fake_step floods[][7] = {
        {OPEN, {FAKE_FLOOD, TEXT(WILL "c" WONT "c" DO "d" DONT "d")}},
        {OPEN, {FAKE_FLOOD, TEXT(SB "\152\001" SE)}},
        {OPEN, SEND(SB), {FAKE_FLOOD, "never ends ", 0}},
    };
    for (size_t i = 0; i < sizeof(floods) / sizeof(floods[0]); i++) {
        assert_int_equal(open_at(floods[i]), 0);
        uint64_t deadline = mprom_clock_in_ms(30);
        int byte;
        do {
            byte = mprom_link_get(&port, deadline); /* of a subnegotiation that is too long the rest is data */
        } while (byte >= 0);
        assert_int_equal(byte, -MPROM_ETIMEDOUT);
        close_all();
    }
}

static void compression_is_not_spoken(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {
        OPEN, SEND(IAC "\372\126" SE "\170\234\113\004\000"), {FAKE_END, NULL, 0}};
    assert_int_equal(open_at(steps), 0);
    is_lost("the server sends what is no RFC 2217");
    close_all();
}

static void a_server_that_goes_away_is_noticed(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {OPEN, SEND("last" IAC), {FAKE_HANG_UP, NULL, 0}};
    assert_int_equal(open_at(steps), 0);
    get(TEXT("last"));
    is_lost("the server closed it or is gone");
    close_all();
}

static void servers_that_are_refused(void **state)
{
    (void)state;
    static const struct fake_step no_port[] = {EXPECT(WILL PORT), SEND(DONT PORT WILL BINARY), {FAKE_END, NULL, 0}};
    static const struct fake_step no_binary[] = {
        EXPECT(WILL PORT), SEND(DO PORT DO BINARY WONT BINARY), {FAKE_END, NULL, 0}};
    static const struct fake_step short_answer[] = {AGREE,
                                                    EXPECT(SB "\005\013" SE),
                                                    SEND(SB "\145" BAUD_115200 "\0" SE SB "\145\001" SE SET_BITS),
                                                    {FAKE_END, NULL, 0}};
    static const struct fake_step two_stops[] = {AGREE,
                                                 EXPECT(SB "\005\013" SE),
                                                 SEND(SB "\145" BAUD_115200 SE SET_BITS SB "\150\002" SE),
                                                 {FAKE_END, NULL, 0}};
    static const struct fake_step gone[] = {EXPECT(WILL PORT), SEND(AGREED "in use\r\n"), {FAKE_HANG_UP, NULL, 0}};
    refuses(no_port, -MPROM_EOPNOTSUPP,
            "speaks Telnet but not RFC 2217: set its port to RFC 2217, or to raw TCP and");
    refuses(no_binary, -MPROM_EOPNOTSUPP, "does not pass on all bytes (Telnet's BINARY)");
    refuses(short_answer, -MPROM_ETIMEDOUT, "does not say what it has set");
    refuses(two_stops, -MPROM_EINVAL, "does not do 8 data bits, no parity and 1 stop bit");
    refuses(gone, -MPROM_EIO, "lost while setting up the line; the server closed it or is gone");
}

enum {
    MUCH_SIZE = 16 << 20, /* more than the kernel keeps for a server that does not read */
};

/* Reads what has come and takes IAC IAC for one byte. */
static size_t much_read(uint8_t *dst, size_t at)
{
    static bool is_half;
    uint8_t bytes[65536];
    ssize_t n = read(server.master, bytes, sizeof(bytes));
    for (ssize_t i = 0; i < n; i++) {
        is_half = bytes[i] == 0377 && !is_half;
        if (!is_half && at < MUCH_SIZE) {
            dst[at++] = bytes[i];
        }
    }
    return at;
}

/* The script has ended, so this thread is the server. */
static void what_does_not_leave_at_once_leaves_later(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {OPEN, {FAKE_YIELD, NULL, 0}};
    uint8_t *sent = malloc(MUCH_SIZE);
    uint8_t *got = malloc(MUCH_SIZE);
    size_t sent_size = 0, got_size = 0;
    assert_true(sent != NULL && got != NULL);
    for (size_t i = 0; i < MUCH_SIZE; i++) {
        sent[i] = i % 7 == 0 ? 0377 : (uint8_t)(i * 31 >> 3);
    }
    assert_int_equal(open_at(steps), 0);
    ptrdiff_t n;
    do {
        n = port.ops->write(&port, sent + sent_size, MUCH_SIZE - sent_size);
        assert_true(n >= 0);
        sent_size += (size_t)n;
    } while (n > 0);
    assert_true(sent_size < MUCH_SIZE);
    assert_int_equal(port.ops->wait(&port, true, true, mprom_clock_in_ms(1)), -MPROM_ETIMEDOUT);
    /* Nothing more is written: what waits for the board sends the rest. */
    uint64_t deadline = mprom_clock_in_ms(20000);
    while (got_size < sent_size && mprom_clock_left_ms(deadline) > 0) {
        got_size = much_read(got, got_size);
        int err = port.ops->wait(&port, true, false, mprom_clock_in_ms(1));
        assert_true(err == 0 || err == -MPROM_ETIMEDOUT);
    }
    assert_int_equal(got_size, sent_size);
    assert_memory_equal(got, sent, sent_size);
    free(sent);
    free(got);
    close(server.master);
    server.master = -1;
    close_all();
}

/* It asks and asks, and reads no answer: memory has an end, and so has the link. */
static void questions_whose_answers_nobody_reads_have_an_end(void **state)
{
    (void)state;
    struct mprom_rfc2217 *asked = mprom_rfc2217_begin();
    uint8_t out[64];
    size_t room = mprom_rfc2217_room(asked);
    while (room > 0) {
        static const char question[] = WILL "c" DO "d";
        size_t size = room < sizeof(question) - 1 ? room : sizeof(question) - 1;
        assert_int_equal(mprom_rfc2217_receive(asked, (const uint8_t *)question, size, out), 0);
        assert_true(mprom_rfc2217_room(asked) < room || size < 6);
        if (size < 6) {
            break;
        }
        room = mprom_rfc2217_room(asked);
    }
    assert_int_equal(mprom_rfc2217_send(asked, (const uint8_t *)"x", 1), 0);
    mprom_rfc2217_end(asked);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_is_asked_for),
        cmocka_unit_test(data_is_told_from_commands),
        cmocka_unit_test(halves_of_commands_wait_for_the_rest),
        cmocka_unit_test(what_comes_before_is_kept),
        cmocka_unit_test(the_rate_is_changed_when_that_is_confirmed),
        cmocka_unit_test(a_rate_that_is_near_will_do),
        cmocka_unit_test(a_rate_that_is_refused_changes_nothing),
        cmocka_unit_test(a_rate_that_nobody_knows_ends_the_link),
        cmocka_unit_test(a_server_holds_back_what_is_sent),
        cmocka_unit_test(but_not_for_ever),
        cmocka_unit_test(floods_end_at_the_deadline),
        cmocka_unit_test(compression_is_not_spoken),
        cmocka_unit_test(a_server_that_goes_away_is_noticed),
        cmocka_unit_test(servers_that_are_refused),
        cmocka_unit_test(what_does_not_leave_at_once_leaves_later),
        cmocka_unit_test(questions_whose_answers_nobody_reads_have_an_end),
    };
    return cmocka_run_group_tests_name("client_rfc2217", tests, NULL, NULL);
}
