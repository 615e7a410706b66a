/* Sentences are printed as the C library prints them, and cut off where they do not fit. */
#include "emulator/array/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

__attribute__((format(printf, 2, 3))) static void check(size_t size, const char *format, ...)
{
    char ours[100];
    char theirs[100];
    va_list args;
    memset(ours, 'x', sizeof ours);
    memset(theirs, 'x', sizeof theirs);
    va_start(args, format);
    text_print(ours, size, format, args);
    va_end(args);
    va_start(args, format);
    vsnprintf(theirs, size, format, args);
    va_end(args);
    assert_string_equal(ours, theirs);
    assert_memory_equal(ours + strlen(ours), theirs + strlen(theirs), sizeof ours - strlen(ours));
}

static void it_prints_as_the_c_library(void **state)
{
    (void)state;
    static const unsigned numbers[] = {0, 1, 9, 10, 0x7F, 255, 4096, 0xDEADBEEF, UINT32_MAX};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        check(100, "%u %x %X %02X %08x %03x %5u %02u", numbers[i], numbers[i], numbers[i], numbers[i], numbers[i],
              numbers[i], numbers[i], numbers[i]);
        check(100, "%d", (int)numbers[i]);
    }
    check(100, "%s and %c%%, %s", "one", 'x', "");
    check(100, "nothing but text");
}

static void what_does_not_fit_is_cut_off(void **state)
{
    (void)state;
    for (size_t size = 1; size < 30; size++) {
        check(size, "0x%08x is no %s", 0x1234u, "address");
    }
}

/* What a format that nobody writes would do to the text. */
static void an_unfinished_format_ends_the_text(void **state)
{
    (void)state;
    static const char *const formats[] = {"a%", "a%0", "a%12"};
    void (*print)(char *, size_t, const char *, va_list) = text_print; /* compilers do not look at these formats */
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        char text[] = "xxxxxxxx";
        va_list none;
        memset(&none, 0, sizeof none);
        print(text, sizeof text, formats[i], none);
        assert_int_equal(text[0], 'a');
        assert_true(strlen(text) <= 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_prints_as_the_c_library),
        cmocka_unit_test(what_does_not_fit_is_cut_off),
        cmocka_unit_test(an_unfinished_format_ends_the_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
