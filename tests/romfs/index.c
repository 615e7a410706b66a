/* The index: that it is used, that it is exact, and that damage to it never changes what a lookup returns. */
#include "romfs/index.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mprom/romfs.h"
#include "romfs/blob.h"

/* Opens an image of which the test knows whether it has a usable index. */
static void open_image(struct mprom_romfs *fs, const struct blob *image, bool index)
{
    assert_int_equal(mprom_romfs_open(fs, image->bytes, image->size), 0);
    assert_int_equal(fs->index_count != 0, index);
}

static int lookup(const struct mprom_romfs *fs, const char *path, struct mprom_romfs_entry *entry)
{
    return mprom_romfs_lookup(fs, NULL, path, strlen(path), entry);
}

/* Looks up with the index and without. Both must agree. */
static void assert_same(const struct mprom_romfs *fs, const char *path)
{
    struct mprom_romfs scanned = *fs;
    struct mprom_romfs_entry a;
    struct mprom_romfs_entry b;
    int r = lookup(fs, path, &a);

    scanned.index_count = 0;
    assert_int_equal(lookup(&scanned, path, &b), r);
    if (r == 0) {
        assert_int_equal(a.off, b.off);
        assert_ptr_equal(a.data, b.data);
        assert_int_equal(a.size, b.size);
        assert_ptr_equal(a.name, b.name);
    }
}

/* a, b, c, d/ {a, e/ {a, f}}: every entry and some that are not there. */
static void make_tree(struct blob *payload)
{
    struct blob d = {0};
    struct blob e = {0};

    blob_file(&e, "a", "deepest");
    blob_file(&e, "f", "");
    blob_file(&d, "a", "deep");
    blob_dir(&d, "e", &e);
    blob_file(payload, "a", "1");
    blob_file(payload, "b", "22");
    blob_file(payload, "c", "333");
    blob_dir(payload, "d", &d);
}

static const char *const tree_paths[] = {
    "a", "b", "c", "d", "d/a", "d/e", "d/e/a", "d/e/f", "", "e", "f", "d/b", "d/e/e", "a/a", "d/e/f/", "aa", "d/e/",
};

enum {
    TREE_PATH_COUNT = sizeof(tree_paths) / sizeof(tree_paths[0]),
};

static void assert_all_same(const struct mprom_romfs *fs)
{
    for (size_t i = 0; i < TREE_PATH_COUNT; i++) {
        assert_same(fs, tree_paths[i]);
    }
}

static void test_agrees_with_the_scan(void **state)
{
    struct blob payload = {0};
    struct blob image;
    struct mprom_romfs fs;

    (void)state;
    make_tree(&payload);
    for (int seal = 0; seal < 2; seal++) {
        blob_image(&image, &payload, true, seal != 0);
        open_image(&fs, &image, true);
        assert_int_equal(fs.index_count, 8);
        assert_all_same(&fs);
    }
}

/* Where the first record is of kind 0, a scan ends at once: what is found is found by the index. */
static void test_is_used(void **state)
{
    struct blob payload = {0};
    struct blob image;
    struct mprom_romfs fs;
    struct mprom_romfs_entry entry;

    (void)state;
    make_tree(&payload);
    blob_image(&image, &payload, true, true);
    open_image(&fs, &image, true);
    image.bytes[fs.payload_off] = 0; /* "a" in the root */
    assert_int_equal(lookup(&fs, "d/e/f", &entry), 0);
    assert_int_equal(lookup(&fs, "c", &entry), 0);
    assert_memory_equal(entry.data, "333", 3);
    assert_int_equal(lookup(&fs, "nothing", &entry), -MPROM_ENOENT);
    /* But then the image as a whole does not open with it: the top level cannot be counted through. */
    open_image(&fs, &image, false);
    assert_int_equal(lookup(&fs, "c", &entry), -MPROM_EBADMSG);
}

/* No read wider than a byte, so the image may lie at any address. */
static void test_any_address(void **state)
{
    static uint8_t memory[BLOB_ROOM + 8];
    struct blob payload = {0};
    struct blob image;
    struct mprom_romfs fs;

    (void)state;
    make_tree(&payload);
    blob_image(&image, &payload, true, true);
    for (size_t shift = 0; shift < 8; shift++) {
        memcpy(memory + shift, image.bytes, image.size);
        assert_int_equal(mprom_romfs_open(&fs, memory + shift, image.size), 0);
        assert_int_equal(fs.index_count, 8);
        assert_all_same(&fs);
    }
}

