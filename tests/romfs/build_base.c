/* Layout like an earlier image: what stays, what moves, and when everything is laid out anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "romfs/build_parse.h"
#include "romfs/build_rig.h"
#include "romfs/build_scratch.h"

enum {
    FILES = 200,
    FILE_SIZE = 400,
    BLOCK_SIZE = 256,
    MANY_FILES = 1100, /* an index of more than 8 KiB */
};

/* A tree of FILES files, of which one may differ. */
struct tree {
    size_t size[FILES]; /* SIZE_MAX: there is none */
    const uint8_t *data[FILES];
    const char *more; /* a further empty directory */
    const char *label;
};

static uint8_t *pool;

static int fill_pool(void **state)
{
    (void)state;
    pool = scratch_bytes(FILES * FILE_SIZE + 100000, 7);
    return 0;
}

static int free_pool(void **state)
{
    (void)state;
    free(pool);
    return 0;
}

static void tree_init(struct tree *tree)
{
    *tree = (struct tree){.more = NULL};
    for (size_t i = 0; i < FILES; i++) {
        tree->data[i] = pool + i * FILE_SIZE;
        tree->size[i] = FILE_SIZE;
    }
}

static void file_path(size_t i, char path[32])
{
    snprintf(path, 32, i % 4 == 3 ? "lib/f%03zu" : "f%03zu", i);
}

/* base may be NULL. Frees nothing. */
static uint8_t *tree_build(const struct tree *tree, const uint8_t *base, size_t base_size, size_t *size,
                           struct mprom_romfs_build_summary *summary)
{
    struct mprom_romfs_build_options options = {.base = base, .base_size = base_size, .label = tree->label};
    struct mprom_romfs_build *build = new_build(&options);
    for (size_t i = 0; i < FILES; i++) {
        char path[32];
        file_path(i, path);
        if (tree->size[i] != SIZE_MAX) {
            assert_int_equal(mprom_romfs_build_add_file(build, path, tree->data[i], tree->size[i], 0), 0);
        }
    }
    if (tree->more != NULL) {
        assert_int_equal(mprom_romfs_build_add_dir(build, tree->more), 0);
    }
    return finish(build, size, summary);
}

static size_t count_changed(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size)
{
    size_t count = 0;
    for (size_t off = 0; off < b_size; off += BLOCK_SIZE) {
        size_t size = b_size - off < BLOCK_SIZE ? b_size - off : BLOCK_SIZE;
        count += off + size > a_size || memcmp(a + off, b + off, size) != 0;
    }
    return count;
}

/* The image of a tree with the base, all of whose rules are checked. */
static void with_base(struct parse_image *image, const struct tree *tree, const struct parse_image *base,
                      struct mprom_romfs_build_summary *summary)
{
    size_t size;
    uint8_t *bytes = tree_build(tree, base->bytes, base->size, &size, summary);
    parse_image_with_base(image, bytes, size);
    for (size_t i = 0; i < FILES; i++) {
        char path[32];
        file_path(i, path);
        const struct parse_entry *entry = parse_find(image, path);
        if (tree->size[i] == SIZE_MAX) {
            assert_null(entry);
            continue;
        }
        assert_non_null(entry);
        assert_int_equal(entry->size, tree->size[i]);
        assert_memory_equal(bytes + entry->data_off, tree->data[i], tree->size[i]);
        assert_true(entry->size == 0 || entry->data_off % 4 == 0);
    }
}

static void without_base(struct parse_image *image, const struct tree *tree)
{
    size_t size;
    uint8_t *bytes = tree_build(tree, NULL, 0, &size, NULL);
    parse_image(image, bytes, size);
}

static void done(struct parse_image *image)
{
    free((void *)(uintptr_t)image->bytes);
    parse_free(image);
}

/* All but one stand where they stood. */
static void others_stay(const struct parse_image *image, const struct parse_image *base, const char *one)
{
    for (size_t i = 0; i < base->count; i++) {
        const struct parse_entry *was = &base->entries[i];
        const struct parse_entry *is = parse_find(image, was->path);
        if (strcmp(was->path, one) == 0) {
            continue;
        }
        assert_non_null(is);
        assert_int_equal(is->off, was->off);
        assert_int_equal(is->data_off, was->data_off);
    }
}

