/* Where things are put: alignment, and lengths at the boundaries where they take a byte more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mprom/romfs_build.h"
#include "romfs/build_parse.h"
#include "romfs/build_scratch.h"

static uint32_t varuint_size(uint64_t value)
{
    uint32_t size = 1;
    for (; value > 127; value /= 128) {
        size++;
    }
    return size;
}

/* Builds, parses, frees the build. The bytes are freed by done(). */
static void parse_built(struct parse_image *image, struct mprom_romfs_build *build)
{
    uint8_t *bytes;
    size_t size;
    int err = mprom_romfs_build_write_memory(build, &bytes, &size, NULL);
    if (err != 0) {
        fail_msg("%d: %s", err, mprom_romfs_build_error(build));
    }
    mprom_romfs_build_free(build);
    parse_image(image, bytes, size);
}

static void done(struct parse_image *image)
{
    free((void *)(uintptr_t)image->bytes);
    parse_free(image);
}

/* An image of one file, all of whose rules are checked. Returns the size of the image's payload. */
static uint32_t check_one_file(const struct mprom_romfs_build_options *options, const uint8_t *data, size_t size)
{
    struct mprom_romfs_build *build = mprom_romfs_build_new(options);
    assert_int_equal(mprom_romfs_build_add_file(build, "file", data, size, 0), 0);
    struct parse_image image;
    parse_built(&image, build);
    assert_int_equal(image.count, 1);
    assert_int_equal(image.entries[0].size, size);
    assert_int_equal(image.entries[0].data_off % options->align, 0);
    assert_memory_equal(image.bytes + image.entries[0].data_off, data, size);
    uint32_t payload_size = image.size - image.header_size;
    done(&image);
    return payload_size;
}

/* Every size of the payload around the ones at which its length takes a byte more, with each alignment. */
static void check_boundary(uint32_t boundary, uint32_t reach, uint32_t align_max,
                           const struct mprom_romfs_build_options *base)
{
    uint8_t *data = scratch_bytes(boundary + reach, boundary);
    bool below = false;
    bool above = false;
    for (uint32_t align = 1; align <= align_max; align *= 2) {
        struct mprom_romfs_build_options options = *base;
        options.align = align;
        for (uint32_t size = boundary > 2 * reach ? boundary - 2 * reach : 1; size < boundary + reach / 4; size++) {
            uint32_t payload_size = check_one_file(&options, data, size);
            below = below || payload_size < boundary;
            above = above || payload_size >= boundary;
        }
    }
    assert_true(below && above);
    free(data);
}

static void test_length_boundaries(void **state)
{
    (void)state;
    for (unsigned parts = 0; parts < 8; parts++) {
        struct mprom_romfs_build_options base = {.no_info = parts & 1, .no_index = parts & 2, .no_seal = parts & 4};
        check_boundary(1 << 7, 64, 64, &base);
        check_boundary(1 << 14, 40, 16, &base);
    }
    struct mprom_romfs_build_options base = {.no_info = true, .no_index = true, .no_seal = true};
    check_boundary(1 << 21, 16, 4, &base);
}

/*
 * Found by search: with a header of 4 bytes the payload would be 128 bytes, which need 5, and with 5 the gap is
 * smaller and it would be 127, which need 4. Padding must make up for it.
 */
static void test_length_without_a_fixed_point(void **state)
{
    (void)state;
    struct mprom_romfs_build_options options = {.align = 2, .no_info = true, .no_index = true, .no_seal = true};
    uint8_t *data = scratch_bytes(128, 1);
    /* 4 + 05 7e 01 'f' 02 80 77 is 11; so the contents start at 12, aligned, with a padded length. */
    struct mprom_romfs_build *build = mprom_romfs_build_new(&options);
    assert_int_equal(mprom_romfs_build_add_file(build, "ff", data, 119, 0), 0);
    struct parse_image image;
    parse_built(&image, build);
    assert_int_equal(image.header_size, 5);
    assert_in_range(image.size - image.header_size, 128, 131);
    done(&image);
    free(data);
}

