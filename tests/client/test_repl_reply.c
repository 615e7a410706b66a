/* What a board answers, taken apart: the pure part of the raw REPL. */
#include "client/repl/repl_reply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
/* cmocka needs the headers above */
#include <cmocka.h>

static char output[16];
static char error[8];
static struct mprom_repl_reply reply;

static void start(enum mprom_repl_reply_state state)
{
    mprom_repl_reply_init(&reply, state, output, sizeof(output), error, sizeof(error));
}

/* Feeds bytes until something other than "goes on" is said, and returns that. */
static int feed(const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        int result = mprom_repl_reply_feed(&reply, (uint8_t)bytes[i]);
        if (result != 0) {
            assert_true(result < 0 || i == size - 1);
            return result;
        }
    }
    return 0;
}

static void outputs_are_told_apart(void **state)
{
    (void)state;
    start(MPROM_REPL_REPLY_O);
    assert_int_equal(feed("OKhello\r\n\004bad\004>", 15), 1);
    assert_int_equal(reply.output_size, 7);
    assert_memory_equal(output, "hello\r\n", 7);
    assert_int_equal(reply.error_size, 3);
    assert_memory_equal(error, "bad", 3);
}

static void after_a_paste_there_is_no_ok(void **state)
{
    (void)state;
    start(MPROM_REPL_REPLY_OUTPUT);
    assert_int_equal(feed("OK\004\004>", 5), 1);
    assert_int_equal(reply.output_size, 2);
}

static void text_before_ok_and_prompt_is_skipped(void **state)
{
    (void)state;
    start(MPROM_REPL_REPLY_O);
    assert_int_equal(feed("tick O.OOK1\004\004tick>", 18), 1);
    assert_int_equal(reply.output_size, 1);
    assert_int_equal(output[0], '1');
}

static void half_an_ok_is_no_answer(void **state)
{
    (void)state;
    start(MPROM_REPL_REPLY_O);
    assert_int_equal(feed("O", 1), 0);
    assert_int_equal(feed("\004\004>", 3), 0);
    assert_int_equal(reply.output_size, 0);
}

static void output_is_bounded(void **state)
{
    (void)state;
    start(MPROM_REPL_REPLY_OUTPUT);
    assert_int_equal(feed("0123456789abcdef", 16), 0);
    assert_int_equal(feed("!", 1), -MPROM_EFBIG);
    assert_int_equal(reply.output_size, 16);
}

static void of_a_long_traceback_the_end_is_kept(void **state)
{
    (void)state;
    start(MPROM_REPL_REPLY_OUTPUT);
    assert_int_equal(feed("\004Traceback: many lines, OSError\004>", 33), 1);
    assert_true(reply.error_size >= 4 && reply.error_size <= sizeof(error));
    assert_memory_equal(error + reply.error_size - 4, "rror", 4);
}

static void nothing_goes_on_for_ever(void **state)
{
    (void)state;
    static const struct {
        enum mprom_repl_reply_state state;
        const char *prefix;
    } places[] = {{MPROM_REPL_REPLY_O, ""}, {MPROM_REPL_REPLY_OUTPUT, "\004"}, {MPROM_REPL_REPLY_OUTPUT, "\004\004"}};

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        start(places[i].state);
        assert_int_equal(feed(places[i].prefix, strlen(places[i].prefix)), 0);
        int result = 0;
        size_t count = 0;
        while (result == 0 && count <= 2 * MPROM_REPL_REPLY_NOISE_MAX) {
            result = mprom_repl_reply_feed(&reply, 'x');
            count++;
        }
        assert_int_equal(result, -MPROM_EBADMSG);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outputs_are_told_apart),
        cmocka_unit_test(after_a_paste_there_is_no_ok),
        cmocka_unit_test(text_before_ok_and_prompt_is_skipped),
        cmocka_unit_test(half_an_ok_is_no_answer),
        cmocka_unit_test(output_is_bounded),
        cmocka_unit_test(of_a_long_traceback_the_end_is_kept),
        cmocka_unit_test(nothing_goes_on_for_ever),
    };
    return cmocka_run_group_tests_name("client_repl_reply", tests, NULL, NULL);
}
