/* Building from calls: bytes known by hand, order, info, index, seal, equal contents. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "romfs/build_parse.h"
#include "romfs/build_rig.h"

static void test_empty_is_four_bytes(void **state)
{
    (void)state;
    finish_is(new_build(&bare), "\xd2\xcd\x31\x00", 4);
}

static void test_known_bytes(void **state)
{
    (void)state;
    /* The example of docs/format.md. */
    struct mprom_romfs_build *build = new_build(&bare);
    add_text(build, "a", "hi");
    finish_is(build,
              "\xd2\xcd\x31\x08\x05\x06\x01"
              "a\x02\x02hi",
              12);

    /* One byte more, made even with the smallest padding of odd size. */
    build = new_build(&bare);
    add_text(build, "a", "hey");
    finish_is(build,
              "\xd2\xcd\x31\x0c\x05\x07\x01"
              "a\x02\x03hey\x01\x01\x00",
              16);

    /* A directory, a pointer (9 behind the header of 4), and an empty file. */
    build = new_build(&bare);
    add_text(build, "d/a", "same");
    add_text(build, "d/b", "same");
    add_text(build, "e", "");
    finish_is(build,
              "\xd2\xcd\x31\x1c\x04\x14\x01"
              "d\x05\x08\x01"
              "a\x02\x04same\x05\x06\x01"
              "b\x03\x02\x04\x0a\x05\x04\x01"
              "e\x02\x00",
              32);
}

static void test_gap_of_one_pads_the_length(void **state)
{
    (void)state;
    struct mprom_romfs_build_options options = bare;
    options.align = 2;
    struct mprom_romfs_build *build = new_build(&options);
    add_text(build, "ab", "hi"); /* would be at 11 */
    finish_is(build,
              "\xd2\xcd\x31\x0a\x05\x08\x02"
              "ab\x02\x80\x02hi",
              14);
    options.align = 4;
    build = new_build(&options);
    add_text(build, "a", "hi"); /* would be at 10 */
    finish_is(build,
              "\xd2\xcd\x31\x0a\x05\x08\x01"
              "a\x01\x00\x02\x02hi",
              14);
}

static void test_empty_with_everything(void **state)
{
    (void)state;
    size_t size;
    struct mprom_romfs_build_summary summary;
    uint8_t *bytes = finish(new_build(&plain), &size, &summary);
    struct parse_image image;
    parse_image(&image, bytes, size);
    assert_int_equal(image.count, 0);
    assert_int_equal(image.index_off, 0);
    assert_true(image.sealed);
    assert_int_equal(summary.image_size, size);
    assert_int_equal(summary.crc, parse_crc32(bytes, size - 4));
    parse_free(&image);
    free(bytes);
}

static void test_order_of_adding_does_not_matter(void **state)
{
    (void)state;
    static const char *const paths[] = {"b", "a/z", "a/a", "a.b", "a-b", "ab", "a/m/x", "a/m/w", "c/d/e/f", "c/d/e0"};
    size_t count = sizeof paths / sizeof paths[0];
    uint8_t *first = NULL;
    size_t first_size = 0;
    for (size_t start = 0; start < count; start++) {
        for (size_t step = 1; step < count; step += 2) {
            if (step == 5) {
                continue; /* shares a factor with 10: would not visit all */
            }
            struct mprom_romfs_build *build = new_build(&plain);
            for (size_t i = 0; i < count; i++) {
                const char *path = paths[(start + i * step) % count];
                /* Two with equal contents, so that who is first matters. */
                add_text(build, path, path[0] == 'a' ? "shared contents" : path);
            }
            size_t size;
            uint8_t *bytes = finish(build, &size, NULL);
            if (first == NULL) {
                first = bytes;
                first_size = size;
                continue;
            }
            assert_int_equal(size, first_size);
            assert_memory_equal(bytes, first, size);
            free(bytes);
        }
    }
    struct parse_image image;
    parse_image(&image, first, first_size); /* checks that names rise */
    assert_int_equal(image.count, count + 5);
    assert_false(parse_find(&image, "a/a")->is_pointer == parse_find(&image, "a/z")->is_pointer);
    parse_free(&image);
    free(first);
}