/* Nothing is wasted: with no alignment to keep, every length is as short as it can be. */
static void test_sizes_are_exact(void **state)
{
    (void)state;
    struct mprom_romfs_build_options options = {.align = 1, .no_info = true, .no_index = true, .no_seal = true};
    uint8_t *data = scratch_bytes(20000, 7);
    uint32_t seed = 3;
    for (int round = 0; round < 300; round++) {
        struct mprom_romfs_build *build = mprom_romfs_build_new(&options);
        uint32_t payload_size = 0;
        uint32_t file_count = scratch_next(&seed) % 8;
        for (uint32_t i = 0; i < file_count; i++) {
            char path[16];
            int name_size = snprintf(path, sizeof path, "f%u", i);
            uint32_t size = scratch_next(&seed) % (round % 3 == 0 ? 20000 : 200) + 8;
            assert_int_equal(mprom_romfs_build_add_file(build, path, data + i, size, 0), 0);
            uint32_t body = 1 + (uint32_t)name_size + 1 + varuint_size(size) + size;
            payload_size += 1 + varuint_size(body) + body;
        }
        uint32_t image_size = 3 + varuint_size(payload_size) + payload_size;
        if (image_size % 2 != 0) {
            image_size = 3 + varuint_size(payload_size + 3) + payload_size + 3;
            image_size += image_size % 2; /* the longer length has made it odd again: 2 bytes of padding do */
        }
        struct parse_image image;
        parse_built(&image, build);
        assert_int_equal(image.size, image_size);
        done(&image);
    }
    free(data);
}

/* Directories whose size is near the one at which their length takes a byte more. */
static void test_directory_boundaries(void **state)
{
    (void)state;
    static const uint32_t boundaries[] = {1 << 7, 1 << 14};
    for (size_t b = 0; b < 2; b++) {
        uint8_t *data = scratch_bytes(boundaries[b] + 64, 1);
        for (uint32_t size = boundaries[b] - 48; size < boundaries[b] + 8; size++) {
            for (uint32_t align = 1; align <= 16; align *= 2) {
                struct mprom_romfs_build_options options = {.align = align};
                struct mprom_romfs_build *build = mprom_romfs_build_new(&options);
                assert_int_equal(mprom_romfs_build_add_file(build, "one/two/three/file", data, size, 0), 0);
                assert_int_equal(mprom_romfs_build_add_file(build, "one/x", data + 1, 3, 0), 0);
                assert_int_equal(mprom_romfs_build_add_dir(build, "void"), 0);
                struct parse_image image;
                parse_built(&image, build);
                assert_int_equal(image.count, 6);
                const struct parse_entry *file = parse_find(&image, "one/two/three/file");
                assert_int_equal(file->data_off % align, 0);
                assert_memory_equal(image.bytes + file->data_off, data, size);
                /* At most one byte for each directory whose length had to be padded. */
                uint32_t head = file->data_off - parse_find(&image, "one")->off;
                assert_in_range(head, 0, 3 * (1 + 3 + 1) + 11 + 1 + 3 + 5 + 1 + 3 + 3 + align - 1);
                done(&image);
            }
        }
        free(data);
    }
}

/* Pointers whose offset is near the one at which it takes a byte more. */
static void test_pointer_boundaries(void **state)
{
    (void)state;
    static const uint32_t boundaries[] = {1 << 7, 1 << 14, 1 << 21};
    struct mprom_romfs_build_options options = {.align = 1, .no_info = true, .no_index = true, .no_seal = true};
    for (size_t b = 0; b < 3; b++) {
        uint8_t *data = scratch_bytes(boundaries[b], 1);
        for (uint32_t size = boundaries[b] - 30; size < boundaries[b]; size++) {
            struct mprom_romfs_build *build = mprom_romfs_build_new(&options);
            assert_int_equal(mprom_romfs_build_add_file(build, "a", data, size, 0), 0);
            assert_int_equal(mprom_romfs_build_add_file(build, "b", "shared", 6, 0), 0);
            assert_int_equal(mprom_romfs_build_add_file(build, "c", "shared", 6, 0), 0);
            assert_int_equal(mprom_romfs_build_add_file(build, "d", "behind", 6, 0), 0);
            struct parse_image image;
            parse_built(&image, build);
            assert_int_equal(image.count, 4);
            assert_true(parse_find(&image, "c")->is_pointer);
            assert_memory_equal(image.bytes + parse_find(&image, "c")->data_off, "shared", 6);
            assert_memory_equal(image.bytes + parse_find(&image, "d")->data_off, "behind", 6);
            done(&image);
        }
        free(data);
    }
}

