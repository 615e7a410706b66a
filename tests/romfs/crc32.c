/* mprom_romfs_crc32(): published check values, and that parts add up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "mprom/romfs.h"

static void test_known_values(void **state)
{
    uint8_t zeros[32] = {0};
    uint8_t ones[32];

    (void)state;
    memset(ones, 0xff, sizeof(ones));
    /* Published check values: the catalogue of CRCs and the examples that crc32() implementations are tested with. */
    assert_int_equal(mprom_romfs_crc32(0, "123456789", 9), 0xcbf43926);
    assert_int_equal(mprom_romfs_crc32(0, "", 0), 0);
    assert_int_equal(mprom_romfs_crc32(0, "a", 1), 0xe8b7be43);
    assert_int_equal(mprom_romfs_crc32(0, "The quick brown fox jumps over the lazy dog", 43), 0x414fa339);
    assert_int_equal(mprom_romfs_crc32(0, zeros, sizeof(zeros)), 0x190a55ad);
    assert_int_equal(mprom_romfs_crc32(0, ones, sizeof(ones)), 0xff6cab0b);
}

static void test_parts_add_up(void **state)
{
    static const char digits[] = "123456789";

    (void)state;
    for (size_t cut = 0; cut <= 9; cut++) {
        uint32_t crc = mprom_romfs_crc32(0, digits, cut);
        assert_int_equal(mprom_romfs_crc32(crc, &digits[cut], 9 - cut), 0xcbf43926);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_values),
        cmocka_unit_test(test_parts_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