static void test_info_says_what_was_asked_for(void **state)
{
    (void)state;
    static const uint8_t mpy[4] = {'M', 6, 0, 31};
    static const struct mprom_romfs_build_align aligns[] = {{"*.bin", 64}};
    struct mprom_romfs_build_options options = {.label = "gr\xc3\xbc"
                                                         "n",
                                                .build_time = 1752537600,
                                                .mpy = mpy,
                                                .aligns = aligns,
                                                .align_count = 1};
    struct mprom_romfs_build *build = new_build(&options);
    add_text(build, "x.bin", "aligned");
    size_t size;
    uint8_t *bytes = finish(build, &size, NULL);
    struct parse_image image;
    parse_image(&image, bytes, size);
    assert_int_not_equal(image.info_off, 0);
    uint32_t value_size;
    const uint8_t *label = parse_info(&image, 2, &value_size);
    assert_int_equal(value_size, 5);
    assert_memory_equal(label,
                        "gr\xc3\xbc"
                        "n",
                        5);
    assert_int_equal(parse_info_number(&image, 3), 1752537600);
    assert_int_equal(parse_info_number(&image, 4), 64);
    assert_memory_equal(parse_info(&image, 5, &value_size), "mprom ", 6);
    const uint8_t *mpy_value = parse_info(&image, 6, &value_size);
    assert_int_equal(value_size, 4);
    assert_memory_equal(mpy_value, mpy, 4);
    assert_non_null(parse_info(&image, 7, &value_size));
    assert_int_equal(value_size, 0);
    parse_free(&image);
    free(bytes);
}

static void test_info_leaves_out_what_is_not_there(void **state)
{
    (void)state;
    struct mprom_romfs_build_options options = {.align = 1, .no_seal = true, .no_index = true};
    struct mprom_romfs_build *build = new_build(&options);
    add_text(build, "x", "x");
    size_t size;
    uint8_t *bytes = finish(build, &size, NULL);
    struct parse_image image;
    parse_image(&image, bytes, size);
    uint32_t value_size;
    static const uint32_t absent[] = {2, 3, 4, 6, 7};
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++) {
        assert_null(parse_info(&image, absent[i], &value_size));
    }
    assert_false(image.sealed);
    assert_int_equal(image.index_off, 0);
    parse_free(&image);
    free(bytes);
}

static void test_every_choice_of_parts(void **state)
{
    (void)state;
    for (unsigned parts = 0; parts < 8; parts++) {
        for (size_t size_of_file = 0; size_of_file < 9; size_of_file++) {
            struct mprom_romfs_build_options options = {
                .no_info = parts & 1, .no_index = parts & 2, .no_seal = parts & 4, .align = 1};
            struct mprom_romfs_build *build = new_build(&options);
            assert_int_equal(mprom_romfs_build_add_file(build, "f", "01234567", size_of_file, 0), 0);
            size_t size;
            struct mprom_romfs_build_summary summary;
            uint8_t *bytes = finish(build, &size, &summary);
            struct parse_image image;
            parse_image(&image, bytes, size);
            assert_int_equal(image.info_off == 0, options.no_info);
            assert_int_equal(image.index_off == 0, options.no_index);
            assert_int_equal(image.sealed, !options.no_seal);
            assert_int_equal(summary.crc != 0, image.sealed);
            assert_int_equal(image.entries[0].size, size_of_file);
            parse_free(&image);
            free(bytes);
        }
    }
}

