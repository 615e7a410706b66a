/* The reader: opening, looking up, listing, walking, and every bound that a hostile image can try. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mprom/romfs.h"
#include "romfs/blob.h"
#include "romfs/index.h"

/* Opens bytes, looks path up and returns the result; entry's pointers are void afterwards. */
static int lookup_in(const void *bytes, size_t size, const char *path, struct mprom_romfs_entry *entry,
                     char *contents)
{
    uint8_t *mem = blob_heap(bytes, size);
    struct mprom_romfs fs;
    int r = mprom_romfs_open(&fs, mem, size);

    if (r == 0) {
        r = mprom_romfs_lookup(&fs, NULL, path, strlen(path), entry);
    }
    if (r == 0 && !entry->is_dir) {
        memcpy(contents, entry->data, entry->size);
        contents[entry->size] = '\0';
    }
    free(mem);
    return r;
}

static int open_in(const void *bytes, size_t size)
{
    uint8_t *mem = blob_heap(bytes, size);
    struct mprom_romfs fs;
    int r = mprom_romfs_open(&fs, mem, size);

    free(mem);
    return r;
}

static void test_empty_image(void **state)
{
    static const uint8_t image[] = {0xd2, 0xcd, 0x31, 0};
    struct mprom_romfs fs;
    struct mprom_romfs_entry entry;
    struct mprom_romfs_dir it;

    (void)state;
    assert_int_equal(mprom_romfs_open(&fs, image, sizeof(image)), 0);
    assert_int_equal(fs.size, 4);
    assert_int_equal(fs.payload_off, 4);
    assert_int_equal(mprom_romfs_lookup(&fs, NULL, "", 0, &entry), 0);
    assert_true(entry.is_dir);
    assert_int_equal(entry.off, 0);
    assert_int_equal(entry.name_size, 0);
    assert_int_equal(entry.size, 0);
    assert_int_equal(mprom_romfs_lookup(&fs, NULL, "a", 1, &entry), -MPROM_ENOENT);
    mprom_romfs_root(&fs, &entry);
    mprom_romfs_dir_open(&it, &entry);
    assert_int_equal(mprom_romfs_dir_next(&fs, &it, &entry), 0);
    assert_int_equal(mprom_romfs_dir_next(&fs, &it, &entry), 0);
}

/* The example of docs/format.md, byte for byte. */
static void test_example_of_the_docs(void **state)
{
    static const uint8_t image[] = {0xd2, 0xcd, 0x31, 8, 5, 6, 1, 'a', 2, 2, 'h', 'i'};
    struct mprom_romfs fs;
    struct mprom_romfs_entry entry;

    (void)state;
    assert_int_equal(mprom_romfs_open(&fs, image, sizeof(image)), 0);
    assert_int_equal(mprom_romfs_lookup(&fs, NULL, "a", 1, &entry), 0);
    assert_false(entry.is_dir);
    assert_int_equal(entry.off, 4);
    assert_int_equal(entry.name_size, 1);
    assert_memory_equal(entry.name, "a", 1);
    assert_int_equal(entry.size, 2);
    assert_ptr_equal(entry.data, image + 10);
}

static void test_open_accepts(void **state)
{
    static const uint8_t padded[] = {0xd2, 0xcd, 0x31, 0x80, 0x80, 0x02, 1, 0};
    static const uint8_t followed[] = {0xd2, 0xcd, 0x31, 0, 0x55, 0x55};
    struct mprom_romfs fs;

    (void)state;
    assert_int_equal(mprom_romfs_open(&fs, padded, sizeof(padded)), 0);
    assert_int_equal(fs.size, 8);
    assert_int_equal(fs.payload_off, 6);
    assert_int_equal(mprom_romfs_open(&fs, followed, sizeof(followed)), 0);
    assert_int_equal(fs.size, 4);
}

