/* What is made of what a board prints after a deploy (U6): whether boot or main ended with an exception. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "cli/follow_watch.h"

#define BANNER "MicroPython v1.25.0 on 2025-05-04; SIM with mprom\nType \"help()\" for more information.\n"
#define IN_MAIN "Traceback (most recent call last):\n  File \"main.py\", line 1, in <module>\n"
#define IN_BOOT "Traceback (most recent call last):\n  File \"boot.py\", line 1, in <module>\n"

/* What a board prints makes of it. */
static const char *raised(const char *text)
{
    static struct watch watch;
    memset(&watch, 0, sizeof watch);
    while (*text) {
        size_t size = strcspn(text, "\n");
        watch_line(&watch, text, size);
        text += size + (text[size] == '\n');
    }
    return watch_raised(&watch);
}

static void ends_well(void **state)
{
    (void)state;
    assert_null(raised(""));
    assert_null(raised("MPY: soft reboot\nhello\n" BANNER));
    assert_null(raised("hello\n"));
    assert_null(raised(IN_MAIN "ValueError: caught and printed\ngoes on\n" BANNER));
    assert_null(raised("No Error here: none\nError: is not a name alone\nbut goes on\n" BANNER));
}

static void raises(void **state)
{
    (void)state;
    assert_string_equal(raised("hello\n" IN_MAIN "ValueError: wrong\n" BANNER), "ValueError: wrong");
    assert_string_equal(raised(IN_MAIN "  File \"a.py\", line 3, in f\nZeroDivisionError: divide by zero\n"),
                        "ZeroDivisionError: divide by zero");
    assert_string_equal(raised(IN_MAIN "Odd: an exception of the program's\n" BANNER),
                        "Odd: an exception of the program's");
    assert_string_equal(raised(IN_MAIN "ValueError: first\ngoes on\n" IN_MAIN "OSError: last\n\n" BANNER),
                        "OSError: last");
    assert_string_equal(raised(IN_MAIN "KeyError: x\nOpenMV 4.5; MicroPython v1.23; board\n"), "KeyError: x");
}

static void without_a_traceback(void **state)
{
    (void)state;
    assert_string_equal(raised("ValueError: incompatible .mpy file\n" BANNER), "ValueError: incompatible .mpy file");
    assert_string_equal(raised("MemoryError: memory allocation failed, heap is locked\n" BANNER),
                        "MemoryError: memory allocation failed, heap is locked");
    assert_string_equal(raised("KeyboardInterrupt\n"), "KeyboardInterrupt");
}

static void boot(void **state)
{
    (void)state;
    assert_string_equal(raised(IN_BOOT "NameError: name 'x' isn't defined\nmain goes on\n" BANNER),
                        "NameError: name 'x' isn't defined");
}

static void long_lines(void **state)
{
    (void)state;
    char text[1000] = IN_MAIN "ValueError: ";
    size_t size = strlen(text);
    memset(text + size, 'x', sizeof text - size - 1);
    assert_int_equal(strlen(raised(text)), WATCH_TEXT_ROOM - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends_well), cmocka_unit_test(raises),     cmocka_unit_test(without_a_traceback),
        cmocka_unit_test(boot),      cmocka_unit_test(long_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
