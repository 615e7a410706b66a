/*
 * How the check works with its caller: what it reads, when it stops, what it needs. Which faults it finds is tested
 * with the golden images (golden.c).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mprom/romfs_check.h"
#include "romfs/blob.h"
#include "romfs/utf8.h"

enum {
    ALL_FLAGS = MPROM_ROMFS_CHECK_NAMES | MPROM_ROMFS_CHECK_INDEX | MPROM_ROMFS_CHECK_TRAILING,
    LEVELS = 16,
    SORT_ROOM = 2048,
    READ_ERROR = -MPROM_EIO,
};

/* A source that watches what is read, and can fail or be unsteady. */
struct watched {
    const uint8_t *bytes;
    uint32_t size;
    uint32_t read_count;
    uint32_t read_size;
    uint32_t fail_at; /* the read that fails, counted from 1; 0 for none */
    uint32_t noise;   /* not 0: each read flips a bit somewhere */
};

static int watched_read(void *ctx, uint32_t off, void *dst, uint32_t size)
{
    struct watched *watched = ctx;

    assert_true(size > 0);
    assert_true(off <= watched->size && size <= watched->size - off);
    assert_true(watched->fail_at == 0 || watched->read_count < watched->fail_at);
    watched->read_count++;
    watched->read_size += size;
    if (watched->read_count == watched->fail_at) {
        return READ_ERROR;
    }
    memcpy(dst, watched->bytes + off, size);
    if (watched->noise != 0) {
        watched->noise = watched->noise * 1664525U + 1013904223U;
        ((uint8_t *)dst)[(watched->noise >> 8) % size] ^= (uint8_t)(1U << (watched->noise >> 29));
    }
    return 0;
}

/* The faults that were reported. */
struct heard {
    unsigned count;
    unsigned stop_at; /* 0: never */
    enum mprom_romfs_fault fault;
    uint32_t off;
    char path[64];
};

static int hear(void *ctx, enum mprom_romfs_fault fault, uint32_t off, const char *path, uint32_t path_size)
{
    struct heard *heard = ctx;

    heard->count++;
    heard->fault = fault;
    heard->off = off;
    memcpy(heard->path, path, path_size);
    heard->path[path_size] = '\0';
    return heard->count == heard->stop_at;
}

/* Room for a check, and the check itself with all of it handed in. */
struct bench {
    struct watched watched;
    struct mprom_romfs_source source;
    struct mprom_romfs_check_level levels[LEVELS];
    uint32_t sort[SORT_ROOM];
    char path[64];
    struct heard heard;
    struct mprom_romfs_check check;
};

static struct bench bench;

static struct mprom_romfs_check *prepare(const struct blob *image)
{
    memset(&bench, 0, sizeof(bench));
    bench.watched.bytes = image->bytes;
    bench.watched.size = (uint32_t)image->size;
    bench.source =
        (struct mprom_romfs_source){.read = watched_read, .ctx = &bench.watched, .size = bench.watched.size};
    bench.check = (struct mprom_romfs_check){
        .source = &bench.source,
        .flags = ALL_FLAGS,
        .levels = bench.levels,
        .level_count = LEVELS,
        .path = bench.path,
        .path_room = sizeof(bench.path) - 1,
        .sort = bench.sort,
        .sort_room = SORT_ROOM,
        .on_fault = hear,
        .ctx = &bench.heard,
    };
    return &bench.check;
}

/* d/ {e/ {x} f} g, with info that asks for a seal. */
static void make_image(struct blob *image, bool index, bool seal)
{
    struct blob payload = {0};
    struct blob e = {0};
    struct blob d = {0};

    if (seal) {
        blob_record(&payload, 0x6d7001, "\7", 2);
    }
    blob_file(&e, "x", "deep");
    blob_dir(&d, "e", &e);
    blob_file(&d, "f", "flat");
    blob_dir(&payload, "d", &d);
    blob_file(&payload, "g", "");
    blob_image(image, &payload, index, seal);
}

