/* The library as the command uses it. What it compiles is compared with mpy-cross elsewhere (test_identical.py). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "compile/compile.h"
#include "compile/compile_text.h"

static struct mprom_compile_job job(const char *name, const char *source)
{
    return (struct mprom_compile_job){.name = name, .source = source, .source_size = strlen(source)};
}

static void results_live_until_the_end(void **state)
{
    (void)state;
    struct mprom_compile_options options = {.workers = 2};
    struct compile *compile = mprom_compile_new(&options);
    assert_non_null(compile);
    if (mprom_compile_kind(compile) != MPROM_COMPILE_LINKED) {
        mprom_compile_free(compile);
        skip();
    }
    struct mprom_compile_job first[] = {job("a.py", "print(1)\n"), job("pkg/b.py", "x = 1\ny = = 2\n")};
    struct mprom_compile_job second[] = {job("a.py", "print(1)\n")};
    assert_int_equal(mprom_compile_run(compile, first, 2), 1);
    assert_int_equal(mprom_compile_run(compile, second, 1), 0);
    assert_int_equal(mprom_compile_run(compile, NULL, 0), 0);
    assert_null(first[0].error);
    assert_int_equal(first[0].mpy_size, second[0].mpy_size);
    assert_memory_equal(first[0].mpy, second[0].mpy, second[0].mpy_size);
    assert_memory_equal(first[0].mpy, "M\x06", 2);
    assert_null(first[1].mpy);
    assert_string_equal(first[1].error, "pkg/b.py:2: SyntaxError: invalid syntax");
    assert_string_equal(mprom_compile_error(compile), "");
    mprom_compile_free(compile);
}

static void bad_options_are_named(void **state)
{
    (void)state;
    static const struct {
        struct mprom_compile_options options;
        const char *error;
    } cases[] = {
        {{.march = "armv8"},
         "'armv8' is no architecture; there are x86 x64 armv6 armv6m armv7m armv7em armv7emsp "
         "armv7emdp xtensa xtensawin rv32imc rv64imc"},
        {{.march = ""},
         "'' is no architecture; there are x86 x64 armv6 armv6m armv7m armv7em armv7emsp armv7emdp "
         "xtensa xtensawin rv32imc rv64imc"},
        {{.small_int_bits = 15}, "small integers have 16 to 63 bits, not 15"},
        {{.small_int_bits = 64}, "small integers have 16 to 63 bits, not 64"},
        {{.small_int_bits = -1}, "small integers have 16 to 63 bits, not -1"},
        {{.optimise = 4}, "the level of optimisation is 0 to 3, not 4"},
        {{.optimise = -1}, "the level of optimisation is 0 to 3, not -1"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct mprom_compile_options options = cases[i].options;
        options.mpy_cross = "/bin/false"; /* so that the answer is the same in every build; it is not run */
        struct compile *compile = mprom_compile_new(&options);
        struct mprom_compile_job jobs[] = {job("a.py", "")};
        uint8_t header[MPROM_COMPILE_HEADER_SIZE];
        assert_int_equal(mprom_compile_run(compile, jobs, 1), -MPROM_EINVAL);
        assert_string_equal(mprom_compile_error(compile), cases[i].error);
        assert_int_equal(mprom_compile_header(compile, header), -MPROM_EINVAL);
        mprom_compile_free(compile);
    }
}

static void a_program_that_is_not_there_is_named(void **state)
{
    (void)state;
    static const char *const programs[] = {"/nonexistent/mpy-cross", "no-such-mpy-cross", "/bin", "/etc/passwd", ""};
    for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
        struct mprom_compile_options options = {.mpy_cross = programs[i]};
        struct compile *compile = mprom_compile_new(&options);
        assert_int_equal(mprom_compile_kind(compile), MPROM_COMPILE_NONE);
        struct mprom_compile_job jobs[] = {job("a.py", ""), job("b.py", "")};
        uint8_t header[MPROM_COMPILE_HEADER_SIZE];
        assert_int_equal(mprom_compile_run(compile, jobs, 2), -MPROM_EOPNOTSUPP);
        char expected[64];
        snprintf(expected, sizeof(expected), "'%s' is no program that can be run", programs[i]);
        assert_string_equal(mprom_compile_error(compile), expected);
        assert_int_equal(mprom_compile_header(compile, header), -MPROM_EOPNOTSUPP);
        mprom_compile_free(compile);
    }
}

static void a_program_that_is_no_compiler_is_named(void **state)
{
    (void)state;
    struct mprom_compile_options options = {.mpy_cross = "/bin/false"};
    struct compile *compile = mprom_compile_new(&options);
    assert_int_equal(mprom_compile_kind(compile), MPROM_COMPILE_MPY_CROSS);
    struct mprom_compile_job jobs[] = {job("a.py", "")};
    uint8_t header[MPROM_COMPILE_HEADER_SIZE];
    assert_int_equal(mprom_compile_run(compile, jobs, 1), 1);
    assert_string_equal(jobs[0].error, "a.py: the compiler ended with status 1");
    assert_int_equal(mprom_compile_header(compile, header), -MPROM_EOPNOTSUPP);
    assert_string_equal(mprom_compile_error(compile), "/bin/false is not an mpy-cross that can be used");
    assert_string_equal(mprom_compile_version(compile), "/bin/false is not an mpy-cross that can be used");
    mprom_compile_free(compile);
}

static void errors_are_one_line(void **state)
{
    (void)state;
    char text[64];
    assert_int_equal(mprom_compile_text_format(text, sizeof(text), "a\nb.py", 3, "x\x1b[31m\ty"), 18);
    assert_string_equal(text, "a?b.py:3: x?[31m?y");
    assert_int_equal(mprom_compile_text_format(text, 8, "name.py", 0, "text"), 13);
    assert_string_equal(text, "name.py");
    assert_int_equal(mprom_compile_text_format(NULL, 0, "name.py", 0, "text"), 13);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_live_until_the_end),
        cmocka_unit_test(bad_options_are_named),
        cmocka_unit_test(a_program_that_is_not_there_is_named),
        cmocka_unit_test(a_program_that_is_no_compiler_is_named),
        cmocka_unit_test(errors_are_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
