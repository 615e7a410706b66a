/* The raw REPL against boards that misbehave. Boards that behave are real ones: test_sim.py. */
#include "client/fake_board.h"
#include "client/link/link_open.h"
#include "client/repl/repl.h"
#include "client/repl/repl_stream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs the headers above */
#include <cmocka.h>

static struct fake_board board;
static struct mprom_link port;
static struct mprom_repl repl;
static struct mprom_client_error error;

static void start(const struct fake_step *steps)
{
    fake_board_start(&board, steps);
    assert_int_equal(mprom_link_open_tty(&port, board.path, 115200, &error), 0);
    mprom_repl_init(&repl, &port);
}

static void finish(void)
{
    mprom_link_close(&port);
    fake_board_stop(&board);
    assert_false(board.failed);
}

static int exec(const char *program, uint32_t timeout_ms)
{
    return mprom_repl_exec(&repl, program, strlen(program), timeout_ms, "testing", &error);
}

static void a_silent_board_is_given_up(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {{FAKE_END, NULL, 0}};
    start(steps);
    assert_int_equal(mprom_repl_enter(&repl, 300, &error), -MPROM_ETIMEDOUT);
    assert_non_null(strstr(error.text, board.path));
    assert_non_null(strstr(error.text, "no MicroPython prompt"));
    finish();
}

static void endless_garbage_is_given_up(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {{FAKE_FLOOD, "raw REPL; CTRL-B to exi\r\nOKmprom-", 0},
                                             {FAKE_END, NULL, 0}};
    start(steps);
    assert_int_equal(mprom_repl_enter(&repl, 300, &error), -MPROM_ETIMEDOUT);
    finish();
}

static void banners_for_ever_are_no_raw_repl(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {{FAKE_FLOOD, FAKE_BANNER, 0}, {FAKE_END, NULL, 0}};
    start(steps);
    assert_int_equal(mprom_repl_enter(&repl, 300, &error), -MPROM_ETIMEDOUT);
    finish();
}

static void a_board_that_needs_several_interrupts(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {
        {FAKE_EXPECT, "\003\003\001", 0},
        {FAKE_SEND, "Traceback...\r\nKeyboardInterrupt: \r\nnot me\r\n", 0},
        {FAKE_EXPECT, "\003\003\001", 0},
        {FAKE_SEND, "\r\n" FAKE_BANNER, 0},
        {FAKE_SEND, FAKE_BANNER, 0}, /* the answer to keys sent before */
        {FAKE_SYNC, NULL, 0},
        {FAKE_END, NULL, 0},
    };
    start(steps);
    assert_int_equal(mprom_repl_enter(&repl, 5000, &error), 0);
    assert_true(repl.interrupted);
    finish();
}

/* R3: some chips say that they start; a board that does so again and again may be reset by its port. */
static void a_board_that_starts_over_and_over(void **state)
{
    (void)state;
    static const char *const starts[] = {"ets Jul 29 2019 12:21:46\r\n\r\nrst:0x1 (POWERON_RESET),boot:0x13\r\n",
                                         "\r\n ets Jan  8 2013,rst cause:2, boot mode:(3,6)\r\n"};
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        const struct fake_step steps[] = {{FAKE_DRIP, starts[i], 0}, {FAKE_END, NULL, 0}};
        start(steps);
        assert_int_equal(mprom_repl_enter(&repl, 1500, &error), -MPROM_ETIMEDOUT);
        assert_non_null(strstr(error.text, "try --dtr off --rts off"));
        assert_non_null(strstr(error.text, "the board started"));
        finish();
    }
}

