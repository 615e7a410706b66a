/* What an image says of itself: the info record and the seal, as the reader sees them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mprom/romfs.h"
#include "romfs/blob.h"

/* Reads the info record with this payload from an image of its very size; pointers in info are void then. */
static int read_info(const void *fields, size_t size, struct mprom_romfs_info *info, char *label)
{
    struct blob payload = {0};
    struct blob image;
    struct mprom_romfs fs;
    uint8_t *mem;
    int r;

    blob_record(&payload, 0x6d7001, fields, size);
    blob_image(&image, &payload, false, false);
    mem = blob_heap(image.bytes, image.size);
    assert_int_equal(mprom_romfs_open(&fs, mem, image.size), 0);
    r = mprom_romfs_info_read(&fs, info);
    if (r > 0 && info->label != NULL) {
        memcpy(label, info->label, info->label_size);
        label[info->label_size] = '\0';
    }
    free(mem);
    return r;
}

static void assert_defaults(const struct mprom_romfs_info *info)
{
    assert_null(info->label);
    assert_int_equal(info->label_size, 0);
    assert_null(info->builder);
    assert_int_equal(info->builder_size, 0);
    assert_int_equal(info->build_time, 0);
    assert_int_equal(info->align, 1);
    assert_null(info->mpy);
    assert_false(info->sealed);
}

static void test_without_info(void **state)
{
    static const uint8_t images[][10] = {
        {0xd2, 0xcd, 0x31, 0},
        {0xd2, 0xcd, 0x31, 6, 5, 4, 1, 'a', 2, 0},
        {0xd2, 0xcd, 0x31, 2, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(images) / sizeof(images[0]); i++) {
        struct mprom_romfs fs;
        struct mprom_romfs_info info;

        memset(&info, 0xa5, sizeof(info));
        assert_int_equal(mprom_romfs_open(&fs, images[i], sizeof(images[i])), 0);
        assert_int_equal(mprom_romfs_info_read(&fs, &info), 0);
        assert_defaults(&info);
    }
}

/* Only the first record counts. */
static void test_info_that_is_not_first(void **state)
{
    struct blob payload = {0};
    struct blob image;
    struct mprom_romfs fs;
    struct mprom_romfs_info info;

    (void)state;
    blob_record(&payload, 1, "", 0);
    blob_record(&payload, 0x6d7001, "\x07", 2);
    blob_image(&image, &payload, false, false);
    assert_int_equal(mprom_romfs_open(&fs, image.bytes, image.size), 0);
    assert_int_equal(mprom_romfs_info_read(&fs, &info), 0);
    assert_false(info.sealed);
}

static void test_all_fields(void **state)
{
    /* 1734567890 is 0b110 0111011 0001101 1001111 1010010: 86 BB 8D CF 52 */
    static const uint8_t bytes[] = {
        0xd2, 0xcd, 0x31, 40,  0x83, 0xb5, 0xe0, 0x01, 33,   9,    2, 0xde, 0xad, 2,    3,
        'l',  'a',  'b',  3,   5,    0x86, 0xbb, 0x8d, 0xcf, 0x52, 4, 2,    0x81, 0x00, 5,
        3,    '1',  '.',  '2', 6,    4,    'M',  6,    0,    0x1f, 7, 0,    1,    0,
    };
    struct mprom_romfs fs;
    struct mprom_romfs_info info;

    (void)state;
    assert_int_equal(mprom_romfs_open(&fs, bytes, sizeof(bytes)), 0);
    assert_int_equal(mprom_romfs_info_read(&fs, &info), 1);
    assert_int_equal(info.label_size, 3);
    assert_ptr_equal(info.label, bytes + 15);
    assert_int_equal(info.build_time, 1734567890);
    assert_int_equal(info.align, 128);
    assert_int_equal(info.builder_size, 3);
    assert_memory_equal(info.builder, "1.2", 3);
    assert_memory_equal(info.mpy, "M\6\0\x1f", 4);
    assert_true(info.sealed);
}

static void test_fields_one_by_one(void **state)
{
    static const struct {
        int result;
        size_t size;
        uint8_t fields[14];
    } cases[] = {
        {1, 0, {0}},
        {1, 2, {2, 0}},                                                                 /* an empty label */
        {1, 3, {3, 1, 0}},                                                              /* time 0 */
        {1, 6, {3, 4, 0x80, 0x80, 0x80, 5}},                                            /* a padded number */
        {1, 12, {3, 10, 0x81, 255, 255, 255, 255, 255, 255, 255, 255, 0x7f}},           /* 2^64 - 1 */
        {-MPROM_EBADMSG, 12, {3, 10, 0x82, 128, 128, 128, 128, 128, 128, 128, 128, 0}}, /* 2^64 */
        {-MPROM_EBADMSG, 2, {3, 0}},                                                    /* no number */
        {-MPROM_EBADMSG, 3, {3, 1, 0x80}},                                              /* half a number */
        {-MPROM_EBADMSG, 4, {3, 2, 1, 1}},                                              /* a number and a half */
        {1, 3, {4, 1, 1}},
        {1, 7, {4, 5, 0x88, 128, 128, 128, 0}}, /* alignment 2^31 */
        {-MPROM_EBADMSG, 3, {4, 1, 0}},
        {-MPROM_EBADMSG, 3, {4, 1, 6}},
        {-MPROM_EBADMSG, 7, {4, 5, 0x90, 128, 128, 128, 0}}, /* alignment 2^32 */
        {-MPROM_EBADMSG, 5, {6, 3, 'M', 6, 0}},
        {-MPROM_EBADMSG, 7, {6, 5, 'M', 6, 0, 0, 0}},
        {-MPROM_EBADMSG, 3, {7, 1, 1}},
        {-MPROM_EBADMSG, 1, {2}},                               /* a tag without a length */
        {-MPROM_EBADMSG, 1, {0x82}},                            /* half a tag */
        {-MPROM_EBADMSG, 2, {2, 1}},                            /* a value out of bounds */
        {-MPROM_EBADMSG, 7, {2, 0x8f, 255, 255, 255, 0x7f, 0}}, /* by nearly 2^32 */
        {-MPROM_EBADMSG, 8, {2, 0x90, 128, 128, 128, 1, 0, 0}}, /* length 2^32 + 1 */
        {-MPROM_EBADMSG, 4, {7, 0, 7, 0}},                      /* a tag twice */
        {1, 4, {9, 0, 9, 0}},                                   /* an unknown one, twice */
        {1, 4, {0, 0, 0, 0}},
        {1, 7, {0x81, 0x00, 0, 0x81, 0x00, 1, 'x'}}, /* 128, twice */

    };
    struct mprom_romfs_info info;
    char label[16];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(read_info(cases[i].fields, cases[i].size, &info, label), cases[i].result);
    }
}

