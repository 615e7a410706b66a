/* R4: an answer in pieces, between which and in which another task's lines lie. */
#include "client/repl/said.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs the headers above */
#include <cmocka.h>

enum {
    PIECE = 38 /* bytes on the link */
};

static struct mprom_said said;

/* A piece as docs/transfer.md describes it. */
static void piece(char *dst, uint32_t seed, unsigned place, unsigned count, const char *text)
{
    char body[40];
    uint32_t check = seed;
    int size = snprintf(body, sizeof body, "%03x%03x%-24s", place, count, text);
    for (int i = 0; i < size; i++) {
        check = (check * 101 + (unsigned char)body[i]) % 0x800000;
    }
    snprintf(dst, 64, "\x02%06x%s\x03", check, body);
}

static void start(void)
{
    memset(&said, 0, sizeof said);
    said.seed = 7;
}

static void pieces_make_the_text(void **state)
{
    (void)state;
    char one[64], two[64], both[160], text[64];
    uint32_t first, end;
    start();
    assert_true(mprom_said_missing(&said, 10, &first, &end));
    assert_int_equal(first, 0);
    assert_int_equal(end, 10);
    piece(one, 7, 0, 2, "mprom:3 sum 1\x1emprom:3 ab");
    piece(two, 7, 1, 2, "c 1\x1e");
    snprintf(both, sizeof both, "tick\r\n%stick\r\n%s", two, one);
    assert_int_equal(mprom_said_take(&said, both, strlen(both)), 2);
    assert_false(mprom_said_missing(&said, 10, &first, &end));
    assert_int_equal(mprom_said_text(&said, text, sizeof text), 48);
    assert_memory_equal(text, "mprom:3 sum 1\nmprom:3 abc 1\n", 28);
}

static void a_line_in_any_place_is_taken_out(void **state)
{
    (void)state;
    static const char *const lines[] = {"42\r\n", "0\r\n", "a longer line, with 0001 of digits\r\n"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        for (int at = 1; at < PIECE; at++) {
            char whole[64], cut[128];
            start();
            piece(whole, 7, 0, 1, "mprom:3 sum 1234567890");
            snprintf(cut, sizeof cut, "%.*s%s%s", at, whole, lines[i], whole + at);
            assert_int_equal(mprom_said_take(&said, cut, strlen(cut)), 1);
            assert_memory_equal(said.text, "mprom:3 sum 1234567890  ", 24);
        }
    }
}

static void what_is_damaged_is_missing(void **state)
{
    (void)state;
    char whole[64];
    for (int at = 0; at < PIECE; at++) {
        start();
        piece(whole, 7, 0, 1, "mprom:3 sum 1234567890");
        whole[at] ^= 1;
        assert_int_equal(mprom_said_take(&said, whole, PIECE), 0);
    }
    start();
    piece(whole, 8, 0, 1, "of another answer");
    assert_int_equal(mprom_said_take(&said, whole, PIECE), 0);
}

static void places_are_checked(void **state)
{
    (void)state;
    char bad[64];
    static const unsigned places[][2] = {{1, 1}, {0, 0}, {0, MPROM_SAID_PIECES_MAX + 1}, {4095, 4095}};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        start();
        piece(bad, 7, places[i][0], places[i][1], "x");
        assert_int_equal(mprom_said_take(&said, bad, PIECE), 0);
    }
    start();
    piece(bad, 7, 0, 2, "x");
    assert_int_equal(mprom_said_take(&said, bad, PIECE), 1);
    assert_int_equal(mprom_said_take(&said, bad, PIECE), 0); /* it is there */
    piece(bad, 7, 1, 3, "x");
    assert_int_equal(mprom_said_take(&said, bad, PIECE), 0); /* another count */
    assert_int_equal(mprom_said_take(&said, "\x02\x02\x03\x03\x02", 5), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_make_the_text),
        cmocka_unit_test(a_line_in_any_place_is_taken_out),
        cmocka_unit_test(what_is_damaged_is_missing),
        cmocka_unit_test(places_are_checked),
    };
    return cmocka_run_group_tests_name("client_said", tests, NULL, NULL);
}