static void test_nothing_changed(void **state)
{
    (void)state;
    struct tree tree;
    struct parse_image base, image;
    struct mprom_romfs_build_summary summary;
    tree_init(&tree);
    without_base(&base, &tree);
    with_base(&image, &tree, &base, &summary);
    assert_int_equal(image.size, base.size);
    assert_memory_equal(image.bytes, base.bytes, base.size);
    assert_int_equal(summary.kept_count, FILES + 1);
    done(&image);
    done(&base);
}

/* Of any size up to what it was, and of any size above, at the top level and below. */
static void test_one_file_changed(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 2, 3, 100, 396, 397, 398, 399, 401, 402, 403, 404, 405, 1000, 4000};
    struct tree tree;
    struct parse_image base;
    tree_init(&tree);
    without_base(&base, &tree);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        for (size_t file = 2; file <= 3; file++) {
            struct tree edited = tree;
            struct parse_image image;
            struct mprom_romfs_build_summary summary;
            char path[32];
            file_path(file, path);
            edited.size[file] = sizes[i];
            edited.data[file] = pool + FILES * FILE_SIZE;
            with_base(&image, &edited, &base, &summary);
            assert_int_equal(summary.kept_count, FILES + 1);
            others_stay(&image, &base, path);
            if (sizes[i] <= FILE_SIZE && FILE_SIZE - sizes[i] != 1 && sizes[i] != 399) {
                assert_false(parse_find(&image, path)->is_pointer);
                assert_int_equal(image.size, base.size);
            }
            done(&image);
        }
    }
    done(&base);
}

/* An edit touches what holds the file, and a small index moves by no more than the new contents. */
static void test_second_edit(void **state)
{
    (void)state;
    struct tree tree;
    struct parse_image base, first, second;
    tree_init(&tree);
    without_base(&base, &tree);
    tree.size[50] = 450;
    tree.data[50] = pool + FILES * FILE_SIZE;
    with_base(&first, &tree, &base, NULL);
    assert_true(first.size > base.size);
    tree.size[70] = 430;
    tree.data[70] = pool + FILES * FILE_SIZE + 1000;
    with_base(&second, &tree, &first, NULL);
    assert_in_range(second.size - first.size, 430, 440);
    others_stay(&second, &first, "f070");
    /* Of more than 300: the record and the contents are in three each, index and seal in eight. */
    assert_in_range(count_changed(first.bytes, first.size, second.bytes, second.size), 3, 14);
    done(&second);
    done(&first);
    done(&base);
}

/* Files of 20 bytes, of which the first `longer` have 60. */
static uint8_t *many_build(size_t longer, const uint8_t *base, size_t base_size, uint32_t size_max, size_t *size)
{
    struct mprom_romfs_build_options options = {.base = base, .base_size = base_size, .size_max = size_max};
    struct mprom_romfs_build *build = new_build(&options);
    for (size_t i = 0; i < MANY_FILES; i++) {
        char path[32];
        snprintf(path, sizeof path, "f%04zu", i);
        assert_int_equal(mprom_romfs_build_add_file(build, path, pool + i * 20, i < longer ? 60 : 20, 0), 0);
    }
    return finish(build, size, NULL);
}

/* A large index leaves room when it moves; then an edit touches what holds the file, its slot and the seal. */
static void test_large_index(void **state)
{
    (void)state;
    size_t sizes[3];
    uint8_t *base = many_build(0, NULL, 0, 0, &sizes[0]);
    uint8_t *first = many_build(1, base, sizes[0], 0, &sizes[1]);
    uint8_t *second = many_build(2, first, sizes[1], 0, &sizes[2]);
    assert_true(sizes[1] > sizes[0] + sizes[0] / 64);
    assert_int_equal(sizes[2], sizes[1]);
    /* Of nearly 200: the record in two, the contents in two, the length of the padding in one, the seal in one. */
    assert_in_range(count_changed(first, sizes[1], second, sizes[2]), 3, 7);
    free(base);
    free(first);
    free(second);
}