/* Three faults: a name twice, a file without contents, and the same in a directory. */
static void make_faults(struct blob *image)
{
    static const uint8_t no_contents[] = {1, 'n'};
    struct blob payload = {0};
    struct blob d = {0};

    blob_file(&payload, "a", "");
    blob_file(&payload, "a", "");
    blob_record(&d, 5, no_contents, sizeof(no_contents));
    blob_dir(&payload, "directory", &d);
    blob_record(&payload, 5, no_contents, sizeof(no_contents));
    blob_image(image, &payload, false, false);
}

static void test_results(void **state)
{
    struct blob image;
    struct mprom_romfs_check *check;

    (void)state;
    for (int index = 0; index < 2; index++) {
        for (int seal = 0; seal < 2; seal++) {
            make_image(&image, index != 0, seal != 0);
            check = prepare(&image);
            assert_int_equal(mprom_romfs_check(check), 0);
            assert_int_equal(check->first, MPROM_ROMFS_FAULT_NONE);
            assert_int_equal(check->fault_count, 0);
            assert_int_equal(check->image_size, image.size);
            assert_int_equal(check->file_count, 3);
            assert_int_equal(check->dir_count, 2);
            assert_int_equal(check->has_info, seal != 0);
            assert_int_equal(check->has_index, index != 0);
            assert_int_equal(check->has_seal, seal != 0);
            if (seal != 0) {
                assert_int_equal(check->crc, mprom_romfs_crc32(0, image.bytes, image.size - 4));
            }
        }
    }
}

static void test_goes_on_or_stops(void **state)
{
    struct blob image;
    struct mprom_romfs_check *check;

    (void)state;
    make_faults(&image);
    for (unsigned stop_at = 0; stop_at <= 3; stop_at++) {
        check = prepare(&image);
        bench.heard.stop_at = stop_at;
        assert_int_equal(mprom_romfs_check(check), -MPROM_EBADMSG);
        assert_int_equal(bench.heard.count, stop_at == 0 ? 3 : stop_at);
        assert_int_equal(check->fault_count, bench.heard.count);
        assert_int_equal(check->first, MPROM_ROMFS_FAULT_NAME_TWICE);
        assert_int_equal(check->first_off, 10);
    }
    assert_string_equal(bench.heard.path, "n");
    check = prepare(&image);
    check->on_fault = NULL;
    assert_int_equal(mprom_romfs_check(check), -MPROM_EBADMSG);
    assert_int_equal(check->fault_count, 1);
}

static void test_path_is_cut_at_its_room(void **state)
{
    static const char *const paths[] = {"",           "d",           "di",         "dir",      "dire",
                                        "direc",      "direct",      "directo",    "director", "directory",
                                        "directory/", "directory/n", "directory/n"};
    struct blob image;

    (void)state;
    make_faults(&image);
    for (uint32_t room = 0; room < sizeof(paths) / sizeof(paths[0]); room++) {
        struct mprom_romfs_check *check = prepare(&image);
        char *path = malloc(room + (room == 0));

        assert_non_null(path);
        bench.heard.stop_at = 2;
        check->path = path;
        check->path_room = room;
        assert_int_equal(mprom_romfs_check(check), -MPROM_EBADMSG);
        assert_string_equal(bench.heard.path, paths[room]);
        free(path);
    }
    bench.check.path = NULL;
    bench.check.path_room = 99;
    bench.heard.count = 0;
    assert_int_equal(mprom_romfs_check(&bench.check), -MPROM_EBADMSG);
    assert_string_equal(bench.heard.path, "");
}