/* R6: text that is no prompt is told from silence. */
static void what_came_instead_of_a_prompt_is_said(void **state)
{
    (void)state;
    static const struct fake_step talks[] = {{FAKE_DRIP, "booting\r\n", 0}, {FAKE_END, NULL, 0}};
    static const struct fake_step silent[] = {{FAKE_END, NULL, 0}};
    start(talks);
    assert_int_equal(mprom_repl_enter(&repl, 1000, &error), -MPROM_ETIMEDOUT);
    assert_non_null(strstr(error.text, "though text came"));
    assert_non_null(strstr(error.text, "--wait 60"));
    finish();
    start(silent);
    assert_int_equal(mprom_repl_enter(&repl, 1000, &error), -MPROM_ETIMEDOUT);
    assert_non_null(strstr(error.text, "and nothing else came"));
    finish();
}

/* R1: what has no memory left even for a short program is restarted. */
static void a_board_without_memory_is_restarted(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {
        {FAKE_EXPECT, "\003\003\001", 0},
        {FAKE_SEND, "\r\n" FAKE_BANNER, 0},
        {FAKE_EXPECT, "')\004", 0},
        {FAKE_SEND, "OK\004MemoryError: memory allocation failed\r\n\004>", 0},
        {FAKE_EXPECT, "\004", 0},
        {FAKE_SEND, "OK\r\nMPY: soft reboot\r\n" FAKE_BANNER, 0},
        {FAKE_SYNC, NULL, 0},
        {FAKE_END, NULL, 0},
    };
    start(steps);
    assert_int_equal(mprom_repl_enter(&repl, 5000, &error), 0);
    assert_true(repl.was_reset && repl.active);
    finish();
}

/* R4: another task prints in the middle of whatever the board says. */
static void lines_in_the_middle_of_answers(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {
        {FAKE_EXPECT, "\003\003\001", 0},
        {FAKE_SEND, "\r\nraw REPL; CTR42\r\nL-B to exit\r\n>", 0},
        {FAKE_SYNC, "tick raw REPL\r\n", 0},
        {FAKE_EXPECT, "\005A\001", 0},
        {FAKE_SEND, "Rtick\r\n\001\200\000\001", 12},
        {FAKE_EXPECT, "x\004", 0},
        {FAKE_SEND, "\004done\r\n\004tick\r\n\004tick\r\n>", 0},
        {FAKE_END, NULL, 0},
    };
    start(steps);
    assert_int_equal(mprom_repl_enter(&repl, 5000, &error), 0);
    assert_int_equal(exec("x", 5000), 0);
    assert_string_equal(repl.output, "done\r\n");
    assert_true(repl.was_disturbed);
    finish();
}

static void a_board_that_goes_away_while_entering(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {
        {FAKE_EXPECT, "\001", 0}, {FAKE_SEND, "raw RE", 0}, {FAKE_HANG_UP, NULL, 0}};
    start(steps);
    assert_int_equal(mprom_repl_enter(&repl, 5000, &error), -MPROM_EIO);
    assert_non_null(strstr(error.text, "connection to the board was lost"));
    finish();
}

static void a_soft_reset_that_is_not_announced_fails(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {
        FAKE_ENTER, {FAKE_EXPECT, "\004", 0}, {FAKE_SEND, "OK\r\n", 0}, {FAKE_HANG_UP, NULL, 0}};
    start(steps);
    assert_int_equal(mprom_repl_enter(&repl, 5000, &error), 0);
    assert_int_equal(mprom_repl_soft_reset(&repl, &error), -MPROM_EIO);
    assert_false(repl.active);
    finish();
}

/* The window is 4 bytes, so the board must be asked before each next one. */
#define PASTE_OFFER                                                                                                  \
    {FAKE_EXPECT, "\005A\001", 0},                                                                                   \
    {                                                                                                                \
        FAKE_SEND, "R\001\004\000\001", 5                                                                            \
    }

static void a_paste_waits_for_its_windows(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {
        FAKE_ENTER,
        PASTE_OFFER,
        {FAKE_EXPECT, "01234567", 0},
        {FAKE_QUIET, NULL, 0},
        {FAKE_SEND, "\001", 0},
        {FAKE_EXPECT, "89ab", 0},
        {FAKE_QUIET, NULL, 0},
        {FAKE_SEND, "tick\r\n\001", 0}, /* a timer prints */
        {FAKE_EXPECT, "c\004", 0},
        {FAKE_SEND, "\004done\r\n\004\004>", 0},
        {FAKE_END, NULL, 0},
    };
    start(steps);
    assert_int_equal(mprom_repl_enter(&repl, 5000, &error), 0);
    assert_int_equal(exec("0123456789abc", 5000), 0);
    assert_string_equal(repl.output, "done\r\n");
    assert_int_equal(repl.paste, MPROM_REPL_PASTE_OFFERED);
    finish();
}

