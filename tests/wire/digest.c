/* The digest of what a segment holds: XXH32's published values, and its own library's for bytes of all sizes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <xxhash.h>

#include "mprom/digest.h"

enum {
    SIZE = 1000
};

static uint8_t bytes[SIZE];

static int make_bytes(void **state)
{
    uint32_t number = 1;
    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++) {
        number = number * 1664525u + 1013904223u;
        bytes[i] = (uint8_t)(number >> 24);
    }
    return 0;
}

static uint32_t digest_of(const void *data, size_t size)
{
    struct mprom_digest digest;
    mprom_digest_begin(&digest);
    mprom_digest_add(&digest, data, size);
    return mprom_digest_end(&digest);
}

/* From the specification of xxHash and its users' manuals. */
static void test_published(void **state)
{
    (void)state;
    assert_int_equal(digest_of("", 0), 0x02CC5D05);
    assert_int_equal(digest_of("a", 1), 0x550D7456);
    assert_int_equal(digest_of("abc", 3), 0x32D153FF);
    assert_int_equal(digest_of("Nobody inspects the spammish repetition", 39), 0xE2293B2F);
}

static void test_every_size(void **state)
{
    (void)state;
    for (size_t size = 0; size <= 100; size++) {
        for (size_t off = 0; off < 4; off++) {
            assert_int_equal(digest_of(bytes + off, size), XXH32(bytes + off, size, 0));
        }
    }
    assert_int_equal(digest_of(bytes, SIZE), XXH32(bytes, SIZE, 0));
}

static void test_parts_add_up(void **state)
{
    (void)state;
    for (size_t part = MPROM_DIGEST_STRIPE_SIZE; part <= SIZE; part += MPROM_DIGEST_STRIPE_SIZE) {
        struct mprom_digest digest;
        mprom_digest_begin(&digest);
        for (size_t at = 0; at < SIZE; at += part) {
            mprom_digest_add(&digest, bytes + at, SIZE - at < part ? SIZE - at : part);
        }
        assert_int_equal(mprom_digest_end(&digest), XXH32(bytes, SIZE, 0));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published),
        cmocka_unit_test(test_every_size),
        cmocka_unit_test(test_parts_add_up),
    };
    return cmocka_run_group_tests(tests, make_bytes, NULL);
}