/* "liquid" and "costarring" have the same FNV-1a hash, as have "zinke" and "altarage" (published collisions). */
static void test_equal_hashes_in_one_directory(void **state)
{
    struct blob payload = {0};
    struct blob image;
    struct mprom_romfs fs;
    struct mprom_romfs_entry entry;

    (void)state;
    blob_file(&payload, "altarage", "");
    blob_file(&payload, "costarring", "");
    blob_file(&payload, "liquid", "");
    assert_int_equal(mprom_romfs_index_hash(0, "liquid", 6), mprom_romfs_index_hash(0, "costarring", 10));
    assert_int_equal(mprom_romfs_index_hash(0, "zinke", 5), mprom_romfs_index_hash(0, "altarage", 8));
    blob_image(&image, &payload, true, false);
    open_image(&fs, &image, true);
    assert_same(&fs, "liquid");
    assert_same(&fs, "costarring");
    assert_same(&fs, "altarage");
    assert_int_equal(lookup(&fs, "zinke", &entry), -MPROM_ENOENT);
}

/* Directories whose offsets differ in the low byte only: one-letter names in them collide. */
static void test_equal_hashes_in_different_directories(void **state)
{
    struct blob payload = {0};
    struct blob a = {0};
    struct blob image;
    struct mprom_romfs fs;

    (void)state;
    blob_file(&a, "x", "in 1");
    blob_dir(&payload, "1", &a); /* at offset 4, 14 bytes */
    blob_clear(&a);
    blob_file(&a, "n", "in 2"); /* 4 ^ 'x' == 18 ^ 'n' */
    blob_dir(&payload, "2", &a);
    blob_image(&image, &payload, true, false);
    open_image(&fs, &image, true);
    assert_int_equal(mprom_romfs_index_hash(4, "x", 1), mprom_romfs_index_hash(18, "n", 1));
    assert_same(&fs, "1/x");
    assert_same(&fs, "2/n");
    assert_same(&fs, "1/n");
    assert_same(&fs, "2/x");
}

/* An image whose last bytes are another image, and the inner table is aligned in the outer image too. */
static void wrap_image(struct blob *outer, const struct blob *inner)
{
    for (unsigned pad = 0; pad < 8; pad++) {
        struct blob body = {0};
        struct blob payload = {0};

        blob_varuint(&body, 5, 0);
        blob_add(&body, "inner", 5);
        blob_varuint(&body, 2, 0);
        blob_varuint(&body, inner->size, pad);
        blob_add(&body, inner->bytes, inner->size);
        blob_record(&payload, 5, body.bytes, body.size);
        blob_image(outer, &payload, false, false);
        if ((outer->size - inner->size) % 4 == 0 &&
            memcmp(outer->bytes + outer->size - inner->size, inner->bytes, inner->size) == 0) {
            return;
        }
    }
    fail();
}

static void test_image_in_a_file_lends_no_index(void **state)
{
    struct blob payload = {0};
    struct blob inner;
    struct blob outer;
    struct mprom_romfs fs;
    struct mprom_romfs_entry entry;
    uint32_t crc;

    (void)state;
    make_tree(&payload);
    for (int seal = 0; seal < 2; seal++) {
        blob_image(&inner, &payload, true, seal != 0);
        wrap_image(&outer, &inner);
        open_image(&fs, &outer, false);
        assert_int_equal(mprom_romfs_seal_read(&fs, &crc), 0);
        assert_int_equal(lookup(&fs, "inner", &entry), 0);
        assert_int_equal(mprom_romfs_open(&fs, entry.data, entry.size), 0);
        assert_int_equal(fs.index_count, 8);
        assert_int_equal(mprom_romfs_seal_read(&fs, &crc), seal);
    }
}

/* Whether an entry has the name that a path ends with. */
static bool has_last_name(const struct mprom_romfs_entry *entry, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;

    return mprom_romfs_entry_is(entry, name, strlen(name));
}

/*
 * Every value in every byte of the index record: lookups are as without it. Only an altered slot can pass off another
 * entry of the same name for its own, and only an altered hash can hide one.
 */
static void test_damage(void **state)
{
    struct blob payload = {0};
    struct blob image;
    struct mprom_romfs sound;

    (void)state;
    make_tree(&payload);
    blob_image(&image, &payload, true, true);
    open_image(&sound, &image, true);
    for (uint32_t off = sound.payload_off + (uint32_t)payload.size; off < sound.size; off++) {
        bool in_slots = off >= sound.index_off && off < sound.index_off + 8 * sound.index_count;
        bool in_hash = in_slots && (off - sound.index_off) % 8 < 4;
        uint8_t was = image.bytes[off];

        for (unsigned change = 1; change < 256; change++) {
            struct mprom_romfs fs;

            image.bytes[off] = (uint8_t)(was ^ change);
            assert_int_equal(mprom_romfs_open(&fs, image.bytes, image.size), 0);
            for (size_t i = 0; i < TREE_PATH_COUNT; i++) {
                struct mprom_romfs_entry entry;
                int r = lookup(&fs, tree_paths[i], &entry);

                if (!(in_hash && r == -MPROM_ENOENT) &&
                    !(in_slots && r == 0 && has_last_name(&entry, tree_paths[i]))) {
                    assert_same(&fs, tree_paths[i]);
                }
            }
        }
        image.bytes[off] = was;
    }
}