static void test_open_refuses(void **state)
{
    static const struct {
        size_t size;
        uint8_t bytes[12];
    } cases[] = {
        {0, {0}},
        {3, {0xd2, 0xcd, 0x31}},
        {4, {0xff, 0xff, 0xff, 0xff}},
        {4, {0x00, 0xcd, 0x31, 0}},
        {4, {0xd2, 0xcc, 0x31, 0}},
        {4, {0xd2, 0xcd, 0x30, 0}},
        {4, {0xd2, 0xcd, 0x31, 0x80}},                               /* the length goes on */
        {4, {0xd2, 0xcd, 0x31, 1}},                                  /* one byte too few */
        {6, {0xd2, 0xcd, 0x31, 3, 1, 0}},                            /* the same */
        {5, {0x80, 0xd2, 0xcd, 0x31, 0}},                            /* the kind may not be padded */
        {8, {0xd2, 0xcd, 0x31, 0x90, 0x80, 0x80, 0x80, 0}},          /* 2^32 */
        {8, {0xd2, 0xcd, 0x31, 0x8f, 0xff, 0xff, 0xff, 0x7f}},       /* 2^32 - 1: header and payload wrap */
        {9, {0xd2, 0xcd, 0x31, 0x82, 0x80, 0x80, 0x80, 0x80, 0}},    /* 2^36: its low 32 bits are 0 */
        {10, {0xd2, 0xcd, 0x31, 0x80, 0x82, 0x80, 0x80, 0x80, 0x80}} /* the same behind padding */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(open_in(cases[i].bytes, cases[i].size), -MPROM_ENODEV);
    }
}

/* d/ {e/ {x "deep"} f "flat"} g "" : directories, an empty file, records of other kinds everywhere. */
static void make_tree(struct blob *payload)
{
    struct blob e = {0};
    struct blob d = {0};

    blob_file(&e, "x", "deep");
    blob_record(&d, 1, "pad", 3);
    blob_dir(&d, "e", &e);
    blob_record(&d, 0x6d7004, "\x05", 1);
    blob_file(&d, "f", "flat");
    blob_record(&d, 99, "", 0);
    blob_record(payload, 1, "", 0);
    blob_dir(payload, "d", &d);
    blob_record(payload, 2, "loose data", 10);
    blob_file(payload, "g", "");
    blob_record(payload, 1, "end", 3);
}

static void test_lookup_paths(void **state)
{
    static const struct {
        const char *path;
        int result;
        const char *contents; /* NULL: a directory */
    } cases[] = {
        {"", 0, NULL},
        {"/", 0, NULL},
        {"//", 0, NULL},
        {"d", 0, NULL},
        {"/d/", 0, NULL},
        {"d//", 0, NULL},
        {"d/e", 0, NULL},
        {"d/e/x", 0, "deep"},
        {"//d//e//x", 0, "deep"},
        {"d/f", 0, "flat"},
        {"g", 0, ""},
        {"/g", 0, ""},
        {"g/", -MPROM_ENOENT, NULL},
        {"g/x", -MPROM_ENOENT, NULL},
        {"d/f/", -MPROM_ENOENT, NULL},
        {"x", -MPROM_ENOENT, NULL},
        {"e", -MPROM_ENOENT, NULL},
        {"d/x", -MPROM_ENOENT, NULL},
        {"d/e/xx", -MPROM_ENOENT, NULL},
        {"de", -MPROM_ENOENT, NULL},
        {"d/.", -MPROM_ENOENT, NULL},
        {"..", -MPROM_ENOENT, NULL},
    };
    struct blob payload = {0};
    struct blob image;

    (void)state;
    make_tree(&payload);
    for (unsigned variant = 0; variant < 4; variant++) {
        blob_image(&image, &payload, (variant & 1) != 0, (variant & 2) != 0);
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
            struct mprom_romfs_entry entry;
            char contents[16];

            assert_int_equal(lookup_in(image.bytes, image.size, cases[i].path, &entry, contents), cases[i].result);
            if (cases[i].result == 0) {
                assert_int_equal(entry.is_dir, cases[i].contents == NULL);
            }
            if (cases[i].contents != NULL) {
                assert_string_equal(contents, cases[i].contents);
            }
        }
    }
}