static void a_paste_without_new_windows_ends_at_the_deadline(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {
        FAKE_ENTER, PASTE_OFFER, {FAKE_EXPECT, "01234567", 0}, {FAKE_END, NULL, 0}};
    start(steps);
    assert_int_equal(mprom_repl_enter(&repl, 5000, &error), 0);
    assert_int_equal(exec("0123456789", 200), -MPROM_ETIMEDOUT);
    assert_non_null(strstr(error.text, "while testing"));
    assert_false(repl.active);
    finish();
}

/* What a console of 7 bits leaves of 80 00, a window of 128 bytes. */
static void a_window_of_zero_is_the_usual_one(void **state)
{
    (void)state;
    char program[130] = "";
    memset(program, 'x', 127);
    memcpy(program + 127, "yz", 3);
    static const struct fake_step steps[] = {
        FAKE_ENTER,
        {FAKE_EXPECT, "\005A\001", 0},
        {FAKE_SEND, "R\001\000\000", 4},
        {FAKE_EXPECT, "xxy", 0},
        {FAKE_QUIET, NULL, 0},
        {FAKE_SEND, "\001", 0},
        {FAKE_EXPECT, "z\004", 0},
        {FAKE_SEND, "\004\004\004>", 0},
        {FAKE_END, NULL, 0},
    };
    start(steps);
    assert_int_equal(mprom_repl_enter(&repl, 5000, &error), 0);
    assert_int_equal(exec(program, 1000), 0);
    finish();
}

static void the_board_may_end_a_paste_early(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {
        FAKE_ENTER,
        PASTE_OFFER,
        {FAKE_EXPECT, "0123", 0},
        {FAKE_SEND, "\004", 0},
        {FAKE_EXPECT, "\004", 0},
        {FAKE_SEND, "\004Traceback\r\n\033[2JMemoryError: no\r\n\004>", 0},
        {FAKE_END, NULL, 0},
    };
    start(steps);
    assert_int_equal(mprom_repl_enter(&repl, 5000, &error), 0);
    assert_int_equal(exec("0123456789abcdef", 5000), -MPROM_EPERM);
    assert_non_null(strstr(error.text, "\\x1b[2JMemoryError: no"));
    assert_string_equal(error.detail, "Traceback\n\\x1b[2JMemoryError: no\n");
    finish();
}

static void old_firmware_gets_its_program_typed(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {
        FAKE_ENTER,
        {FAKE_EXPECT, "\005A\001", 0},
        {FAKE_SEND, FAKE_BANNER, 0},
        {FAKE_EXPECT, "print(1)\004", 0},
        {FAKE_SEND, "OK1\r\n\004\004>", 0},
        {FAKE_EXPECT, "print(2)\004", 0},
        {FAKE_SEND, "OK2\r\n\004\004>", 0},
        {FAKE_END, NULL, 0},
    };
    start(steps);
    assert_int_equal(mprom_repl_enter(&repl, 5000, &error), 0);
    assert_int_equal(exec("print(1)", 5000), 0);
    assert_string_equal(repl.output, "1\r\n");
    assert_int_equal(exec("print(2)", 5000), 0);
    assert_string_equal(repl.output, "2\r\n");
    assert_int_equal(repl.paste, MPROM_REPL_PASTE_ABSENT);
    finish();
}