/* The first fault that remains when a flag is off, in an image that has the fault which the flag asks for. */
static void test_flags(void **state)
{
    struct blob image;
    struct mprom_romfs_check *check;

    (void)state;
    make_faults(&image);
    check = prepare(&image);
    check->flags = ALL_FLAGS & ~(unsigned)MPROM_ROMFS_CHECK_NAMES;
    assert_int_equal(mprom_romfs_check(check), -MPROM_EBADMSG);
    assert_int_equal(check->first, MPROM_ROMFS_FAULT_NO_DATA);

    make_image(&image, true, true);
    blob_add(&image, "junk", 4);
    check = prepare(&image);
    assert_int_equal(mprom_romfs_check(check), -MPROM_EBADMSG);
    assert_int_equal(check->first, MPROM_ROMFS_FAULT_TRAILING);
    check->flags = 0;
    assert_int_equal(mprom_romfs_check(check), 0);

    image.size -= 4;
    image.bytes[image.size - 20] ^= 1; /* in a slot of the index */
    check = prepare(&image);
    assert_int_equal(mprom_romfs_check(check), -MPROM_EBADMSG);
    assert_int_equal(check->first, MPROM_ROMFS_FAULT_INDEX);
    check->flags = 0;
    assert_int_equal(mprom_romfs_check(check), -MPROM_EBADMSG);
    assert_int_equal(check->first, MPROM_ROMFS_FAULT_SEAL);
    check->flags = MPROM_ROMFS_CHECK_NO_SEAL;
    assert_int_equal(mprom_romfs_check(check), 0);
    assert_true(check->has_seal);
}

static void test_levels(void **state)
{
    struct blob image;

    (void)state;
    make_image(&image, false, false);
    for (uint32_t level_count = 0; level_count <= 3; level_count++) {
        struct mprom_romfs_check *check = prepare(&image);

        check->level_count = level_count;
        assert_int_equal(mprom_romfs_check(check), level_count < 2 ? -MPROM_EBADMSG : 0);
        assert_int_equal(check->fault_count, level_count < 2 ? 1 : 0);
        assert_int_equal(check->first, level_count < 2 ? MPROM_ROMFS_FAULT_DEPTH : MPROM_ROMFS_FAULT_NONE);
        assert_string_equal(bench.heard.path, level_count == 0 ? "d" : level_count == 1 ? "d/e" : "");
    }
}

/* Names in no order, one of them for the second time. */
static void make_unsorted(struct blob *image, unsigned count)
{
    struct blob payload = {0};
    char name[8];

    for (unsigned i = 0; i < count; i++) {
        snprintf(name, sizeof(name), "%03u", i * 377 % 1000); /* 377 and 1000 have no factor in common */
        blob_file(&payload, name, "");
    }
    blob_file(&payload, "377", "");
    blob_image(image, &payload, false, false);
}

static void test_equal_names_need_room(void **state)
{
    struct blob image;

    (void)state;
    for (unsigned count = 3; count <= 1000; count += count < 20 ? 1 : 97) {
        struct mprom_romfs_check *check;
        uint32_t *sort = malloc((count + 1) * sizeof(*sort)); /* of its very size, for the sanitizer */

        assert_non_null(sort);
        make_unsorted(&image, count);
        check = prepare(&image);
        check->sort = sort;
        check->sort_room = count + 1;
        assert_int_equal(mprom_romfs_check(check), -MPROM_EBADMSG);
        assert_int_equal(bench.heard.count, 1);
        assert_int_equal(bench.heard.fault, MPROM_ROMFS_FAULT_NAME_TWICE);
        assert_string_equal(bench.heard.path, "377");
        free(sort);
        sort = malloc(count * sizeof(*sort));
        assert_non_null(sort);
        check = prepare(&image);
        check->sort = sort;
        check->sort_room = count;
        assert_int_equal(mprom_romfs_check(check), 0);
        check->sort = NULL;
        check->sort_room = count + 1;
        assert_int_equal(mprom_romfs_check(check), 0);
        free(sort);
    }
}