static void test_lookup_from_directory(void **state)
{
    struct blob payload = {0};
    struct blob image;

    (void)state;
    make_tree(&payload);
    for (int index = 0; index < 2; index++) {
        struct mprom_romfs fs;
        struct mprom_romfs_entry dir;
        struct mprom_romfs_entry entry;

        blob_image(&image, &payload, index != 0, false);
        assert_int_equal(mprom_romfs_open(&fs, image.bytes, image.size), 0);
        assert_int_equal(fs.index_count, index != 0 && MPROM_ROMFS_INDEX ? 5 : 0);
        assert_int_equal(mprom_romfs_lookup(&fs, NULL, "d", 1, &dir), 0);
        assert_int_equal(mprom_romfs_lookup(&fs, &dir, "", 0, &entry), 0);
        assert_ptr_equal(entry.data, dir.data);
        assert_int_equal(mprom_romfs_lookup(&fs, &dir, "e/x", 3, &entry), 0);
        assert_int_equal(entry.size, 4);
        assert_int_equal(mprom_romfs_lookup(&fs, &dir, "d", 1, &entry), -MPROM_ENOENT);
        /* In place; then from a file. */
        assert_int_equal(mprom_romfs_lookup(&fs, &dir, "f", 1, &dir), 0);
        assert_memory_equal(dir.data, "flat", 4);
        assert_int_equal(mprom_romfs_lookup(&fs, &dir, "x", 1, &entry), -MPROM_ENOENT);
        assert_int_equal(mprom_romfs_lookup(&fs, &dir, "", 0, &entry), 0);
    }
}

static void test_first_of_equal_names_counts(void **state)
{
    struct blob payload = {0};
    struct blob image;
    struct mprom_romfs_entry entry;
    char contents[16];

    (void)state;
    blob_file(&payload, "a", "first");
    blob_dir(&payload, "a", &(struct blob){0});
    blob_file(&payload, "a", "third");
    for (int index = 0; index < 2; index++) {
        blob_image(&image, &payload, index != 0, false);
        assert_int_equal(lookup_in(image.bytes, image.size, "a", &entry, contents), 0);
        assert_string_equal(contents, "first");
        assert_int_equal(lookup_in(image.bytes, image.size, "a/b", &entry, contents), -MPROM_ENOENT);
    }
}

/* A file with a data pointer, its size and offset as given; the payload is 16 bytes, "DATA" its last 4. */
static int lookup_pointer(uint64_t size, uint64_t off, char *contents)
{
    struct blob body = {0};
    struct blob pointer = {0};
    struct blob payload = {0};
    struct blob image = {0};
    struct mprom_romfs_entry entry;

    blob_varuint(&pointer, size, 0);
    blob_varuint(&pointer, off, 0);
    blob_varuint(&body, 1, 0);
    blob_add(&body, "p", 1);
    blob_record(&body, 3, pointer.bytes, pointer.size);
    blob_record(&payload, 5, body.bytes, body.size);
    blob_varuint(&payload, 2, 0);
    blob_varuint(&payload, 14 - payload.size - 1 + 2, 0);
    blob_add(&payload, "................", 12 - payload.size);
    blob_add(&payload, "DATA", 4);
    blob_add(&image, "\xd2\xcd\x31\x10", 4);
    blob_add(&image, payload.bytes, payload.size);
    assert_int_equal(image.size, 20);
    return lookup_in(image.bytes, image.size, "p", &entry, contents);
}

static void test_data_pointers(void **state)
{
    char contents[32];

    (void)state;
    assert_int_equal(lookup_pointer(4, 12, contents), 0);
    assert_string_equal(contents, "DATA");
    assert_int_equal(lookup_pointer(0, 16, contents), 0);
    assert_string_equal(contents, "");
    assert_int_equal(lookup_pointer(16, 0, contents), 0);
    assert_int_equal(lookup_pointer(5, 12, contents), -MPROM_EBADMSG);
    assert_int_equal(lookup_pointer(17, 0, contents), -MPROM_EBADMSG);
    assert_int_equal(lookup_pointer(0, 17, contents), -MPROM_EBADMSG);
    assert_int_equal(lookup_pointer(1, 16, contents), -MPROM_EBADMSG);
}

static void test_data_pointers_that_wrap(void **state)
{
    /* file "p" with a pointer: size 2^32 - 1 or offset 2^32 - 1, so that their sum is small modulo 2^32. */
    static const uint8_t size_wraps[] = {0xd2, 0xcd, 0x31, 12, 5, 10, 1, 'p', 3, 6, 0x8f, 0xff, 0xff, 0xff, 0x7f, 2};
    static const uint8_t off_wraps[] = {0xd2, 0xcd, 0x31, 12, 5, 10, 1, 'p', 3, 6, 2, 0x8f, 0xff, 0xff, 0xff, 0x7f};
    struct mprom_romfs_entry entry;
    char contents[32];

    (void)state;
    assert_int_equal(lookup_in(size_wraps, sizeof(size_wraps), "p", &entry, contents), -MPROM_EBADMSG);
    assert_int_equal(lookup_in(off_wraps, sizeof(off_wraps), "p", &entry, contents), -MPROM_EBADMSG);
}