static void test_label(void **state)
{
    static const uint8_t fields[] = {2, 5, 'h', 'e', 'l', 'l', 'o'};
    struct mprom_romfs_info info;
    char label[16] = "";

    (void)state;
    assert_int_equal(read_info(fields, sizeof(fields), &info, label), 1);
    assert_string_equal(label, "hello");
}

/* A seal, whose value is returned as it stands, and what is nearly one. */
static void test_seal(void **state)
{
    static const struct {
        int result;
        size_t size;
        uint8_t bytes[20];
    } cases[] = {
        {1, 14, {0xd2, 0xcd, 0x31, 10, 0x83, 0xb5, 0xe0, 3, 5, 1, 0x78, 0x56, 0x34, 0x12}},
        {0, 14, {0xd2, 0xcd, 0x31, 10, 0x83, 0xb5, 0xe0, 3, 5, 2, 0x78, 0x56, 0x34, 0x12}},    /* unknown algorithm */
        {0, 14, {0xd2, 0xcd, 0x31, 10, 0x83, 0xb5, 0xe0, 2, 5, 1, 0x78, 0x56, 0x34, 0x12}},    /* an index */
        {0, 13, {0xd2, 0xcd, 0x31, 9, 0x83, 0xb5, 0xe0, 3, 4, 1, 0x78, 0x56, 0x34}},           /* short */
        {0, 15, {0xd2, 0xcd, 0x31, 11, 0x83, 0xb5, 0xe0, 3, 6, 1, 0x78, 0x56, 0x34, 0x12, 0}}, /* long */
        {0, 4, {0xd2, 0xcd, 0x31, 0}},
        /* Data at the top level that ends in the bytes of a seal; and a seal behind a record of kind 0. */
        {0, 16, {0xd2, 0xcd, 0x31, 12, 2, 10, 0x83, 0xb5, 0xe0, 3, 5, 1, 0x78, 0x56, 0x34, 0x12}},
        {0, 16, {0xd2, 0xcd, 0x31, 12, 0, 0, 0x83, 0xb5, 0xe0, 3, 5, 1, 0x78, 0x56, 0x34, 0x12}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint8_t *mem = blob_heap(cases[i].bytes, cases[i].size);
        struct mprom_romfs fs;
        uint32_t crc = 0;

        assert_int_equal(mprom_romfs_open(&fs, mem, cases[i].size), 0);
        assert_int_equal(mprom_romfs_seal_read(&fs, &crc), cases[i].result);
        assert_int_equal(crc, cases[i].result != 0 ? 0x12345678 : 0);
        free(mem);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_info), cmocka_unit_test(test_info_that_is_not_first),
        cmocka_unit_test(test_all_fields),   cmocka_unit_test(test_fields_one_by_one),
        cmocka_unit_test(test_label),        cmocka_unit_test(test_seal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