static void test_added_and_removed(void **state)
{
    (void)state;
    struct tree tree;
    struct parse_image base, less, more;
    struct mprom_romfs_build_summary summary;
    tree_init(&tree);
    tree.size[9] = SIZE_MAX;
    without_base(&base, &tree);
    tree.size[9] = FILE_SIZE;
    with_base(&more, &tree, &base, &summary);
    assert_int_equal(summary.kept_count, FILES);
    others_stay(&more, &base, "");
    tree.size[21] = SIZE_MAX;
    tree.size[23] = SIZE_MAX; /* in lib */
    with_base(&less, &tree, &more, &summary);
    assert_int_equal(summary.kept_count, FILES - 1);
    /* What takes the place of one that was removed is itself no reason for the others to move. */
    tree.size[9] = SIZE_MAX;
    tree.size[21] = FILE_SIZE;
    done(&more);
    with_base(&more, &tree, &less, &summary);
    assert_int_equal(parse_find(&more, "f021")->off, parse_find(&base, "f021")->off);
    assert_int_equal(more.size, less.size);
    done(&more);
    done(&less);
    done(&base);
}

/* Two files that shared contents at the top level differ now: only one can have the place. */
static void test_shared_no_longer(void **state)
{
    (void)state;
    struct tree tree;
    struct parse_image base, shared, apart;
    tree_init(&tree);
    without_base(&base, &tree);
    for (size_t i = 50; i < 52; i++) {
        tree.size[i] = 450;
        tree.data[i] = pool + FILES * FILE_SIZE;
    }
    with_base(&shared, &tree, &base, NULL);
    assert_int_equal(parse_find(&shared, "f050")->data_off, parse_find(&shared, "lib/f051")->data_off);
    for (size_t i = 50; i < 52; i++) {
        struct tree edited = tree;
        edited.data[i] += 1000;
        with_base(&apart, &edited, &shared, NULL);
        assert_int_not_equal(parse_find(&apart, "f050")->data_off, parse_find(&apart, "lib/f051")->data_off);
        done(&apart);
    }
    done(&shared);
    done(&base);
}

/* A record whose length has bytes to spare, as other builders may write it. */
static void test_padded_length(void **state)
{
    (void)state;
    for (size_t more = 0; more < 60; more++) {
        uint8_t image[80] = {0xd2, 0xcd, 0x31, (uint8_t)(9 + more), 5};
        uint8_t *end = image + 5;
        memset(end, 0x80, more);
        end += more;
        memcpy(end,
               "\x07\x01"
               "a"
               "\x02\x03"
               "one",
               8);
        size_t size = 13 + more;
        if (size % 2 != 0) {
            continue;
        }
        struct mprom_romfs_build_options options = bare;
        options.base = image;
        options.base_size = size;
        struct mprom_romfs_build *build = new_build(&options);
        struct mprom_romfs_build_summary summary;
        size_t new_size;
        add_text(build, "a", "one");
        uint8_t *bytes = finish(build, &new_size, &summary);
        assert_int_equal(summary.kept_count, more < 10);
        if (more < 10) {
            assert_int_equal(new_size, size);
            assert_memory_equal(bytes, image, size);
        }
        struct parse_image parsed;
        parse_image_with_base(&parsed, bytes, new_size);
        done(&parsed);
    }
}

/* Where a base is of no use, the image is the one without. */
static void test_anew(void **state)
{
    (void)state;
    struct tree tree, other;
    struct parse_image without, base;
    struct mprom_romfs_build_summary summary;
    size_t size;
    tree_init(&tree);
    without_base(&without, &tree);
    static const uint8_t no_image[] = {0xd2, 0xcd, 0x31, 0x7f, 1};
    static const uint8_t empty[] = {0xd2, 0xcd, 0x31, 0x00};
    const struct {
        const uint8_t *bytes;
        size_t size;
    } useless[] = {{no_image, sizeof no_image}, {no_image, 0}, {empty, sizeof empty}, {pool, 5000}};
    for (size_t i = 0; i < sizeof useless / sizeof useless[0]; i++) {
        uint8_t *bytes = tree_build(&tree, useless[i].bytes, useless[i].size, &size, &summary);
        assert_int_equal(summary.kept_count, 0);
        assert_int_equal(size, without.size);
        assert_memory_equal(bytes, without.bytes, size);
        free(bytes);
    }
    /* An info record that needs more room moves everything. */
    other = tree;
    other.label = "none of these bytes were there before";
    without_base(&base, &other);
    uint8_t *bytes = tree_build(&other, without.bytes, without.size, &size, &summary);
    assert_int_equal(summary.kept_count, 0);
    assert_int_equal(size, base.size);
    assert_memory_equal(bytes, base.bytes, size);
    free(bytes);
    done(&base);
    /* So does a base that would make the image too large: most of what it held is gone. */
    other = tree;
    for (size_t i = 0; i < FILES / 2; i++) {
        tree.size[i] = SIZE_MAX;
    }
    without_base(&base, &tree);
    bytes = tree_build(&tree, without.bytes, without.size, &size, &summary);
    assert_int_equal(summary.kept_count, 0);
    assert_int_equal(size, base.size);
    assert_memory_equal(bytes, base.bytes, size);
    free(bytes);
    done(&base);
    done(&without);
}

