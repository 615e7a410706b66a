/* Transfers to boards that go on saying words that mean nothing. Boards that behave are real ones: test_transfer.py.
 */
#include "client/fake_board.h"
#include "client/link/link_open.h"
#include "client/transfer/transfer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs the headers above */
#include <cmocka.h>

static struct fake_board board;
static struct mprom_client client;
static struct mprom_client_error error;

static void start(const struct fake_step *steps)
{
    fake_board_start(&board, steps);
    memset(&client, 0, sizeof client);
    client.options.baud = 115200;
    client.has_helpers = true;
    client.board.segment_count = 1;
    client.board.segments[0] = (struct mprom_client_segment){.shape = MPROM_CLIENT_SHAPE_VIEW, .size = 1 << 20};
    assert_int_equal(mprom_link_open_tty(&client.link, board.path, 115200, &error), 0);
    mprom_repl_init(&client.repl, &client.link);
    client.repl.paste = MPROM_REPL_PASTE_ABSENT;
}

static void finish(void)
{
    mprom_link_close(&client.link);
    fake_board_stop(&board);
    assert_false(board.failed);
}

static const uint8_t *content_bytes(void *ctx, uint32_t off, uint32_t *size)
{
    static const uint8_t bytes[MPROM_TRANSFER_CHUNK_MAX];
    (void)ctx;
    (void)off;
    *size = sizeof bytes;
    return bytes;
}

static void receive_program(void *ctx, const struct mprom_transfer_frames *frames, char *dst, size_t room)
{
    (void)ctx;
    (void)frames;
    snprintf(dst, room, "receive");
}

static int send_some(void)
{
    static const struct mprom_delta all = {.size = 0};
    static const struct mprom_transfer transfer = {.window = 192, .chunk = 1024};
    static const struct mprom_transfer_job job = {
        .content = {NULL, content_bytes},
        .delta = &all,
        .to = 64 * 1024,
        .unit = 1,
        .total = 64 * 1024,
        .stall_ms = 200,
        .end_ms = 400,
        .program = receive_program,
    };
    int64_t result;
    uint32_t done_off;
    return mprom_transfer_send(&client, &transfer, &job, &result, &done_off, &error);
}

/* None of these ends a transfer, and none gets it on. */
static void endless_words_are_given_up(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t size;
    } floods[] = {
        {"\x16", 1},  /* room */
        {"\x06", 1},  /* written */
        {"\x14", 1},  /* rate */
        {"\x0e", 1},  /* from */
        {"\x0e ", 2}, /* from no number */
        {"\x0e"
         "0\x0f",
         3},      /* from frame 0 */
        {"0", 1}, /* in a number that was begun before */
        {"text", 4},
    };
    for (size_t i = 0; i < sizeof floods / sizeof floods[0]; i++) {
        const struct fake_step steps[] = {
            {FAKE_EXPECT, "receive\n_e=1\004", 0},
            {FAKE_SEND, "OK\x0e", 0},
            {FAKE_FLOOD, floods[i].text, floods[i].size},
            {FAKE_END, NULL, 0},
        };
        start(steps);
        assert_int_equal(send_some(), -MPROM_EBADMSG);
        assert_non_null(strstr(error.text, "the board's answer makes no sense while writing segment 0"));
        finish();
    }
}

/* Each of these puts off a stall, which is after 200 ms; there may be 1,000 of them. */
static void a_word_now_and_then_is_given_up(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {
        {FAKE_EXPECT, "receive\n_e=1\004", 0},
        {FAKE_SEND, "OK\x0e", 0},
        {FAKE_DRIP, "0", 0},
        {FAKE_END, NULL, 0},
    };
    start(steps);
    client.options.baud = 4000000;
    assert_int_equal(send_some(), -MPROM_ETIMEDOUT);
    assert_non_null(strstr(error.text, "did not answer in time while writing segment 0"));
    finish();
}

/* The trial asks for two parts; a board that asks for more is not answered for ever. */
static void a_trial_without_end_is_given_up(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {
        {FAKE_EXPECT, "\004", 0}, {FAKE_SEND, "OK\r\nmprom:1 can 1 0\r\n\004\004>", 0},
        {FAKE_EXPECT, "\004", 0}, {FAKE_SEND, "OK", 0},
        {FAKE_FLOOD, "\x16", 1},  {FAKE_END, NULL, 0},
    };
    struct mprom_transfer transfer;
    start(steps);
    assert_int_equal(mprom_transfer_begin(&client, 0, 100 * 1024, &transfer, &error), -MPROM_ETIMEDOUT);
    assert_non_null(strstr(error.text, "trying the link"));
    finish();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(endless_words_are_given_up),
        cmocka_unit_test(a_word_now_and_then_is_given_up),
        cmocka_unit_test(a_trial_without_end_is_given_up),
    };
    return cmocka_run_group_tests_name("client_transfer_words", tests, NULL, NULL);
}
