/* What a board's programs say: marked lines, their words, bytes as text. */
#include "client/repl/answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
/* cmocka needs the headers above */
#include <cmocka.h>

static struct mprom_answer answer_of(const char *text, uint32_t number)
{
    return (struct mprom_answer){text, strlen(text), number};
}

static struct mprom_answer_line line_of(const char *text)
{
    return (struct mprom_answer_line){text, strlen(text)};
}

static void only_marked_lines_of_this_program_count(void **state)
{
    (void)state;
    struct mprom_answer answer = answer_of("mprom:16 old\r\ntick\r\nmprom:17 a b\r\n mprom:17 no\nmprom:17 c", 17);
    struct mprom_answer_line line;
    assert_true(mprom_answer_next(&answer, &line));
    assert_true(mprom_answer_is(&line, "a"));
    assert_true(mprom_answer_is(&line, "b"));
    assert_true(mprom_answer_end(&line));
    assert_true(mprom_answer_next(&answer, &line));
    assert_true(mprom_answer_is(&line, "c"));
    assert_false(mprom_answer_next(&answer, &line));
}

/* R4: what lies between the lines of an answer may lie in one of them, too. */
static void nothing_but_marked_lines_is_clean(void **state)
{
    (void)state;
    static const char *const clean[] = {"", "\r\n", "\r\nmprom:17 a b\r\n\r\nmprom:17 c\r\n", "\nmprom:17 c"};
    static const char *const disturbed[] = {"tick\r\n\r\nmprom:17 a\r\n",
                                            "\r\nmprom:17 a\r\n5",
                                            "\r\nmprom:17 a5\r\n\r\n\r\nmprom:17 b\r\n",
                                            "\r\nmprom:17 a 15\r\n\r\n\r\n",
                                            "\r\n42\r\nmprom:17 a 1\r\n",
                                            "\r\nmprom:17 a\r\nmprom:17 b\r\n",
                                            "\r\nmprom:16 a\r\n",
                                            "\r\nmprom:1"};
    for (size_t i = 0; i < sizeof clean / sizeof clean[0]; i++) {
        struct mprom_answer answer = answer_of(clean[i], 17);
        assert_true(mprom_answer_is_clean(&answer));
    }
    for (size_t i = 0; i < sizeof disturbed / sizeof disturbed[0]; i++) {
        struct mprom_answer answer = answer_of(disturbed[i], 17);
        assert_false(mprom_answer_is_clean(&answer));
    }
}

static void a_word_is_the_whole_word(void **state)
{
    (void)state;
    struct mprom_answer_line line = line_of("segments 2");
    assert_false(mprom_answer_is(&line, "segment"));
    assert_true(mprom_answer_is(&line, "segments"));
    assert_int_equal(line.size, 1);
}

static void numbers_are_checked(void **state)
{
    (void)state;
    static const char *const good[] = {"0", "-5", "007", "4294967295"};
    static const char *const bad[] = {"",   "-", "x", "1x", "0x1", "+1", "4294967296", "-6", "1000000000000000000000",
                                      "1.0"};
    int64_t value;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        struct mprom_answer_line line = line_of(good[i]);
        assert_true(mprom_answer_number(&line, -5, UINT32_MAX, &value));
    }
    assert_int_equal(value, 4294967295);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct mprom_answer_line line = line_of(bad[i]);
        assert_false(mprom_answer_number(&line, -5, UINT32_MAX, &value));
    }
}

static void hexadecimal_bytes(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "0", "0g", "00 0", "AB", "0011223344", "--"};
    uint8_t bytes[4];
    size_t size;
    struct mprom_answer_line line = line_of("00ff7a rest");
    assert_true(mprom_answer_hex(&line, bytes, sizeof(bytes), &size));
    assert_int_equal(size, 3);
    assert_memory_equal(bytes, "\x00\xff\x7a", 3);
    assert_true(mprom_answer_is(&line, "rest"));
    line = line_of("-");
    assert_true(mprom_answer_hex(&line, bytes, sizeof(bytes), &size));
    assert_int_equal(size, 0);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        line = line_of(bad[i]);
        bool taken = mprom_answer_hex(&line, bytes, sizeof(bytes), &size) && mprom_answer_end(&line);
        assert_false(taken);
    }
}

/* RFC 4648, section 10. */
static void base64_bytes(void **state)
{
    (void)state;
    static const struct {
        const char *text, *bytes;
    } vectors[] = {{"Zg==", "f"},        {"Zm8=", "fo"},        {"Zm9v", "foo"},
                   {"Zm9vYg==", "foob"}, {"Zm9vYmE=", "fooba"}, {"Zm9vYmFy", "foobar"}};
    static const char *const bad[] = {"", "Zg=", "Z===", "====", "Zm9vYmFyYQ==", "Zm\tv", "Z=8=", "Zm9v*A=="};
    uint8_t bytes[6];
    size_t size;
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        struct mprom_answer_line line = line_of(vectors[i].text);
        assert_true(mprom_answer_base64(&line, bytes, sizeof(bytes), &size));
        assert_int_equal(size, strlen(vectors[i].bytes));
        assert_memory_equal(bytes, vectors[i].bytes, size);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct mprom_answer_line line = line_of(bad[i]);
        assert_false(mprom_answer_base64(&line, bytes, sizeof(bytes), &size));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_marked_lines_of_this_program_count),
        cmocka_unit_test(nothing_but_marked_lines_is_clean),
        cmocka_unit_test(a_word_is_the_whole_word),
        cmocka_unit_test(numbers_are_checked),
        cmocka_unit_test(hexadecimal_bytes),
        cmocka_unit_test(base64_bytes),
    };
    return cmocka_run_group_tests_name("client_answer", tests, NULL, NULL);
}