/* Damage has left one byte in a directory that is no record: padding for its place would not fit. */
static void test_crumb_in_a_directory(void **state)
{
    (void)state;
    static const uint8_t image[] = {0xd2, 0xcd, 0x31, 14, 4, 12, 1, 'd', 5, 7, 1, 'a', 2, 3, 'o', 'n', 'e', 0x80};
    struct mprom_romfs_build_options options = bare;
    options.base = image;
    options.base_size = sizeof image;
    struct mprom_romfs_build *build = new_build(&options);
    struct mprom_romfs_build_summary summary;
    size_t size;
    add_text(build, "d/a", "one");
    uint8_t *bytes = finish(build, &size, &summary);
    struct parse_image parsed;
    parse_image_with_base(&parsed, bytes, size);
    assert_non_null(parse_find(&parsed, "d/a"));
    done(&parsed);
}

enum {
    LARGE_FILES = 4,
    LARGE_SIZE = 27000,
    LARGE_GROWN = 28500,
    LARGE_EDITS = 40,
};

/* Files that nearly fill a segment. */
static uint8_t *large_build(const size_t size[LARGE_FILES], const char *dir,
                            struct mprom_romfs_build_options *options, size_t *image_size,
                            struct mprom_romfs_build_summary *summary)
{
    struct mprom_romfs_build *build = new_build(options);
    for (size_t i = 0; i < LARGE_FILES; i++) {
        char path[32];
        snprintf(path, sizeof path, "%sf%zu", i % 2 ? dir : "", i);
        assert_int_equal(mprom_romfs_build_add_file(build, path, pool + i * 11000, size[i], 0), 0);
    }
    return finish(build, image_size, summary);
}

static void large_check(const uint8_t *bytes, size_t size, const size_t file_size[LARGE_FILES], const char *dir)
{
    struct parse_image image;
    parse_image_with_base(&image, bytes, size);
    for (size_t i = 0; i < LARGE_FILES; i++) {
        char path[32];
        snprintf(path, sizeof path, "%sf%zu", i % 2 ? dir : "", i);
        const struct parse_entry *entry = parse_find(&image, path);
        assert_non_null(entry);
        assert_int_equal(entry->size, file_size[i]);
        assert_memory_equal(bytes + entry->data_off, pool + i * 11000, file_size[i]);
    }
    parse_free(&image);
}

