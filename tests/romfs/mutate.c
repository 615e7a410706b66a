/*
 * Damaged images: every value in every byte and every cut of small images, then a sample of random damage. Nothing
 * may crash, hang or read outside the image (run it under the sanitizers), and the reader and the check must agree.
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
#include "romfs/exercise.h"
#include "support/sample.h"

enum {
    SAMPLE_DEFAULT = 20000,
    SAMPLE_ALL = 1000000,
    EDITS_MAX = 6,
};

/* Something of everything. Variants: 1 an index, 2 a seal, 4 the info record that asks for the seal. */
static void make_image(struct blob *image, unsigned variant)
{
    static const uint8_t pointer[] = {1, 'p', 3, 2, 5, 9};
    static const uint8_t info[] = {2, 1, 'L', 3, 2, 0x81, 0x00, 4, 1, 8, 7, 0};
    static const uint8_t timed[] = {2, 0xc3, 0xa4, 0x83, 0xb5, 0xe0, 4, 2, 0x81, 1, 0x80, 2, 0x80, 2, 'x', 'y'};
    struct blob payload = {0};
    struct blob d = {0};
    struct blob e = {0};

    if (variant & 4) {
        blob_record(&payload, 0x6d7001, info, sizeof(info));
    }
    blob_file(&e, "a", "inner");
    blob_file(&d, "a", "");
    blob_dir(&d, "e", &e);
    blob_record(&d, 1, "\0\0", 2);
    blob_record(&d, 5, timed, sizeof(timed));
    blob_dir(&payload, "d", &d);
    blob_record(&payload, 2, "shared data", 11);
    blob_record(&payload, 5, pointer, sizeof(pointer));
    blob_record(&payload, 0x6d70ff, "?", 1);
    blob_dir(&payload, "z", &(struct blob){0});
    blob_image(image, &payload, (variant & 1) != 0, (variant & 2) != 0);
}

/* Exercises a copy of exactly the image's size. */
static void exercise(const struct blob *image)
{
    uint8_t *copy = blob_heap(image->bytes, image->size);

    exercise_image(copy, image->size);
    free(copy);
}

static void test_every_byte(void **state)
{
    static const unsigned variants[] = {0, 3, 7};
    struct blob image;

    (void)state;
    for (size_t i = 0; i < sizeof(variants) / sizeof(variants[0]); i++) {
        make_image(&image, variants[i]);
        exercise(&image);
        for (size_t off = 0; off < image.size; off++) {
            uint8_t was = image.bytes[off];

            for (unsigned change = 1; change < 256; change++) {
                image.bytes[off] = (uint8_t)(was ^ change);
                exercise(&image);
            }
            image.bytes[off] = was;
        }
    }
}

static void test_every_cut(void **state)
{
    struct blob image;

    (void)state;
    for (unsigned variant = 0; variant < 8; variant++) {
        make_image(&image, variant);
        while (image.size-- > 0) {
            exercise(&image);
            /* The same, but the image says that it ends there. */
            if (image.size >= 6 && image.bytes[3] >= 0x80) {
                image.bytes[3] = (uint8_t)(0x80 | (image.size - 5) >> 7);
                image.bytes[4] = (image.size - 5) & 0x7f;
                exercise(&image);
            }
        }
    }
}

/* The check's result for a copy of the image, with everything on. */
static int check(const struct blob *image)
{
    struct mprom_romfs_check_level levels[4];
    struct mprom_romfs_memory memory = {image->bytes, (uint32_t)image->size};
    struct mprom_romfs_source source = mprom_romfs_source_memory(&memory);
    struct mprom_romfs_check check = {
        .source = &source, .flags = MPROM_ROMFS_CHECK_TRAILING, .levels = levels, .level_count = 4};

    return mprom_romfs_check(&check);
}

/* What the seal and the info record together are for: no single wrong byte goes unnoticed. */
static void test_sealed_image_shows_any_wrong_byte(void **state)
{
    struct blob image;

    (void)state;
    for (unsigned variant = 6; variant < 8; variant++) {
        make_image(&image, variant);
        assert_int_equal(check(&image), 0);
        for (size_t off = 0; off < image.size; off++) {
            uint8_t was = image.bytes[off];

            for (unsigned change = 1; change < 256; change++) {
                image.bytes[off] = (uint8_t)(was ^ change);
                assert_int_not_equal(check(&image), 0);
            }
            image.bytes[off] = was;
        }
        while (--image.size > 0) {
            assert_int_not_equal(check(&image), 0);
        }
    }
}

static uint32_t random_state;

/* Xorshift (Marsaglia, 2003): the same numbers everywhere. */
static uint32_t random_below(uint32_t end)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state % end;
}

/* Writes the outer length anew, in two bytes, and the seal's value, so that damage gets past both. */
static void repair(struct blob *image)
{
    static const uint8_t seal[] = {0x83, 0xb5, 0xe0, 0x03, 5, 1};
    size_t payload_size = image->size - 5;

    image->bytes[3] = (uint8_t)(0x80 | payload_size >> 7);
    image->bytes[4] = payload_size & 0x7f;
    if (memcmp(image->bytes + image->size - 10, seal, sizeof(seal)) == 0) {
        uint32_t crc = mprom_romfs_crc32(0, image->bytes, image->size - 4);

        image->size -= 4;
        blob_le32(image, crc);
    }
}

static void edit(struct blob *image)
{
    static const uint8_t bytes[] = {0, 1, 2, 3, 4, 5, 0x7f, 0x80, 0x81, 0x8f, 0x90, 0xff};
    struct blob was = *image;
    size_t off = random_below((uint32_t)was.size);
    size_t size = random_below(8);
    uint8_t byte = bytes[random_below(sizeof(bytes))];

    size = size > was.size - off ? was.size - off : size;
    switch (random_below(5)) {
    case 0:
        image->bytes[off] = byte;
        break;
    case 1:
        image->bytes[off] = (uint8_t)random_below(256);
        break;
    case 2: /* insert */
        image->size = off;
        for (size_t i = 0; i < size; i++) {
            blob_byte(image, byte);
        }
        blob_add(image, was.bytes + off, was.size - off);
        break;
    case 3: /* remove */
        image->size = off;
        blob_add(image, was.bytes + off + size, was.size - off - size);
        break;
    default: /* copy from elsewhere */
        memcpy(image->bytes + off, was.bytes + random_below((uint32_t)(was.size - size)), size);
        break;
    }
}

static void test_random_damage(void **state)
{
    struct sample sample = sample_open("mutate");
    unsigned long count = sample.all ? SAMPLE_ALL : sample.count != 0 ? sample.count : SAMPLE_DEFAULT;

    (void)state;
    random_state = sample.seed;
    while (count-- > 0) {
        struct blob image;

        make_image(&image, random_below(8));
        for (uint32_t edits = 1 + random_below(EDITS_MAX); edits > 0 && image.size > 16; edits--) {
            edit(&image);
        }
        if (image.size > 16 && random_below(4) != 0) {
            repair(&image);
        }
        exercise(&image);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_byte),
        cmocka_unit_test(test_every_cut),
        cmocka_unit_test(test_sealed_image_shows_any_wrong_byte),
        cmocka_unit_test(test_random_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