/* Shapes that are no index, each made from a sound one; all fall back to the scan. */
static void test_refused_shapes(void **state)
{
    static const uint8_t misaligned[] = {
        0xd2, 0xcd, 0x31, 26, 5, 6,    1,    'a', 2, 2, 'h', 'i', 0x83, 0xb5, 0xe0,
        0x02, 13,   0,    0,  0, 0x2c, 0xe4, 4,   0, 0, 0,   12,  0,    0,    0,
    };
    static const struct {
        uint32_t footer;
        bool index;
    } cases[] = {
        {12, true},  {0, false},  {4, false},  {8, false},          {11, false},         {13, false},
        {16, false}, {20, false}, {28, false}, {0xfffffffc, false}, {0x8000000c, false},
    };
    struct mprom_romfs fs;

    (void)state;
    assert_int_equal(mprom_romfs_open(&fs, misaligned, sizeof(misaligned)), 0);
    assert_int_equal(fs.index_count, 0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct blob payload = {0};
        struct blob image;

        blob_file(&payload, "a", "hi");
        blob_image(&image, &payload, true, false);
        image.size -= 4;
        blob_le32(&image, cases[i].footer);
        open_image(&fs, &image, cases[i].index);
        assert_same(&fs, "a");
        assert_same(&fs, "b");
    }
}

/* A hostile index: many slots with the hash of "z", all of other entries; "z" is still found, by the scan. */
static void test_long_run_of_equal_hashes(void **state)
{
    enum {
        COUNT = 40,
    };
    struct blob payload = {0};
    struct blob image;
    struct mprom_romfs fs;
    struct mprom_romfs_entry entry;

    (void)state;
    for (int i = 0; i < COUNT; i++) {
        char name[3] = {(char)('a' + i / 10), (char)('0' + i % 10), '\0'};
        blob_file(&payload, name, "");
    }
    blob_file(&payload, "z", "found");
    blob_image(&image, &payload, true, false);
    open_image(&fs, &image, true);
    for (uint32_t i = 0; i < fs.index_count; i++) {
        uint32_t hash = mprom_romfs_index_hash(0, "z", 1);

        for (unsigned byte = 0; byte < 4; byte++) {
            image.bytes[fs.index_off + 8 * i + byte] = (uint8_t)(hash >> (8 * byte));
        }
    }
    assert_int_equal(lookup(&fs, "z", &entry), 0);
    assert_memory_equal(entry.data, "found", 5);
}

/* As many entries as a large tree has, in one directory and in many. */
static void test_many_entries(void **state)
{
    struct blob payload = {0};
    struct blob image;
    struct mprom_romfs fs;
    struct mprom_romfs_entry entry;
    char path[64];

    (void)state;
    for (int d = 0; d < 30; d++) {
        struct blob dir = {0};

        for (int f = 0; f < 18; f++) {
            snprintf(path, sizeof(path), "module%02d.py", f);
            blob_file(&dir, path, "x");
        }
        snprintf(path, sizeof(path), "package%d", d);
        blob_dir(&payload, path, &dir);
    }
    blob_image(&image, &payload, true, true);
    open_image(&fs, &image, true);
    assert_int_equal(fs.index_count, 30 * 19);
    for (int d = 0; d < 31; d++) {
        for (int f = 0; f < 19; f++) {
            snprintf(path, sizeof(path), "package%d/module%02d.py", d, f);
            assert_int_equal(lookup(&fs, path, &entry), d < 30 && f < 18 ? 0 : -MPROM_ENOENT);
            assert_same(&fs, path);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_agrees_with_the_scan),
        cmocka_unit_test(test_is_used),
        cmocka_unit_test(test_any_address),
        cmocka_unit_test(test_equal_hashes_in_one_directory),
        cmocka_unit_test(test_equal_hashes_in_different_directories),
        cmocka_unit_test(test_image_in_a_file_lends_no_index),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_refused_shapes),
        cmocka_unit_test(test_long_run_of_equal_hashes),
        cmocka_unit_test(test_many_entries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