static void test_equal_contents_are_stored_once(void **state)
{
    (void)state;
    static const char text[] = "the same text, long enough to be worth it";
    static const struct mprom_romfs_build_align aligns[] = {{"c", 128}, {"lib/*", 32}};
    struct mprom_romfs_build_options options = {.aligns = aligns, .align_count = 2};
    struct mprom_romfs_build *build = new_build(&options);
    char copy[sizeof text];
    memcpy(copy, text, sizeof text);
    add_text(build, "a", text);
    add_text(build, "b", copy);
    add_text(build, "c", text);
    add_text(build, "lib/d", copy);
    add_text(build, "other", "the same size, but some other text! 12345");
    add_text(build, "void", "");
    add_text(build, "void2", "");
    size_t size;
    struct mprom_romfs_build_summary summary;
    uint8_t *bytes = finish(build, &size, &summary);
    struct parse_image image;
    parse_image(&image, bytes, size);
    const struct parse_entry *a = parse_find(&image, "a");
    assert_false(a->is_pointer);
    assert_int_equal(a->data_off % 128, 0); /* the largest that any of them asks for */
    assert_int_equal(parse_info_number(&image, 4), 128);
    static const char *const others[] = {"b", "c", "lib/d"};
    for (size_t i = 0; i < 3; i++) {
        const struct parse_entry *entry = parse_find(&image, others[i]);
        assert_true(entry->is_pointer);
        assert_int_equal(entry->data_off, a->data_off);
        assert_int_equal(entry->size, a->size);
    }
    assert_false(parse_find(&image, "other")->is_pointer);
    assert_false(parse_find(&image, "void2")->is_pointer);
    assert_int_equal(summary.shared_count, 3);
    assert_int_equal(summary.shared_size, 3 * strlen(text));
    assert_int_equal(summary.file_count, 7);
    assert_int_equal(summary.dir_count, 1);
    parse_free(&image);
    free(bytes);
}

static void test_equal_checksums_are_not_equal_contents(void **state)
{
    (void)state;
    /* "plumless" and "buckeroo" are the published pair of words with the same CRC-32. */
    assert_int_equal(parse_crc32((const uint8_t *)"plumless", 8), parse_crc32((const uint8_t *)"buckeroo", 8));
    struct mprom_romfs_build *build = new_build(&plain);
    add_text(build, "a", "plumless");
    add_text(build, "b", "buckeroo");
    add_text(build, "c", "buckeroo");
    size_t size;
    struct mprom_romfs_build_summary summary;
    uint8_t *bytes = finish(build, &size, &summary);
    struct parse_image image;
    parse_image(&image, bytes, size);
    assert_memory_equal(bytes + parse_find(&image, "a")->data_off, "plumless", 8);
    assert_memory_equal(bytes + parse_find(&image, "b")->data_off, "buckeroo", 8);
    assert_int_equal(parse_find(&image, "c")->data_off, parse_find(&image, "b")->data_off);
    assert_int_equal(summary.shared_count, 1);
    parse_free(&image);
    free(bytes);
}

static void test_times_are_kept(void **state)
{
    (void)state;
    static const uint64_t times[] = {1, 127, 128, 1752537600, UINT64_C(1) << 40};
    struct mprom_romfs_build *build = new_build(&plain);
    char path[2] = "a";
    for (size_t i = 0; i < 5; i++, path[0]++) {
        assert_int_equal(mprom_romfs_build_add_file(build, path, "same", 4, times[i]), 0);
    }
    add_text(build, "none", "same");
    size_t size;
    uint8_t *bytes = finish(build, &size, NULL);
    struct parse_image image;
    parse_image(&image, bytes, size);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(image.entries[i].mtime, times[i]);
        assert_memory_equal(bytes + image.entries[i].data_off, "same", 4);
    }
    assert_int_equal(image.entries[5].mtime, 0);
    parse_free(&image);
    free(bytes);
}

static void refused(const struct mprom_romfs_build_options *options, const char *sentence)
{
    struct mprom_romfs_build *build = new_build(options);
    uint8_t *image;
    size_t size;
    add_text(build, "a", "b");
    assert_int_equal(mprom_romfs_build_write_memory(build, &image, &size, NULL), -MPROM_EINVAL);
    assert_string_equal(mprom_romfs_build_error(build), sentence);
    mprom_romfs_build_free(build);
}

