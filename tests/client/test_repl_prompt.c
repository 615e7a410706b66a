/* R5: what the first prompt of a board tells. */
#include "client/fake_board.h"
#include "client/link/link_open.h"
#include "client/repl/repl.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka needs the headers above */
#include <cmocka.h>

static bool was_running;
static unsigned prompts;

static void note_prompt(void *ctx, bool running)
{
    (void)ctx;
    was_running = running;
    prompts++;
}

static void assert_tells(const struct fake_step *steps, bool running)
{
    static struct fake_board board;
    static struct mprom_link port;
    static struct mprom_repl repl;
    struct mprom_client_error error;
    fake_board_start(&board, steps);
    assert_int_equal(mprom_link_open_tty(&port, board.path, 115200, &error), 0);
    mprom_repl_init(&repl, &port);
    repl.prompted = note_prompt;
    prompts = 0;
    assert_int_equal(mprom_repl_enter(&repl, 10000, &error), 0);
    assert_int_equal(repl.interrupted, running);
    assert_int_equal(was_running, running);
    assert_int_equal(prompts, 1);
    mprom_link_close(&port);
    fake_board_stop(&board);
    assert_false(board.failed);
}

static void a_program_that_ran(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {
        {FAKE_EXPECT, "\003\003\001", 0},
        {FAKE_SEND, "Traceback...\r\nKeyboardInterrupt: \r\n" FAKE_BANNER, 0},
        {FAKE_SYNC, NULL, 0},
        {FAKE_END, NULL, 0},
    };
    assert_tells(steps, true);
}

/* After it only the programs of clients run, such as that of a client at the board's other port. */
static void a_client_that_is_stopped_is_no_program(void **state)
{
    (void)state;
    static const struct fake_step steps[] = {
        {FAKE_EXPECT, "\003\003\001", 0},
        {FAKE_SEND, "\r\n" FAKE_BANNER, 0},
        {FAKE_EXPECT, "mprom-", 0},
        {FAKE_SEND, "OK\004Traceback...\r\nKeyboardInterrupt: \r\n\004>", 0},
        {FAKE_EXPECT, "\003\003\001", 0},
        {FAKE_SEND, "Traceback...\r\nKeyboardInterrupt: \r\n" FAKE_BANNER, 0},
        {FAKE_SYNC, NULL, 0},
        {FAKE_END, NULL, 0},
    };
    assert_tells(steps, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_program_that_ran),
        cmocka_unit_test(a_client_that_is_stopped_is_no_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
