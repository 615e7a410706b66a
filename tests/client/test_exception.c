/* R1, R4: what a board says of an exception, and what is only another task's line. */
#include "client/repl/exception.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
/* cmocka needs the headers above */
#include <cmocka.h>

static void lines_of_others_are_no_exception(void **state)
{
    (void)state;
    static const char *const others[] = {"tick\r\n",      "42\r\n", "sensor 3: Error, trying again\r\n",
                                         "Errors: 0\r\n", "",       "\r\n"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_false(mprom_exception_is(others[i], strlen(others[i])));
    }
    static const char *const own[] = {"Traceback (most recent call last):\r\n  File \"x\"\r\nMine: no\r\n",
                                      "MemoryError: \r\n", "KeyboardInterrupt: \r\n",
                                      "tick\r\nOSError: 5\r\ntick\r\n", "StopIteration\r\n"};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        assert_true(mprom_exception_is(own[i], strlen(own[i])));
    }
}

static void the_line_that_names_it_is_found(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *line;
    } cases[] = {
        {"Traceback\r\n  File\r\nOSError: [Errno 5] EIO\r\n", "OSError: [Errno 5] EIO"},
        {"Traceback\r\nOSError: 5\r\ntick 3\r\n", "OSError: 5"},
        {"Traceback\r\nmod.MyError: no\r\n42", "mod.MyError: no"},
        {"Traceback\r\nMine: no\r\n", "Mine: no"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *line;
        assert_int_equal(mprom_exception_line(cases[i].text, strlen(cases[i].text), &line), strlen(cases[i].line));
        assert_memory_equal(line, cases[i].line, strlen(cases[i].line));
    }
}

static void a_full_memory_is_known(void **state)
{
    (void)state;
    static const char full[] = "Traceback\r\nMemoryError: memory allocation failed, allocating 512 bytes\r\n";
    static const char other[] = "Traceback\r\nOSError: MemoryError\r\n";
    static const char *const disturbed[] = {
        "Traceback\r\nt=17 OK, 21.5 C>\r\nMemoryError: memory allocation failed\r\n",
        "Traceback\r\nMemot=17 OK, 21.5 C>\r\nryError: memory allocation failed\r\n",
        "Trac17\r\neback\r\nMsensor 3: Error, trying again > \r\nemoryError: \r\nand more\r\n",
        "MemoryErro17\r\nr: memory allocation failed\r\n",
    };
    assert_true(mprom_exception_is_memory(full, strlen(full)));
    for (size_t i = 0; i < sizeof disturbed / sizeof disturbed[0]; i++) {
        assert_true(mprom_exception_is_memory(disturbed[i], strlen(disturbed[i])));
    }
    static const char lookalike[] = "Memory low\r\nMemo\r\nValueError: \r\n";
    assert_false(mprom_exception_is_memory(other, strlen(other)));
    assert_false(mprom_exception_is_memory(lookalike, strlen(lookalike)));
    assert_false(mprom_exception_is_memory("", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_others_are_no_exception),
        cmocka_unit_test(the_line_that_names_it_is_found),
        cmocka_unit_test(a_full_memory_is_known),
    };
    return cmocka_run_group_tests_name("client_exception", tests, NULL, NULL);
}
