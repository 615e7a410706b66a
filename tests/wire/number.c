/* Numbers and operations of a patch as docs/transfer.md describes them. */
#include "mprom/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct vector {
    uint32_t value;
    size_t size;
    uint8_t bytes[MPROM_WIRE_NUMBER_SIZE_MAX];
};

static const struct vector vectors[] = {
    {0, 1, {0x00}},
    {1, 1, {0x01}},
    {127, 1, {0x7F}},
    {128, 2, {0x80, 0x01}},
    {300, 2, {0xAC, 0x02}},
    {16383, 2, {0xFF, 0x7F}},
    {16384, 3, {0x80, 0x80, 0x01}},
    {1u << 21, 4, {0x80, 0x80, 0x80, 0x01}},
    {1u << 28, 5, {0x80, 0x80, 0x80, 0x80, 0x01}},
    {UINT32_MAX, 5, {0xFF, 0xFF, 0xFF, 0xFF, 0x0F}},
};

enum {
    VECTOR_COUNT = sizeof vectors / sizeof vectors[0]
};

static void numbers_are_put(void **state)
{
    (void)state;
    for (int i = 0; i < VECTOR_COUNT; i++) {
        uint8_t bytes[MPROM_WIRE_NUMBER_SIZE_MAX];
        assert_int_equal(mprom_wire_number_put(bytes, vectors[i].value), vectors[i].size);
        assert_memory_equal(bytes, vectors[i].bytes, vectors[i].size);
    }
}

/* One behind the other. */
static void numbers_are_taken(void **state)
{
    (void)state;
    struct mprom_wire_number number = {0};
    for (int i = 0; i < VECTOR_COUNT; i++) {
        uint32_t value;
        for (size_t pos = 0; pos < vectors[i].size; pos++) {
            assert_int_equal(mprom_wire_number_take(&number, vectors[i].bytes[pos], &value),
                             pos + 1 == vectors[i].size);
        }
        assert_int_equal(value, vectors[i].value);
    }
}

/* Of a fifth byte, all but the four lowest bits and the one that says that more follow. */
static void numbers_fit_32_bits(void **state)
{
    (void)state;
    for (int last = 0; last < 256; last++) {
        struct mprom_wire_number number = {0};
        uint32_t value;
        for (int i = 0; i < 4; i++) {
            assert_int_equal(mprom_wire_number_take(&number, 0x80, &value), 0);
        }
        assert_int_equal(mprom_wire_number_take(&number, (uint8_t)last, &value), last < 16 ? 1 : -1);
    }
}

static void operations_are_a_count_and_a_kind(void **state)
{
    (void)state;
    assert_int_equal(mprom_wire_operation(MPROM_WIRE_LITERAL, 3), 12);
    assert_int_equal(mprom_wire_operation(MPROM_WIRE_COPY, 5), 21);
    assert_int_equal(mprom_wire_operation(MPROM_WIRE_KEEP, 4096), 16386);
    assert_int_equal(mprom_wire_kind_of(12), 0);
    assert_int_equal(mprom_wire_kind_of(21), 1);
    assert_int_equal(mprom_wire_kind_of(16386), 2);
    assert_int_equal(mprom_wire_kind_of(3), 3); /* no kind has this number */
    assert_int_equal(mprom_wire_count_of(16386), 4096);
    assert_int_equal(mprom_wire_count_of(UINT32_MAX), 0x3FFFFFFF);
}

static void changes_have_their_sign_in_the_lowest_bit(void **state)
{
    (void)state;
    static const int32_t changes[] = {0, -1, 1, -2, 2, -3};
    for (uint32_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        assert_int_equal(mprom_wire_from_change((uint32_t)changes[i]), i);
        assert_int_equal(mprom_wire_to_change(i), (uint32_t)changes[i]);
    }
    assert_int_equal(mprom_wire_from_change(0x7FFFFFFF), 0xFFFFFFFE);
    assert_int_equal(mprom_wire_to_change(0xFFFFFFFE), 0x7FFFFFFF);
    assert_int_equal(mprom_wire_from_change(0x80000000), 0xFFFFFFFF);
    assert_int_equal(mprom_wire_to_change(0xFFFFFFFF), 0x80000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_put),
        cmocka_unit_test(numbers_are_taken),
        cmocka_unit_test(numbers_fit_32_bits),
        cmocka_unit_test(operations_are_a_count_and_a_kind),
        cmocka_unit_test(changes_have_their_sign_in_the_lowest_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