static void test_bad_options_are_refused(void **state)
{
    (void)state;
    static const struct mprom_romfs_build_align aligns[] = {{"*.x", 16}, {"*.y", 0}};
    refused(&(struct mprom_romfs_build_options){.align = 3}, "alignment 3 is not a power of two up to 65536");
    refused(&(struct mprom_romfs_build_options){.align = 131072},
            "alignment 131072 is not a power of two up to 65536");
    refused(&(struct mprom_romfs_build_options){.aligns = aligns, .align_count = 2},
            "alignment 0 for \"*.y\" is not a power of two up to 65536");
    refused(&(struct mprom_romfs_build_options){.label = "\xff"}, "the label is not UTF-8 or longer than 4096 bytes");
}

static void test_long_labels(void **state)
{
    (void)state;
    char label[4096 + 2];
    memset(label, 'l', sizeof label);
    label[4096] = '\0';
    struct mprom_romfs_build_options options = {.label = label};
    size_t size;
    uint8_t *bytes = finish(new_build(&options), &size, NULL);
    struct parse_image image;
    parse_image(&image, bytes, size);
    uint32_t value_size = 0;
    assert_memory_equal(parse_info(&image, 2, &value_size), label, 4096);
    assert_int_equal(value_size, 4096);
    parse_free(&image);
    free(bytes);
    label[4096] = 'l';
    label[4097] = '\0';
    refused(&options, "the label is not UTF-8 or longer than 4096 bytes");
}

static void test_writing_twice_gives_the_same(void **state)
{
    (void)state;
    struct mprom_romfs_build *build = new_build(&plain);
    add_text(build, "b", "the same");
    add_text(build, "a/c", "the same");
    uint8_t *images[2];
    size_t sizes[2];
    struct mprom_romfs_build_summary summaries[2];
    for (int i = 0; i < 2; i++) {
        assert_int_equal(mprom_romfs_build_write_memory(build, &images[i], &sizes[i], &summaries[i]), 0);
    }
    assert_int_equal(sizes[0], sizes[1]);
    assert_memory_equal(images[0], images[1], sizes[0]);
    assert_int_equal(summaries[1].shared_count, 1);
    free(images[0]);
    free(images[1]);
    mprom_romfs_build_free(build);
}

static void test_too_large_is_refused(void **state)
{
    (void)state;
    struct mprom_romfs_build *build = new_build(&plain);
    uint8_t *image;
    size_t size;
    assert_int_equal(mprom_romfs_build_add_host_file(build, "big", "/nowhere", UINT64_C(1) << 32, 0), 0);
    assert_int_equal(mprom_romfs_build_write_memory(build, &image, &size, NULL), -MPROM_EFBIG);
    assert_string_equal(mprom_romfs_build_error(build), "big: larger than an image can be (4 GiB)");
    mprom_romfs_build_free(build);

    build = new_build(&plain);
    char path[2] = "a";
    for (; path[0] < 'e'; path[0]++) { /* different sizes, so that none has to be read */
        assert_int_equal(mprom_romfs_build_add_host_file(build, path, "/nowhere", (1U << 30) - (unsigned)path[0], 0),
                         0);
    }
    assert_int_equal(mprom_romfs_build_add_host_file(build, "z", "/nowhere", 4096, 0), 0);
    assert_int_equal(mprom_romfs_build_write_memory(build, &image, &size, NULL), -MPROM_EFBIG);
    mprom_romfs_build_free(build);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty_is_four_bytes),
        cmocka_unit_test(test_known_bytes),
        cmocka_unit_test(test_gap_of_one_pads_the_length),
        cmocka_unit_test(test_empty_with_everything),
        cmocka_unit_test(test_order_of_adding_does_not_matter),
        cmocka_unit_test(test_info_says_what_was_asked_for),
        cmocka_unit_test(test_info_leaves_out_what_is_not_there),
        cmocka_unit_test(test_every_choice_of_parts),
        cmocka_unit_test(test_equal_contents_are_stored_once),
        cmocka_unit_test(test_equal_checksums_are_not_equal_contents),
        cmocka_unit_test(test_times_are_kept),
        cmocka_unit_test(test_bad_options_are_refused),
        cmocka_unit_test(test_long_labels),
        cmocka_unit_test(test_writing_twice_gives_the_same),
        cmocka_unit_test(test_too_large_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