/* Random names: every one that occurred before is reported, each once. */
static void test_all_equal_names_are_found(void **state)
{
    enum {
        COUNT = 60,
        NAMES = 64,
    };
    uint32_t random = 1;

    (void)state;
    for (int round = 0; round < 200; round++) {
        struct blob payload = {0};
        struct blob image;
        unsigned times[NAMES] = {0};
        unsigned again = 0;

        for (unsigned i = 0; i < COUNT; i++) {
            char name[4];

            random = random * 1664525U + 1013904223U;
            again += times[random >> 24 & 63]++ > 0;
            snprintf(name, sizeof(name), "%u", 10 + (unsigned)(random >> 24 & 63));
            blob_file(&payload, name, "");
        }
        blob_image(&image, &payload, false, false);
        mprom_romfs_check(prepare(&image));
        assert_int_equal(bench.heard.count, again);
        assert_int_equal(bench.heard.fault, MPROM_ROMFS_FAULT_NAME_TWICE);
    }
}

/* An index of many slots, of which each is looked for. */
static void test_large_index(void **state)
{
    struct blob payload = {0};
    struct blob image;
    struct mprom_romfs fs;

    (void)state;
    for (unsigned d = 0; d < 20; d++) {
        struct blob dir = {0};
        char name[8];

        for (unsigned f = 0; f < 20; f++) {
            snprintf(name, sizeof(name), "f%u", 10 + f);
            blob_file(&dir, name, "");
        }
        snprintf(name, sizeof(name), "d%u", 10 + d);
        blob_dir(&payload, name, &dir);
    }
    blob_image(&image, &payload, true, false);
    assert_int_equal(mprom_romfs_check(prepare(&image)), 0);
    assert_int_equal(mprom_romfs_open(&fs, image.bytes, image.size), 0);
    for (uint32_t i = 0; i < fs.index_count; i++) {
        uint32_t off = fs.index_off + 8 * i + 4;

        image.bytes[off] ^= 1;
        prepare(&image);
        bench.check.flags = MPROM_ROMFS_CHECK_INDEX;
        assert_int_equal(mprom_romfs_check(&bench.check), -MPROM_EBADMSG);
        assert_int_equal(bench.check.first, MPROM_ROMFS_FAULT_INDEX);
        image.bytes[off] ^= 1;
    }
}

/* Wherever the source fails, its error is the result, and it is not asked again (watched_read() sees to that). */
static void test_source_fails(void **state)
{
    struct blob image;
    uint32_t read_count;

    (void)state;
    make_image(&image, true, true);
    blob_add(&image, "\xff\xff", 2);
    assert_int_equal(mprom_romfs_check(prepare(&image)), 0);
    read_count = bench.watched.read_count;
    assert_true(read_count > 5);
    for (uint32_t fail_at = 1; fail_at <= read_count; fail_at++) {
        prepare(&image);
        bench.watched.fail_at = fail_at;
        assert_int_equal(mprom_romfs_check(&bench.check), READ_ERROR);
    }
}

/* Flash that reads differently each time: any result, but no read outside and an end. */
static void test_unsteady_source(void **state)
{
    struct blob image;

    (void)state;
    make_unsorted(&image, 200);
    for (uint32_t seed = 1; seed <= 3000; seed++) {
        if (seed == 300) {
            make_image(&image, true, true);
        }
        prepare(&image);
        bench.watched.noise = seed;
        mprom_romfs_check(&bench.check);
        assert_true(bench.watched.read_count < 1000000);
    }
}

/* Bytes read for n bytes of image: never much more than a multiple, whatever is in it. */
static void assert_work(const struct blob *image, uint32_t factor)
{
    struct mprom_romfs_check *check = prepare(image);

    mprom_romfs_check(check);
    assert_true(bench.watched.read_size / factor <= image->size);
}