static void paste_refused_is_typed_too(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {
        FAKE_ENTER,
        {FAKE_EXPECT, "\005A\001", 0},
        {FAKE_SEND, "R\000>", 3},
        {FAKE_EXPECT, "print(1)\004", 0},
        {FAKE_SEND, "OK1\r\n\004\004>", 0},
        {FAKE_END, NULL, 0},
    };
    start(steps);
    assert_int_equal(mprom_repl_enter(&repl, 5000, &error), 0);
    assert_int_equal(exec("print(1)", 5000), 0);
    assert_string_equal(repl.output, "1\r\n");
    finish();
}

static void an_answer_that_never_ends_hits_the_limit(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {
        FAKE_ENTER,          PASTE_OFFER, {FAKE_EXPECT, "x\004", 0}, {FAKE_SEND, "\004", 0}, {FAKE_FLOOD, "spam", 0},
        {FAKE_END, NULL, 0},
    };
    start(steps);
    assert_int_equal(mprom_repl_enter(&repl, 5000, &error), 0);
    assert_int_equal(exec("x", 10000), -MPROM_EFBIG);
    finish();
}

static void a_board_that_goes_away_in_an_answer(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {
        FAKE_ENTER,
        PASTE_OFFER,
        {FAKE_EXPECT, "x\004", 0},
        {FAKE_SEND, "\004half an ans", 0},
        {FAKE_HANG_UP, NULL, 0},
    };
    start(steps);
    assert_int_equal(mprom_repl_enter(&repl, 5000, &error), 0);
    assert_int_equal(exec("x", 5000), -MPROM_EIO);
    finish();
}

static void an_interrupt_by_others_is_told(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {
        FAKE_ENTER,
        PASTE_OFFER,
        {FAKE_EXPECT, "x\004", 0},
        {FAKE_SEND, "\004\004Traceback\r\nKeyboardInterrupt: \r\n\004>", 0},
        {FAKE_END, NULL, 0},
    };
    start(steps);
    assert_int_equal(mprom_repl_enter(&repl, 5000, &error), 0);
    assert_int_equal(exec("x", 5000), -MPROM_EPERM);
    assert_non_null(strstr(error.text, "somebody else's Ctrl-C ended the board's program while testing"));
    finish();
}

enum {
    CHATTER_MAX = 1 << 22
};

static void chatter_next(void *ctx, const uint8_t **bytes, size_t *size)
{
    (void)ctx;
    *bytes = NULL;
    *size = 0;
}

static int chatter_take(void *ctx, char byte)
{
    size_t *count = ctx;
    (void)byte;
    return ++*count < CHATTER_MAX ? MPROM_REPL_STREAM_TEXT : -MPROM_EBADMSG;
}

static int chatter_stall(void *ctx)
{
    (void)ctx;
    return -MPROM_ETIMEDOUT;
}

static void text_does_not_put_off_a_stall(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {
        FAKE_ENTER,          PASTE_OFFER, {FAKE_EXPECT, "x\004", 0}, {FAKE_SEND, "\004", 0}, {FAKE_FLOOD, "spam", 0},
        {FAKE_END, NULL, 0},
    };
    size_t count = 0;
    const struct mprom_repl_stream stream = {&count, chatter_next, chatter_take, chatter_stall, 200, 1000};
    start(steps);
    assert_int_equal(mprom_repl_enter(&repl, 5000, &error), 0);
    assert_int_equal(mprom_repl_exec_stream(&repl, "x", 1, &stream, "testing", &error), -MPROM_ETIMEDOUT);
    assert_true(count > 0);
    finish();
}

static const char long_program[] = "# a program that is too long to be typed at once, for the input buffer of a "
                                   "board might have room for fewer bytes than all of these are; a comment is one "
                                   "as well as any other, so here is another line of it\nprint(1)";

static void start_quick(const struct fake_step *steps)
{
    start(steps);
    repl.is_quick = true;
    assert_int_equal(mprom_repl_enter(&repl, 5000, &error), 0);
}

/* A board that does not answer the first keys in time is entered without reading a program. */
#define FAKE_ENTER_LATE {FAKE_EXPECT, "[exec(s)", 0}, FAKE_ENTER