/* What path gives in an image with this payload, which is shorter than 128 bytes. */
static int lookup_payload(const void *payload, size_t size, const char *path, char *contents)
{
    struct blob image = {0};
    struct mprom_romfs_entry entry;

    blob_add(&image, "\xd2\xcd\x31", 3);
    blob_byte(&image, (unsigned)size);
    blob_add(&image, payload, size);
    return lookup_in(image.bytes, image.size, path, &entry, contents);
}

static void test_hostile_records(void **state)
{
    static const struct {
        size_t size;
        uint8_t payload[12];
    } cases[] = {
        {4, {5, 2, 1, 'b'}},                                     /* a file without a data record */
        {6, {5, 4, 1, 'b', 1, 0}},                               /* with padding only */
        {6, {5, 4, 1, 'b', 2, 1}},                               /* data runs out of its file */
        {8, {5, 4, 1, 'b', 2, 2, 1, 0}},                         /* the same, though still inside the image */
        {6, {5, 4, 1, 'b', 0, 0}},                               /* kind 0 in the file */
        {6, {5, 4, 1, 'b', 3, 0}},                               /* a pointer without numbers */
        {8, {5, 5, 1, 'b', 3, 1, 0, 0}},                         /* a pointer without its second number */
        {6, {5, 5, 1, 'b', 2, 0}},                               /* the file runs out of the root */
        {8, {0, 0, 5, 4, 1, 'b', 2, 0}},                         /* kind 0 in front */
        {8, {1, 7, 5, 4, 1, 'b', 2, 0}},                         /* padding that runs out of the root */
        {6, {5, 4, 5, 'b', 2, 0}},                               /* the name runs out of its record by two */
        {6, {5, 4, 4, 'b', 2, 0}},                               /* by one */
        {2, {5, 0}},                                             /* a file without a name's length */
        {2, {4, 0}},                                             /* a directory without one */
        {4, {4, 2, 2, 'b'}},                                     /* a directory's name runs out of its record */
        {2, {0x81, 0x80}},                                       /* a kind that does not end */
        {1, {1}},                                                /* a record without a length */
        {2, {1, 0x80}},                                          /* a length that does not end */
        {4, {5, 2, 0x81, 0x80}},                                 /* a name's length that does not end */
        {8, {5, 1, 0x80, 1, 'b', 2, 0, 0}},                      /* a number that goes on behind its record */
        {8, {0x90, 0x80, 0x80, 0x80, 1, 0, 1, 0}},               /* kind 2^32 + 1 */
        {8, {1, 0x90, 0x80, 0x80, 0x80, 1, 0, 1}},               /* length 2^32 + 1 */
        {10, {5, 8, 0x90, 0x80, 0x80, 0x80, 1, 'b', 2, 0}},      /* name's length 2^32 + 1 */
        {8, {1, 0x8f, 0xff, 0xff, 0xff, 0x7f, 1, 0}},            /* length 2^32 - 1 */
        {11, {5, 9, 0x8f, 0xff, 0xff, 0xff, 0x7f, 'b', 2, 0, 0}} /* name's length 2^32 - 1 */
    };
    char contents[32];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(lookup_payload(cases[i].payload, cases[i].size, "b", contents), -MPROM_EBADMSG);
    }
}

/* A child that runs out of its directory, though not out of the image, is neither found nor lets a scan go astray. */
static void test_child_beyond_its_parent(void **state)
{
    /* directory "d": its name, then a file "b" whose data record would stand behind the directory; then file "c" */
    static const uint8_t payload[] = {4, 6, 1, 'd', 5, 4, 1, 'b', 2, 0, 5, 4, 1, 'c', 2, 0};
    char contents[32];

    (void)state;
    assert_int_equal(lookup_payload(payload, sizeof(payload), "d/b", contents), -MPROM_EBADMSG);
    assert_int_equal(lookup_payload(payload, sizeof(payload), "d/c", contents), -MPROM_EBADMSG);
    assert_int_equal(lookup_payload(payload, sizeof(payload), "b", contents), -MPROM_ENOENT);
    /* Behind the directory stands a data record of length 0 at the top level, and then "c". */
    assert_int_equal(lookup_payload(payload, sizeof(payload), "c", contents), 0);
}