static void test_work_is_bounded(void **state)
{
    struct blob payload = {0};
    struct blob image;

    (void)state;
    /* Directories of four bytes, which all have the same name; sorted, so each is a fault. */
    for (unsigned i = 0; i < 10000; i++) {
        blob_dir(&payload, "a", &(struct blob){0});
    }
    blob_image(&image, &payload, false, false);
    assert_work(&image, 100);
    /* One number of 60,000 bytes. */
    blob_clear(&payload);
    blob_varuint(&payload, 1, 60000);
    blob_varuint(&payload, 0, 0);
    blob_image(&image, &payload, false, false);
    assert_work(&image, 4);
    /* Names of 1,000 bytes that differ in the last one, in falling order. */
    blob_clear(&payload);
    for (unsigned i = 0; i < 60; i++) {
        char name[1001];

        memset(name, 'n', sizeof(name));
        name[999] = (char)('z' - i);
        name[1000] = '\0';
        blob_file(&payload, name, "");
    }
    blob_image(&image, &payload, false, false);
    assert_work(&image, 40);
}

static void test_memory_as_source(void **state)
{
    static const struct {
        uint32_t off;
        uint32_t size;
        int result;
    } cases[] = {
        {0, 4, 0},
        {1, 3, 0},
        {4, 0, 0},
        {0, 5, -MPROM_EINVAL},
        {1, 4, -MPROM_EINVAL},
        {4, 1, -MPROM_EINVAL},
        {5, 0, -MPROM_EINVAL},
        {UINT32_MAX, 2, -MPROM_EINVAL},
        {2, UINT32_MAX, -MPROM_EINVAL},
    };
    static const uint8_t bytes[] = {1, 2, 3, 4};
    struct mprom_romfs_memory memory = {bytes, sizeof(bytes)};
    struct mprom_romfs_source source = mprom_romfs_source_memory(&memory);

    (void)state;
    assert_int_equal(source.size, sizeof(bytes));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint8_t read[4] = {0};

        assert_int_equal(source.read(source.ctx, cases[i].off, read, cases[i].size), cases[i].result);
        if (cases[i].result == 0) {
            assert_memory_equal(read, bytes + cases[i].off, cases[i].size);
        }
    }
}

/* How many sequences of `size` bytes, made of `bytes`, are one character. */
static unsigned count_characters(const uint8_t *bytes, size_t byte_count, unsigned size, struct mprom_romfs_utf8 utf8)
{
    unsigned count = 0;

    for (size_t i = 0; i < byte_count; i++) {
        struct mprom_romfs_utf8 next = utf8;

        if (mprom_romfs_utf8_push(&next, bytes[i])) {
            if (size == 1) {
                count += next.left == 0;
            } else if (next.left != 0) {
                count += count_characters(bytes, byte_count, size - 1, next);
            }
        }
    }
    return count;
}

/* By the definition of UTF-8: 2^7, 2^11 - 2^7, 2^16 - 2^11 - 2^11 (surrogates), 2^20 characters of 1, 2, 3, 4 bytes.
 */
static void test_utf8(void **state)
{
    uint8_t bytes[256];
    struct mprom_romfs_utf8 start = {0};

    (void)state;
    for (unsigned i = 0; i < 256; i++) {
        bytes[i] = (uint8_t)i;
    }
    assert_int_equal(count_characters(bytes, 256, 1, start), 128);
    assert_int_equal(count_characters(bytes, 256, 2, start), 1920);
    assert_int_equal(count_characters(bytes, 256, 3, start), 61440);
    assert_int_equal(count_characters(bytes, 256, 4, start), 1048576);
    assert_int_equal(count_characters(bytes, 256, 5, start), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_results),
        cmocka_unit_test(test_goes_on_or_stops),
        cmocka_unit_test(test_path_is_cut_at_its_room),
        cmocka_unit_test(test_flags),
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_equal_names_need_room),
        cmocka_unit_test(test_all_equal_names_are_found),
        cmocka_unit_test(test_large_index),
        cmocka_unit_test(test_source_fails),
        cmocka_unit_test(test_unsteady_source),
        cmocka_unit_test(test_work_is_bounded),
        cmocka_unit_test(test_memory_as_source),
        cmocka_unit_test(test_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
