/* Text helpers of the command: UTF-8 by the rules of RFC 3629, numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/cli.h"
#include "client/link/utf8.h"

static void test_utf8_size(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t size;
        size_t expected;
    } cases[] = {
        {"", 0, 0},
        {"a", 1, 1},
        {"\0", 1, 1},
        {"\x7f", 1, 1},
        {"\xc3\xa4", 2, 2},
        {"\xe6\x97\xa5", 3, 3},
        {"\xf0\x9f\x98\x80", 4, 4},
        {"\xf4\x8f\xbf\xbf", 4, 4}, /* U+10FFFF */
        {"\xf4\x90\x80\x80", 4, 0}, /* beyond it */
        {"\xc3\xa4", 1, 0},         /* cut */
        {"\xe6\x97\xa5", 2, 0},
        {"\xf0\x9f\x98\x80", 3, 0},
        {"\xc3"
         "a",
         2, 0},             /* no continuation */
        {"\x80", 1, 0},     /* only one */
        {"\xc0\xaf", 2, 0}, /* overlong forms of '/' */
        {"\xe0\x80\xaf", 3, 0},
        {"\xf0\x80\x80\xaf", 4, 0},
        {"\xed\xa0\x80", 3, 0}, /* a surrogate */
        {"\xff", 1, 0},
        {"\xf8\x88\x80\x80\x80", 5, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(mprom_utf8_size(cases[i].text, cases[i].size), cases[i].expected);
    }
}

static void check_put(const char *text, size_t size, const char *expected)
{
    char *printed = NULL;
    size_t printed_size = 0;
    FILE *memory = open_memstream(&printed, &printed_size);
    assert_non_null(memory);
    cli_put_text(memory, text, size);
    fclose(memory);
    assert_string_equal(printed, expected);
    free(printed);
}

static void test_put_text(void **state)
{
    (void)state;
    check_put("", 0, "");
    check_put("größe \\ 😀", strlen("größe \\ 😀"), "größe \\ 😀");
    check_put("a\0b", 3, "a\\x00b");
    check_put("\x1b[2J\n\r\t\x7f", 8, "\\x1b[2J\\x0a\\x0d\\x09\\x7f");
    check_put("\xc2\x9b", 2, "\\xc2\\x9b");          /* CSI as one character */
    check_put("\xe2\x80\xae", 3, "\\xe2\\x80\\xae"); /* right-to-left override */
    check_put("\xe2\x81\xa6", 3, "\\xe2\\x81\\xa6"); /* isolate */
    check_put("\xc3", 1, "\\xc3");
    check_put("x\xe6\x97y", 4, "x\\xe6\\x97y");
}

static void test_count_text(void **state)
{
    (void)state;
    static const struct {
        uint64_t value;
        const char *expected;
    } cases[] = {
        {0, "0"},
        {999, "999"},
        {1000, "1,000"},
        {123456, "123,456"},
        {1234567, "1,234,567"},
        {UINT64_MAX, "18,446,744,073,709,551,615"},
    };
    char room[CLI_COUNT_ROOM];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(cli_count_text(room, cases[i].value), cases[i].expected);
    }
}

static void test_parse_number(void **state)
{
    (void)state;
    uint64_t value = 7;
    assert_true(cli_parse_number("0", 10, &value));
    assert_int_equal(value, 0);
    assert_true(cli_parse_number("0x1F", 31, &value));
    assert_int_equal(value, 31);
    assert_true(cli_parse_number("18446744073709551615", UINT64_MAX, &value));
    assert_true(value == UINT64_MAX);
    static const char *const bad[] = {"",  "-1", "+1", " 1", "1 ", "1x", "0x", "0x-1", "1e3", "18446744073709551616",
                                      "32"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint64_t max = strcmp(bad[i], "32") == 0 ? 31 : UINT64_MAX;
        assert_false(cli_parse_number(bad[i], max, &value));
        assert_true(value == UINT64_MAX);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_utf8_size),
        cmocka_unit_test(test_put_text),
        cmocka_unit_test(test_count_text),
        cmocka_unit_test(test_parse_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