static void test_neighbours_of_broken_files_are_found(void **state)
{
    static const uint8_t payload[] = {5, 2, 1, 'a', 5, 5, 1, 'b', 2, 1, 'B'};
    char contents[32];

    (void)state;
    assert_int_equal(lookup_payload(payload, sizeof(payload), "a", contents), -MPROM_EBADMSG);
    assert_int_equal(lookup_payload(payload, sizeof(payload), "b", contents), 0);
    assert_string_equal(contents, "B");
}

/* 80 in front of every number changes nothing, also where the bytes are more than a 32-bit number can need. */
static void test_padded_numbers(void **state)
{
    /* kind; length 17; name's length, name (9 bytes); kind of data (3), its length (4), "B" (1) */
    static const uint8_t data[] = {0x80, 0x80, 5,   0x80, 17,   0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
                                   0x80, 1,    'b', 0x80, 0x80, 2,    0x80, 0x80, 0x80, 1,    'B'};
    static const uint8_t pointer[] = {5, 11, 1, 'b', 3, 7, 0x80, 0x80, 0x80, 1, 0x80, 0x80, 3};
    static const uint8_t nothing_but_padding[] = {5, 9, 1, 'b', 2, 0, 0x80, 0x80, 0x80, 0x80, 0x80};
    char contents[32];

    (void)state;
    assert_int_equal(lookup_payload(data, sizeof(data), "b", contents), 0);
    assert_string_equal(contents, "B");
    assert_int_equal(lookup_payload(pointer, sizeof(pointer), "b", contents), 0);
    assert_string_equal(contents, "b");
    assert_int_equal(lookup_payload(nothing_but_padding, sizeof(nothing_but_padding), "b", contents), 0);
}

/* Lists a payload: the names, then '!' if it ends with an error, which must then stay. */
static void list_payload(const void *payload, size_t size, char *names)
{
    struct blob image = {0};
    uint8_t *mem;
    struct mprom_romfs fs;
    struct mprom_romfs_entry entry;
    struct mprom_romfs_dir it;
    int r;

    blob_add(&image, "\xd2\xcd\x31", 3);
    blob_byte(&image, (unsigned)size);
    blob_add(&image, payload, size);
    mem = blob_heap(image.bytes, image.size);
    assert_int_equal(mprom_romfs_open(&fs, mem, image.size), 0);
    mprom_romfs_root(&fs, &entry);
    mprom_romfs_dir_open(&it, &entry);
    while ((r = mprom_romfs_dir_next(&fs, &it, &entry)) == 1) {
        memcpy(names, entry.name, entry.name_size);
        names += entry.name_size;
    }
    assert_int_equal(mprom_romfs_dir_next(&fs, &it, &entry), r);
    assert_int_equal(mprom_romfs_dir_next(&fs, &it, &entry), r);
    if (r != 0) {
        assert_int_equal(r, -MPROM_EBADMSG);
        *names++ = '!';
    }
    *names = '\0';
    free(mem);
}

static void test_listing(void **state)
{
    static const struct {
        const char *names;
        size_t size;
        uint8_t payload[16];
    } cases[] = {
        {"", 0, {0}},
        {"", 3, {1, 1, 7}},
        {"ab", 12, {1, 0, 5, 4, 1, 'a', 2, 0, 4, 2, 1, 'b'}},
        {"a", 8, {5, 4, 1, 'a', 2, 0, 1, 0}},
        {"", 2, {2, 0}},
        {"!", 4, {5, 2, 1, 'a'}},
        {"b!", 8, {4, 2, 1, 'b', 5, 2, 1, 'a'}},
        {"a!", 8, {5, 4, 1, 'a', 2, 0, 0, 0}},
        {"a!", 8, {5, 4, 1, 'a', 2, 0, 5, 1}},
        {"a!", 7, {5, 4, 1, 'a', 2, 0, 5}},
    };
    char names[32];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        list_payload(cases[i].payload, cases[i].size, names);
        assert_string_equal(names, cases[i].names);
    }
}

