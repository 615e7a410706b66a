/*
 * A stand-in for cmocka, as much of it as the tests in tests/romfs use, for targets that have no cmocka: portable.py
 * compiles those tests with it for other processors. The first assertion that fails ends the program.
 */
#ifndef MPROM_TESTS_LITE_CMOCKA_H
#define MPROM_TESTS_LITE_CMOCKA_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct CMUnitTest {
    const char *name;
    void (*function)(void **state);
};

#define cmocka_unit_test(function)                                                                                   \
    {                                                                                                                \
#function, function                                                                                          \
    }

#define fail_msg(...)                                                                                                \
    do {                                                                                                             \
        fprintf(stderr, "%s:%d: ", __FILE__, __LINE__);                                                              \
        fprintf(stderr, __VA_ARGS__);                                                                                \
        fprintf(stderr, "\n");                                                                                       \
        exit(1);                                                                                                     \
    } while (0)

#define fail() fail_msg("failed")

#define assert_true(condition)                                                                                       \
    do {                                                                                                             \
        if (!(condition)) {                                                                                          \
            fail_msg("%s", #condition);                                                                              \
        }                                                                                                            \
    } while (0)

#define assert_false(condition) assert_true(!(condition))
#define assert_null(pointer) assert_true((pointer) == NULL)
#define assert_non_null(pointer) assert_true((pointer) != NULL)
#define assert_int_equal(a, b) assert_true((a) == (b))
#define assert_int_not_equal(a, b) assert_true((a) != (b))
#define assert_ptr_equal(a, b) assert_true((const void *)(a) == (const void *)(b))
#define assert_memory_equal(a, b, size) assert_true(memcmp(a, b, size) == 0)
#define assert_string_equal(a, b) assert_true(strcmp(a, b) == 0)
#define assert_string_not_equal(a, b) assert_true(strcmp(a, b) != 0)

#define cmocka_run_group_tests(tests, setup, teardown) lite_run(tests, sizeof(tests) / sizeof((tests)[0]))

static inline int lite_run(const struct CMUnitTest *tests, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        void *state = NULL;

        tests[i].function(&state);
    }
    printf("%lu tests passed\n", (unsigned long)count);
    return 0;
}

#endif
