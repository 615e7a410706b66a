/* Frames and words as docs/transfer.md describes them. The checksums were computed by Python's zlib. */
#include "mprom/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* A frame: its number, what its header says, its payload, and how all of it is sent. */
struct vector {
    uint32_t number;
    uint32_t off;
    uint32_t made_size;
    size_t size;
    const char *payload;
    const char *digits;
    size_t wire_size;
    const char *wire;
};

static const struct vector vectors[] = {
    {0, 0x1000, 5, 5, "a\x03\x1b\x0d\x62", "0008000500001000ee899f60", 8, "a\x1b\x43\x1b\x5b\x1b\x4d\x62"},
    {7, 0x89ABCDEF, 0xFFFF, 0, "", "0000ffff89abcdef9d43d706", 0, ""},
    {UINT32_MAX, 0, 0, 5, "mprom", "00050000000000000c0916b9", 5, "mprom"},
};

enum {
    VECTOR_COUNT = sizeof vectors / sizeof vectors[0]
};

static void frames_are_written(void **state)
{
    (void)state;
    for (int i = 0; i < VECTOR_COUNT; i++) {
        const struct vector *vector = &vectors[i];
        const uint8_t *payload = (const uint8_t *)vector->payload;
        uint8_t wire[16];
        char digits[MPROM_WIRE_HEADER_SIZE];
        assert_int_equal(mprom_wire_escape(wire, payload, vector->size), vector->wire_size);
        assert_memory_equal(wire, vector->wire, vector->wire_size);
        const struct mprom_wire_header header = {(uint32_t)vector->wire_size, vector->made_size, vector->off, 0};
        mprom_wire_header_write(&header, vector->number, payload, vector->size, digits);
        assert_memory_equal(digits, vector->digits, sizeof digits);
    }
}

static void frames_are_read(void **state)
{
    (void)state;
    for (int i = 0; i < VECTOR_COUNT; i++) {
        const struct vector *vector = &vectors[i];
        uint8_t bytes[16];
        struct mprom_wire_header header;
        memcpy(bytes, vector->wire, vector->wire_size);
        assert_true(mprom_wire_header_read(&header, vector->digits));
        assert_int_equal(header.wire_size, vector->wire_size);
        assert_int_equal(header.made_size, vector->made_size);
        assert_int_equal(header.made_off, vector->off);
        assert_int_equal(mprom_wire_unescape(bytes, vector->wire_size), vector->size);
        assert_memory_equal(bytes, vector->payload, vector->size);
        assert_true(mprom_wire_is_sound(&header, vector->number, vector->digits, bytes, vector->size));
        assert_false(mprom_wire_is_sound(&header, vector->number + 1, vector->digits, bytes, vector->size));
    }
}

/* Each digit and each byte of the payload counts. */
static void a_changed_frame_is_not_sound(void **state)
{
    (void)state;
    const struct vector *vector = &vectors[0];
    for (size_t at = 0; at < MPROM_WIRE_HEADER_SIZE + vector->size; at++) {
        char digits[MPROM_WIRE_HEADER_SIZE];
        uint8_t payload[8];
        struct mprom_wire_header header;
        memcpy(digits, vector->digits, sizeof digits);
        memcpy(payload, vector->payload, vector->size);
        if (at < sizeof digits) {
            digits[at] ^= 1; /* another digit, or f becomes g */
        } else {
            payload[at - sizeof digits] ^= 1;
        }
        assert_false(mprom_wire_header_read(&header, digits) &&
                     mprom_wire_is_sound(&header, vector->number, digits, payload, vector->size));
    }
}

/* Digits may be small or large; nothing else may stand between them. */
static void a_header_is_digits(void **state)
{
    (void)state;
    struct mprom_wire_header header;
    assert_true(mprom_wire_header_read(&header, "aBcD0123FEDCBA9800000000"));
    assert_int_equal(header.wire_size, 0xABCD);
    assert_int_equal(header.made_size, 0x0123);
    assert_int_equal(header.made_off, 0xFEDCBA98);
    for (int value = 0; value < 256; value++) {
        char digits[] = "000000000000000000000000";
        digits[value % MPROM_WIRE_HEADER_SIZE] = (char)value;
        assert_int_equal(mprom_wire_header_read(&header, digits),
                         value > 0 && strchr("0123456789abcdefABCDEF", value) != NULL);
    }
}

static void seven_bytes_are_escaped(void **state)
{
    (void)state;
    for (int value = 0; value < 256; value++) {
        bool expected = (value >= 0x01 && value <= 0x05) || value == 0x0D || value == 0x1B;
        uint8_t byte = (uint8_t)value;
        uint8_t wire[2];
        assert_int_equal(mprom_wire_escapes(byte), expected);
        assert_int_equal(mprom_wire_escape(wire, &byte, 1), expected ? 2 : 1);
        assert_int_equal(wire[0], expected ? 0x1B : value);
        assert_true(!expected || wire[1] == value + 0x40);
    }
}

/* A payload that ends with an escape is damaged; no byte behind it is looked at. */
static void an_escape_may_be_the_last_byte(void **state)
{
    (void)state;
    uint8_t bytes[] = {'a', 0x1B, 0x43, 0x1B, 0x43};
    assert_int_equal(mprom_wire_unescape(bytes, 4), 3);
    assert_memory_equal(bytes, "a\x03\x1b", 3);
}

/* docs/transfer.md, "Words of the board". */
static void words_have_their_bytes(void **state)
{
    (void)state;
    assert_int_equal(MPROM_WIRE_ROOM, 0x16);
    assert_int_equal(MPROM_WIRE_WRITTEN, 0x06);
    assert_int_equal(MPROM_WIRE_DAMAGED, 0x15);
    assert_int_equal(MPROM_WIRE_MARK, 0x1D);
    assert_int_equal(MPROM_WIRE_FROM, 0x0E);
    assert_int_equal(MPROM_WIRE_FROM_END, 0x0F);
    assert_int_equal(MPROM_WIRE_RATE, 0x14);
    assert_int_equal(MPROM_WIRE_REFUSED, 0x18);
    assert_int_equal(MPROM_WIRE_DONE, 0x17);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_are_written),           cmocka_unit_test(frames_are_read),
        cmocka_unit_test(a_changed_frame_is_not_sound), cmocka_unit_test(a_header_is_digits),
        cmocka_unit_test(seven_bytes_are_escaped),      cmocka_unit_test(an_escape_may_be_the_last_byte),
        cmocka_unit_test(words_have_their_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