/* Walks an image; writes depth and name of each entry, such as "1d2x". Returns the walk's result. */
static int walk_image(const struct blob *image, uint32_t level_count, char *text)
{
    struct mprom_romfs_level *levels = malloc(level_count * sizeof(*levels) + 1);
    struct mprom_romfs fs;
    struct mprom_romfs_entry entry;
    struct mprom_romfs_walk walk;
    int r;

    assert_non_null(levels);
    assert_int_equal(mprom_romfs_open(&fs, image->bytes, image->size), 0);
    mprom_romfs_root(&fs, &entry);
    mprom_romfs_walk_open(&walk, &entry, levels, level_count);
    while ((r = mprom_romfs_walk_next(&fs, &walk, &entry)) == 1) {
        *text++ = (char)('0' + walk.depth);
        memcpy(text, entry.name, entry.name_size);
        text += entry.name_size;
    }
    assert_int_equal(mprom_romfs_walk_next(&fs, &walk, &entry), r);
    *text = '\0';
    free(levels);
    return r;
}

static void test_walk(void **state)
{
    struct blob payload = {0};
    struct blob image;
    char text[64];

    (void)state;
    make_tree(&payload);
    blob_dir(&payload, "z", &(struct blob){0});
    blob_image(&image, &payload, true, true);
    assert_int_equal(walk_image(&image, 2, text), 0);
    assert_string_equal(text, "1d2e3x2f1g1z");
    assert_int_equal(walk_image(&image, 1, text), -MPROM_ELOOP);
    assert_string_equal(text, "1d");
    assert_int_equal(walk_image(&image, 0, text), -MPROM_ELOOP);
    assert_string_equal(text, "");
}

static void test_walk_of_damage(void **state)
{
    /* d/ holds file "x" and then kind 0; behind it is file "y". */
    static const uint8_t bytes[] = {0xd2, 0xcd, 0x31, 18, 4, 10, 1, 'd', 5,   4, 1,
                                    'x',  2,    0,    0,  0, 5,  4, 1,   'y', 2, 0};
    struct blob image = {0};
    char text[64];

    (void)state;
    blob_add(&image, bytes, sizeof(bytes));
    assert_int_equal(walk_image(&image, 4, text), -MPROM_EBADMSG);
    assert_string_equal(text, "1d2x");
}

/* Directories nested as deep as the room allows: no recursion, and lookup finds the bottom. */
static void test_deep_nesting(void **state)
{
    enum {
        DEPTH = 1000,
    };
    struct blob inner = {0};
    struct blob image;
    struct mprom_romfs fs;
    struct mprom_romfs_entry entry;
    char path[2 * DEPTH + 1];

    (void)state;
    blob_file(&inner, "f", "bottom");
    for (int i = 0; i < DEPTH; i++) {
        struct blob outer = {0};

        blob_dir(&outer, "d", &inner);
        inner = outer;
        memcpy(path + 2 * i, "d/", 2);
    }
    path[2 * DEPTH] = 'f';
    for (int index = 0; index < 2; index++) {
        blob_image(&image, &inner, index != 0, false);
        assert_int_equal(mprom_romfs_open(&fs, image.bytes, image.size), 0);
        assert_int_equal(mprom_romfs_lookup(&fs, NULL, path, sizeof(path), &entry), 0);
        assert_int_equal(entry.size, 6);
        assert_memory_equal(entry.data, "bottom", 6);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty_image),
        cmocka_unit_test(test_example_of_the_docs),
        cmocka_unit_test(test_open_accepts),
        cmocka_unit_test(test_open_refuses),
        cmocka_unit_test(test_lookup_paths),
        cmocka_unit_test(test_lookup_from_directory),
        cmocka_unit_test(test_first_of_equal_names_counts),
        cmocka_unit_test(test_data_pointers),
        cmocka_unit_test(test_data_pointers_that_wrap),
        cmocka_unit_test(test_hostile_records),
        cmocka_unit_test(test_child_beyond_its_parent),
        cmocka_unit_test(test_neighbours_of_broken_files_are_found),
        cmocka_unit_test(test_padded_numbers),
        cmocka_unit_test(test_listing),
        cmocka_unit_test(test_walk),
        cmocka_unit_test(test_walk_of_damage),
        cmocka_unit_test(test_deep_nesting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