static void test_each_alignment(void **state)
{
    (void)state;
    uint8_t *data = scratch_bytes(64, 2);
    for (uint32_t align = 1; align <= 65536; align *= 2) {
        for (size_t name_size = 1; name_size <= 70; name_size++) {
            struct mprom_romfs_build_options options = {.align = align};
            char name[128];
            memset(name, 'n', name_size);
            name[name_size] = '\0';
            struct mprom_romfs_build *build = mprom_romfs_build_new(&options);
            assert_int_equal(mprom_romfs_build_add_file(build, name, data, 40, 0), 0);
            assert_int_equal(mprom_romfs_build_add_file(build, "m/second", data, 41, 0), 0);
            struct parse_image image;
            parse_built(&image, build);
            assert_int_equal(image.count, 3);
            assert_int_equal(parse_info_number(&image, 4), align > 4 ? align : 4);
            for (size_t i = 0; i < 3; i++) {
                const struct parse_entry *entry = &image.entries[i];
                assert_int_equal(entry->is_dir ? 0 : entry->data_off % align, 0);
                assert_memory_equal(image.bytes + entry->data_off, entry->is_dir ? image.bytes : data, entry->size);
            }
            done(&image);
        }
    }
    free(data);
}

static void test_alignment_by_pattern(void **state)
{
    (void)state;
    static const struct mprom_romfs_build_align aligns[] = {
        {"small*.tflite", 1}, {"*.tflite", 16}, {"models/*", 4096}, {"[ab]?", 64}};
    static const struct {
        const char *path;
        uint32_t align;
    } cases[] = {
        {"small.tflite", 1}, {"big.tflite", 16}, {"lib/deep/big.tflite", 16},
        {"models/x", 4096},  {"models/y", 4096}, {"models/z.tflite", 16},
        {"other/models", 8}, {"a1", 64},         {"lib/b2", 64},
        {"c3", 8},           {"z", 8},
    };
    struct mprom_romfs_build_options options = {.align = 8, .aligns = aligns, .align_count = 4};
    size_t count = sizeof cases / sizeof cases[0];
    /* An alignment that is kept by chance is not kept for every length of what stands in front. */
    bool loose[sizeof cases / sizeof cases[0]] = {false};
    uint8_t *data = scratch_bytes(128, 4);
    for (size_t shift = 1; shift < 64; shift++) {
        struct mprom_romfs_build *build = mprom_romfs_build_new(&options);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(mprom_romfs_build_add_file(build, cases[i].path, data, shift + i, 0), 0);
        }
        struct parse_image image;
        parse_built(&image, build);
        for (size_t i = 0; i < count; i++) {
            const struct parse_entry *entry = parse_find(&image, cases[i].path);
            assert_int_equal(entry->data_off % cases[i].align, 0);
            loose[i] = loose[i] || entry->data_off % (2 * cases[i].align) != 0;
        }
        done(&image);
    }
    free(data);
    for (size_t i = 0; i < count; i++) {
        assert_true(loose[i] || cases[i].align == 4096); /* the image is too small to tell for that one */
    }
}

/* As deep as the parser of these tests goes; the builder has no limit of its own. */
static void test_deep_directories(void **state)
{
    (void)state;
    static const struct mprom_romfs_build_options options;
    char path[2 * 190 + 2];
    for (size_t i = 0; i < 190; i++) {
        path[2 * i] = 'd';
        path[2 * i + 1] = '/';
    }
    path[2 * 190] = 'f';
    path[2 * 190 + 1] = '\0';
    struct mprom_romfs_build *build = mprom_romfs_build_new(&options);
    assert_int_equal(mprom_romfs_build_add_file(build, path, "deep", 4, 0), 0);
    struct parse_image image;
    parse_built(&image, build);
    assert_int_equal(image.count, 191);
    assert_memory_equal(image.bytes + parse_find(&image, path)->data_off, "deep", 4);
    done(&image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_length_boundaries),    cmocka_unit_test(test_length_without_a_fixed_point),
        cmocka_unit_test(test_sizes_are_exact),      cmocka_unit_test(test_directory_boundaries),
        cmocka_unit_test(test_pointer_boundaries),   cmocka_unit_test(test_each_alignment),
        cmocka_unit_test(test_alignment_by_pattern), cmocka_unit_test(test_deep_directories),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