/* L8: a layout like the base's that does not fit becomes tighter, and keeps what it can. */
static void test_a_segment_nearly_full(void **state)
{
    (void)state;
    static const char *const dirs[] = {"", "d/"};
    for (size_t dir = 0; dir < 2; dir++) {
        size_t sizes[LARGE_FILES] = {LARGE_SIZE, LARGE_SIZE, LARGE_SIZE, LARGE_SIZE};
        size_t base_size, size, plain_size;
        struct mprom_romfs_build_options options = {0};
        struct mprom_romfs_build_summary summary;
        uint8_t *base = large_build(sizes, dirs[dir], &options, &base_size, NULL);
        sizes[1] = LARGE_GROWN;
        free(large_build(sizes, dirs[dir], &options, &plain_size, NULL));
        options = (struct mprom_romfs_build_options){.base = base, .base_size = base_size};
        free(large_build(sizes, dirs[dir], &options, &size, NULL));
        assert_true(size > 128 << 10);
        options.size_max = 128 << 10;
        uint8_t *bytes = large_build(sizes, dirs[dir], &options, &size, &summary);
        assert_true(size <= options.size_max);
        assert_int_equal(summary.kept_count, dir == 0 ? 2 : 0); /* a large directory that grew leaves nobody room */
        large_check(bytes, size, sizes, dirs[dir]);
        free(bytes);
        /* Down to the last byte that a plain one needs; one less is an error. */
        options.size_max = (uint32_t)plain_size;
        bytes = large_build(sizes, dirs[dir], &options, &size, NULL);
        assert_true(size <= plain_size);
        large_check(bytes, size, sizes, dirs[dir]);
        free(bytes);
        options.size_max = (uint32_t)plain_size - 2;
        struct mprom_romfs_build *build = new_build(&options);
        for (size_t i = 0; i < LARGE_FILES; i++) {
            char path[32];
            snprintf(path, sizeof path, "%sf%zu", i % 2 ? dirs[dir] : "", i);
            assert_int_equal(mprom_romfs_build_add_file(build, path, pool + i * 11000, sizes[i], 0), 0);
        }
        assert_int_equal(mprom_romfs_build_write_memory(build, &bytes, &size, NULL), -MPROM_ENOSPC);
        char wanted[80];
        snprintf(wanted, sizeof wanted, "the image would have %zu bytes, and only %u fit", plain_size,
                 options.size_max);
        assert_string_equal(mprom_romfs_build_error(build), wanted);
        mprom_romfs_build_free(build);
        free(base);
    }
}

/* L8: the room that a large index leaves for edits shrinks as the segment fills. */
static void test_room_shrinks(void **state)
{
    (void)state;
    size_t base_size, roomy_size, size;
    uint8_t *base = many_build(0, NULL, 0, 0, &base_size);
    struct parse_image was;
    parse_image(&was, base, base_size);
    free(many_build(1, base, base_size, 0, &roomy_size));
    for (size_t less = 0; less <= 1200; less += 150) {
        uint32_t size_max = (uint32_t)(roomy_size - less);
        uint8_t *bytes = many_build(1, base, base_size, size_max, &size);
        assert_in_range(size, size_max - 16, size_max);
        struct parse_image image;
        parse_image_with_base(&image, bytes, size);
        assert_int_equal(parse_find(&image, "f1099")->off, parse_find(&was, "f1099")->off);
        done(&image);
    }
    done(&was);
}

/* L8: whatever changes, a segment that a plain image fits is enough, edit after edit. */
static void test_edits_in_a_full_segment(void **state)
{
    (void)state;
    uint32_t seed = 5;
    for (uint32_t room = 0; room <= 20000; room += 2500) {
        size_t sizes[LARGE_FILES] = {LARGE_SIZE, 3000, 12000, LARGE_SIZE};
        struct mprom_romfs_build_options options = {0};
        size_t base_size, size, plain_size;
        uint8_t *base = large_build(sizes, "d/", &options, &base_size, NULL);
        for (int i = 0; i < LARGE_EDITS; i++) {
            sizes[scratch_next(&seed) % LARGE_FILES] = scratch_next(&seed) % LARGE_GROWN;
            options = (struct mprom_romfs_build_options){0};
            free(large_build(sizes, "d/", &options, &plain_size, NULL));
            options = (struct mprom_romfs_build_options){
                .base = base, .base_size = base_size, .size_max = (uint32_t)plain_size + room};
            uint8_t *bytes = large_build(sizes, "d/", &options, &size, NULL);
            assert_true(size <= options.size_max);
            large_check(bytes, size, sizes, "d/");
            free(base);
            base = bytes;
            base_size = size;
        }
        free(base);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_changed),
        cmocka_unit_test(test_one_file_changed),
        cmocka_unit_test(test_second_edit),
        cmocka_unit_test(test_large_index),
        cmocka_unit_test(test_added_and_removed),
        cmocka_unit_test(test_shared_no_longer),
        cmocka_unit_test(test_padded_length),
        cmocka_unit_test(test_crumb_in_a_directory),
        cmocka_unit_test(test_anew),
        cmocka_unit_test(test_a_segment_nearly_full),
        cmocka_unit_test(test_room_shrinks),
        cmocka_unit_test(test_edits_in_a_full_segment),
    };
    return cmocka_run_group_tests(tests, fill_pool, free_pool);
}