static void a_short_program_is_typed_in_one_turn(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {
        FAKE_ENTER_LATE,
        {FAKE_EXPECT, "print(1)\004", 0},
        {FAKE_SEND, "OK1\r\n\004\004>", 0},
        {FAKE_END, NULL, 0},
    };
    start_quick(steps);
    assert_int_equal(exec("print(1)", 5000), 0);
    assert_string_equal(repl.output, "1\r\n");
    finish();
}

static void a_long_program_waits_until_it_is_read(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {
        FAKE_ENTER_LATE,
        {FAKE_EXPECT, ".split('\\f')]\004print(end='\\6')\n# a", 0},
        {FAKE_PAUSE, NULL, 50},
        {FAKE_SEND, "OK\005", 0},
        {FAKE_EXPECT, "print(1)\n", 0},
        {FAKE_SEND, "tick\r\n\0061\r\n\004\004>", 0},
        {FAKE_END, NULL, 0},
    };
    start_quick(steps);
    assert_int_equal(exec(long_program, 5000), 0);
    assert_string_equal(repl.output, "1\r\n");
    finish();
}

static void what_cannot_be_loaded_is_pasted(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {
        FAKE_ENTER_LATE,
        {FAKE_EXPECT, "# a", 0},
        {FAKE_SEND, "OK\005\004Traceback\r\nMemoryError: no\r\n\004>", 0},
        FAKE_ENTER,
        {FAKE_EXPECT, "\005A\001", 0},
        {FAKE_SEND, "R\001\000\001\001", 5},
        {FAKE_EXPECT, "print(1)\004", 0},
        {FAKE_SEND, "\0041\r\n\004\004>", 0},
        {FAKE_END, NULL, 0},
    };
    start_quick(steps);
    assert_int_equal(exec(long_program, 5000), 0);
    assert_string_equal(repl.output, "1\r\n");
    assert_false(repl.is_quick);
    finish();
}

static void firmware_describes_itself(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {
        {FAKE_EXPECT, "\003\003\001", 0},
        {FAKE_SEND, "KeyboardInterrupt: \r\n" FAKE_BANNER, 0},
        {FAKE_FIRST,
         "OK\r\nmprom:7 link 1 11\r\nmprom-000007\r\n\r\nmprom:# link 1 4095\r\n\r\nmprom:# x\r\n\004\004>", 0},
        {FAKE_EXPECT, "print(1)\004", 0},
        {FAKE_SEND, "OK1\r\n\004\004>", 0},
        {FAKE_END, NULL, 0},
    };
    char expected[80];
    start_quick(steps);
    assert_true(repl.is_described && !repl.is_loading && repl.active && repl.interrupted);
    snprintf(expected, sizeof expected, "\nmprom:%u link 1 4095\r\n\r\nmprom:%u x\r\n", repl.description_number,
             repl.description_number);
    assert_string_equal(repl.output, expected);
    assert_int_equal(exec("print(1)", 5000), 0);
    finish();
}

static void another_board_reads_on(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {
        {FAKE_SEND, "\r\n" FAKE_BANNER, 0},
        {FAKE_FIRST, "OK\r\nmprom:7 link 1 11\r\nmprom-000007\r\n\r\nmprom-@\r\n", 0},
        {FAKE_EXPECT, "print(end='\\6')\nprint(1)\n", 0},
        {FAKE_SEND, "\0061\r\n\004\004>", 0},
        {FAKE_END, NULL, 0},
    };
    start_quick(steps);
    assert_true(!repl.is_described && repl.is_loading);
    assert_int_equal(exec("print(1)", 5000), 0);
    assert_string_equal(repl.output, "1\r\n");
    finish();
}

