/* Names and paths: which are refused, and that all others arrive. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "romfs/build_parse.h"
#include "romfs/build_rig.h"

static const char *const bad_names[] = {
    "",
    "/",
    "/a",
    "a/",
    "a//b",
    ".",
    "..",
    "a/..",
    "./a",
    "a/./b",
    "\xff",
    "a/\xc3",
    "\xc0\xaf",
    "\xed\xa0\x80",
    "\xe0\x80\xaf",
    "\xf4\x90\x80\x80",
    "\xf5\x80\x80\x80",
    "caf\xe9",
};

static void test_bad_names_are_refused(void **state)
{
    (void)state;
    struct mprom_romfs_build *build = new_build(&bare);
    for (size_t i = 0; i < sizeof bad_names / sizeof bad_names[0]; i++) {
        assert_int_equal(mprom_romfs_build_add_dir(build, bad_names[i]), -MPROM_EINVAL);
        assert_int_equal(mprom_romfs_build_add_file(build, bad_names[i], "x", 1, 0), -MPROM_EINVAL);
        assert_int_equal(mprom_romfs_build_add_host_file(build, bad_names[i], "/dev/null", 1, 0), -MPROM_EINVAL);
    }
    char *longest = malloc(32768 + 1);
    assert_non_null(longest);
    memset(longest, 'n', 32768);
    longest[32768] = '\0';
    assert_int_equal(mprom_romfs_build_add_dir(build, longest), -MPROM_EINVAL);
    free(longest);
    finish_is(build, "\xd2\xcd\x31\x00", 4);
}

static void test_error_names_the_path(void **state)
{
    (void)state;
    struct mprom_romfs_build *build = new_build(&bare);
    assert_int_equal(mprom_romfs_build_add_dir(build, "lib/caf\xe9\n"), -MPROM_EINVAL);
    assert_string_equal(mprom_romfs_build_error(build), "lib/caf\\xe9\\x0a: the name is not UTF-8");
    assert_int_equal(mprom_romfs_build_add_dir(build, "a/../b"), -MPROM_EINVAL);
    assert_string_equal(mprom_romfs_build_error(build), "a/../b: \".\" and \"..\" cannot be names on a board");
    assert_int_equal(mprom_romfs_build_add_dir(build, ""), -MPROM_EINVAL);
    assert_string_equal(mprom_romfs_build_error(build), "\"\": a name in it is empty");
    mprom_romfs_build_free(build);
}

static void test_same_path_twice(void **state)
{
    (void)state;
    struct mprom_romfs_build *build = new_build(&bare);
    assert_int_equal(mprom_romfs_build_add_dir(build, "d"), 0);
    assert_int_equal(mprom_romfs_build_add_dir(build, "d"), 0);
    add_text(build, "d/f", "1");
    assert_int_equal(mprom_romfs_build_add_dir(build, "d"), 0);
    assert_int_equal(mprom_romfs_build_add_file(build, "d/f", "2", 1, 0), -MPROM_EEXIST);
    assert_string_equal(mprom_romfs_build_error(build), "d/f: a file has this path");
    assert_int_equal(mprom_romfs_build_add_file(build, "d", "2", 1, 0), -MPROM_EEXIST);
    assert_string_equal(mprom_romfs_build_error(build), "d: a directory has this path");
    assert_int_equal(mprom_romfs_build_add_dir(build, "d/f"), -MPROM_EEXIST);
    assert_int_equal(mprom_romfs_build_add_file(build, "d/f/g", "2", 1, 0), -MPROM_EEXIST);
    finish_is(build,
              "\xd2\xcd\x31\x0e\x04\x09\x01"
              "d\x05\x05\x01"
              "f\x02\x01"
              "1\x01\x01\x00",
              18);
}

static void test_unusual_names_work(void **state)
{
    (void)state;
    static const char *const names[] = {" ",
                                        "...",
                                        "a b",
                                        "\\",
                                        "gr\xc3\xbc\xc3\x9f.txt",
                                        "\xe6\x97\xa5\xe6\x9c\xac",
                                        "\xf0\x9f\x90\x8d",
                                        "\xf4\x8f\xbf\xbf",
                                        "-"};
    size_t count = sizeof names / sizeof names[0];
    struct mprom_romfs_build *build = new_build(&plain);
    for (size_t i = 0; i < count; i++) {
        add_text(build, names[i], names[i]);
    }
    size_t size;
    uint8_t *bytes = finish(build, &size, NULL);
    struct parse_image image;
    parse_image(&image, bytes, size);
    assert_int_equal(image.count, count);
    for (size_t i = 0; i < count; i++) {
        const struct parse_entry *entry = parse_find(&image, names[i]);
        assert_non_null(entry);
        assert_int_equal(entry->size, strlen(names[i]));
        assert_memory_equal(bytes + entry->data_off, names[i], entry->size);
    }
    parse_free(&image);
    free(bytes);
}

static void test_many_entries(void **state)
{
    (void)state;
    char path[64];
    char texts[3000][16];
    struct mprom_romfs_build *build = new_build(&plain);
    for (unsigned i = 0; i < 3000; i++) {
        unsigned n = i * 1237 % 3000;
        snprintf(path, sizeof path, "d%u/f%u", n % 17, n);
        snprintf(texts[n], sizeof texts[n], "number %u", n);
        add_text(build, path, texts[n]);
    }
    assert_int_equal(mprom_romfs_build_add_dir(build, "d3/f3"), -MPROM_EEXIST);
    size_t size;
    uint8_t *bytes = finish(build, &size, NULL);
    struct parse_image image;
    parse_image(&image, bytes, size);
    assert_int_equal(image.count, 3017);
    for (unsigned n = 0; n < 3000; n++) {
        snprintf(path, sizeof path, "d%u/f%u", n % 17, n);
        const struct parse_entry *entry = parse_find(&image, path);
        assert_non_null(entry);
        assert_int_equal(entry->size, strlen(texts[n]));
        assert_memory_equal(bytes + entry->data_off, texts[n], entry->size);
    }
    parse_free(&image);
    free(bytes);
}

static void test_equal_hashes_are_not_equal_paths(void **state)
{
    (void)state;
    /* Published pairs of words with the same FNV-1a hash of 32 bits, the hash that finds paths while adding. */
    static const char *const paths[] = {"costarring", "declinate/x", "liquid", "macallums/x"};
    struct mprom_romfs_build *build = new_build(&plain);
    for (size_t i = 0; i < 4; i++) {
        add_text(build, paths[i], paths[i]);
    }
    size_t size;
    uint8_t *bytes = finish(build, &size, NULL);
    struct parse_image image;
    parse_image(&image, bytes, size);
    assert_int_equal(image.count, 6);
    for (size_t i = 0; i < 4; i++) {
        const struct parse_entry *entry = parse_find(&image, paths[i]);
        assert_non_null(entry);
        assert_memory_equal(bytes + entry->data_off, paths[i], strlen(paths[i]));
    }
    parse_free(&image);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad_names_are_refused), cmocka_unit_test(test_error_names_the_path),
        cmocka_unit_test(test_same_path_twice),       cmocka_unit_test(test_unusual_names_work),
        cmocka_unit_test(test_many_entries),          cmocka_unit_test(test_equal_hashes_are_not_equal_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
