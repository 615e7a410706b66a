/* Frames: what they look like on the wire, and which of them are known to be read and written. */
#include "client/transfer/transfer_frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct mprom_frame_ring ring;

static void a_frame_has_header_and_escaped_payload(void **state)
{
    (void)state;
    static const uint8_t payload[] = {'a', 0x03, 0x1B, 0x0D, 'b'};
    static const char wire[] = "00080005"
                               "00001000"
                               "        a\x1b\x43\x1b\x5b\x1b\x4d"
                               "b";
    const uint8_t *bytes;
    mprom_frame_ring_init(&ring, 48);
    mprom_frame_ring_add(&ring, 0x1000, 0x1005, payload, sizeof payload);
    assert_int_equal(mprom_frame_ring_take(&ring, 1000, &bytes), MPROM_WIRE_HEADER_SIZE + 8);
    assert_memory_equal(bytes, wire, 16);
    assert_memory_equal(bytes + MPROM_WIRE_HEADER_SIZE, wire + MPROM_WIRE_HEADER_SIZE, 8);
}

static void nothing_that_a_prompt_acts_on_is_sent(void **state)
{
    (void)state;
    uint8_t payload[256];
    const uint8_t *bytes;
    for (size_t i = 0; i < sizeof payload; i++) {
        payload[i] = (uint8_t)i;
    }
    mprom_frame_ring_init(&ring, 48);
    mprom_frame_ring_add(&ring, 0, sizeof payload, payload, sizeof payload);
    uint32_t size = mprom_frame_ring_take(&ring, 1000, &bytes);
    assert_int_equal(size, MPROM_WIRE_HEADER_SIZE + 256 + 7);
    for (uint32_t i = 0; i < size; i++) {
        assert_null(bytes[i] == 0 ? NULL : strchr("\1\2\3\4\5\r", bytes[i]));
    }
}

static void units_are_not_divided(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {1, 1, 1, 1, 'a', 'a', 'a', 'a', 'a', 'a'};
    assert_int_equal(mprom_frame_fit(bytes, sizeof bytes, 4, 20), 8);
    assert_int_equal(mprom_frame_fit(bytes, sizeof bytes, 4, 12), 8);
    assert_int_equal(mprom_frame_fit(bytes, sizeof bytes, 4, 11), 4);
    assert_int_equal(mprom_frame_fit(bytes, sizeof bytes, 4, 7), 0);
    assert_int_equal(mprom_frame_fit(bytes, sizeof bytes, 2, 7), 2);
}

static void add(uint32_t size)
{
    static const uint8_t payload[256] = {0};
    mprom_frame_ring_add(&ring, 0, size, payload, size);
}

static void what_was_read_makes_room(void **state)
{
    (void)state;
    const uint8_t *bytes;
    mprom_frame_ring_init(&ring, 48);
    add(100);
    add(10);
    assert_false(mprom_frame_ring_confirm(&ring)); /* nothing was sent */
    assert_int_equal(mprom_frame_ring_take(&ring, 60, &bytes), 60);
    assert_false(mprom_frame_ring_confirm(&ring)); /* the first piece ends at 24 + 48 */
    assert_int_equal(mprom_frame_ring_take(&ring, 1000, &bytes), 64);
    assert_int_equal(ring.bytes, 124);
    assert_true(mprom_frame_ring_confirm(&ring));
    assert_int_equal(ring.bytes, 124 - 72);
    assert_true(mprom_frame_ring_confirm(&ring));
    assert_true(mprom_frame_ring_confirm(&ring));
    assert_int_equal(ring.bytes, 0);
    assert_false(mprom_frame_ring_confirm(&ring));
    assert_non_null(mprom_frame_ring_written(&ring));
    assert_null(mprom_frame_ring_written(&ring)); /* the next one was not sent */
    assert_int_equal(mprom_frame_ring_take(&ring, 1000, &bytes), 34);
    assert_int_equal(mprom_frame_ring_written(&ring)->end, 10); /* the words for its pieces were lost */
    assert_int_equal(ring.bytes, 0);
}

static void a_damaged_frame_is_sent_again_with_those_behind(void **state)
{
    (void)state;
    const uint8_t *bytes;
    uint8_t second[34];
    mprom_frame_ring_init(&ring, 48);
    for (uint32_t i = 0; i < 3; i++) {
        add(10);
        assert_int_equal(mprom_frame_ring_take(&ring, 1000, &bytes), 34);
        if (i == 1) {
            memcpy(second, bytes, sizeof second);
        }
    }
    assert_non_null(mprom_frame_ring_written(&ring));
    assert_false(mprom_frame_ring_rewind(&ring, 0)); /* it is written */
    assert_false(mprom_frame_ring_rewind(&ring, 4)); /* there is no such frame */
    assert_true(mprom_frame_ring_rewind(&ring, 1));
    assert_int_equal(ring.bytes, 0);
    assert_int_equal(mprom_frame_ring_take(&ring, 1000, &bytes), 34);
    assert_memory_equal(bytes, second, sizeof second);
    assert_int_equal(mprom_frame_ring_take(&ring, 1000, &bytes), 34);
    assert_int_equal(mprom_frame_ring_take(&ring, 1000, &bytes), 0);
    assert_true(mprom_frame_ring_rewind(&ring, 3)); /* the words for both were lost */
    assert_int_equal(ring.first, 3);
}

/* The same bytes for the same place, sent as another frame, are told from the first. */
static void a_frame_that_comes_twice_is_noticed(void **state)
{
    (void)state;
    const uint8_t *bytes;
    uint8_t first[34];
    mprom_frame_ring_init(&ring, 48);
    add(10);
    assert_int_equal(mprom_frame_ring_take(&ring, 1000, &bytes), 34);
    memcpy(first, bytes, sizeof first);
    add(10);
    assert_int_equal(mprom_frame_ring_take(&ring, 1000, &bytes), 34);
    assert_memory_equal(bytes, first, 16);
    assert_memory_not_equal(bytes + 16, first + 16, 8);
}

static void the_ring_has_an_end(void **state)
{
    (void)state;
    const uint8_t *bytes;
    mprom_frame_ring_init(&ring, 48);
    for (uint32_t i = 0; i < MPROM_FRAME_RING_SIZE; i++) {
        assert_true(mprom_frame_ring_has_room(&ring));
        add(1);
    }
    assert_false(mprom_frame_ring_has_room(&ring));
    assert_int_equal(mprom_frame_ring_take(&ring, 1000, &bytes), 25);
    assert_non_null(mprom_frame_ring_written(&ring));
    assert_true(mprom_frame_ring_has_room(&ring));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_has_header_and_escaped_payload),
        cmocka_unit_test(nothing_that_a_prompt_acts_on_is_sent),
        cmocka_unit_test(units_are_not_divided),
        cmocka_unit_test(what_was_read_makes_room),
        cmocka_unit_test(a_damaged_frame_is_sent_again_with_those_behind),
        cmocka_unit_test(a_frame_that_comes_twice_is_noticed),
        cmocka_unit_test(the_ring_has_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