/* More than 4,000 bytes run over what a board keeps while it reads on. */
static void what_is_too_long_to_read_on_is_pasted(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {
        {FAKE_SEND, "\r\n" FAKE_BANNER, 0},
        {FAKE_FIRST, "OK\r\nmprom-@\r\n", 0},
        {FAKE_EXPECT, "      17print(end='\\6')\n\n", 0},
        {FAKE_SEND, "\006\004\004>", 0},
        {FAKE_EXPECT, "\005A\001", 0},
        {FAKE_SEND, "R\001\000\010\001\001", 6},
        {FAKE_EXPECT, "print(1)\004", 0},
        {FAKE_SEND, "\0041\r\n\004\004>", 0},
        {FAKE_END, NULL, 0},
    };
    char program[5000];
    memset(program, '\n', sizeof program);
    memcpy(program + sizeof program - sizeof "print(1)", "print(1)", sizeof "print(1)");
    start_quick(steps);
    assert_true(repl.is_loading);
    assert_int_equal(exec(program, 5000), 0);
    assert_string_equal(repl.output, "1\r\n");
    assert_true(repl.is_quick);
    finish();
}

static void a_description_that_fails_makes_it_read_on(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {
        {FAKE_SEND, "\r\n" FAKE_BANNER, 0},
        {FAKE_FIRST, "OK\r\nmprom:# link 1 4095\r\n\r\nmprom:# pyt\r\nmprom-@\r\n", 0},
        {FAKE_END, NULL, 0},
    };
    start_quick(steps);
    assert_true(!repl.is_described && repl.is_loading);
    finish();
}

/* What follows the first program is waited for again from the start. */
static void a_description_without_end_is_none(void **state)
{
    (void)state;
    static char flood[MPROM_REPL_OUTPUT_SIZE + 100];
    static const struct fake_step steps[] = {
        {FAKE_SEND, "\r\n" FAKE_BANNER, 0},
        {FAKE_FIRST, "OK\r\nmprom:# link 1 4095\r\n", 0},
        {FAKE_SEND, flood, sizeof(flood)},
        FAKE_ENTER,
        {FAKE_END, NULL, 0},
    };
    memset(flood, 'x', sizeof(flood));
    start_quick(steps);
    assert_true(!repl.is_described && !repl.is_loading && repl.active);
    finish();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_silent_board_is_given_up),
        cmocka_unit_test(endless_garbage_is_given_up),
        cmocka_unit_test(banners_for_ever_are_no_raw_repl),
        cmocka_unit_test(a_board_that_needs_several_interrupts),
        cmocka_unit_test(a_board_that_starts_over_and_over),
        cmocka_unit_test(what_came_instead_of_a_prompt_is_said),
        cmocka_unit_test(a_board_without_memory_is_restarted),
        cmocka_unit_test(lines_in_the_middle_of_answers),
        cmocka_unit_test(a_board_that_goes_away_while_entering),
        cmocka_unit_test(a_soft_reset_that_is_not_announced_fails),
        cmocka_unit_test(a_paste_waits_for_its_windows),
        cmocka_unit_test(a_paste_without_new_windows_ends_at_the_deadline),
        cmocka_unit_test(a_window_of_zero_is_the_usual_one),
        cmocka_unit_test(the_board_may_end_a_paste_early),
        cmocka_unit_test(old_firmware_gets_its_program_typed),
        cmocka_unit_test(paste_refused_is_typed_too),
        cmocka_unit_test(an_answer_that_never_ends_hits_the_limit),
        cmocka_unit_test(a_board_that_goes_away_in_an_answer),
        cmocka_unit_test(an_interrupt_by_others_is_told),
        cmocka_unit_test(text_does_not_put_off_a_stall),
        cmocka_unit_test(a_short_program_is_typed_in_one_turn),
        cmocka_unit_test(a_long_program_waits_until_it_is_read),
        cmocka_unit_test(what_cannot_be_loaded_is_pasted),
        cmocka_unit_test(firmware_describes_itself),
        cmocka_unit_test(another_board_reads_on),
        cmocka_unit_test(what_is_too_long_to_read_on_is_pasted),
        cmocka_unit_test(a_description_that_fails_makes_it_read_on),
        cmocka_unit_test(a_description_without_end_is_none),
    };
    return cmocka_run_group_tests_name("client_repl", tests, NULL, NULL);
}
