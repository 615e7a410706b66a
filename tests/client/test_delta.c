/* Which ranges of an image are to be sent. */
#include "client/board/delta.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum {
    IMAGE_SIZE = 1050,
    BLOCK_SIZE = 100,
    BLOCK_COUNT = 11
};

/* Walks through all ranges in steps of at most `step` and marks the bytes. */
static void mark_sent(const struct mprom_delta *delta, uint32_t from, uint32_t to, uint32_t step, uint8_t *sent)
{
    memset(sent, 0, IMAGE_SIZE);
    for (uint32_t off = from; off < to;) {
        uint32_t end = mprom_delta_next(delta, &off, to);
        assert_true(off <= end && end <= to);
        uint32_t part = end - off < step ? end - off : step;
        memset(sent + off, 1, part);
        off += part;
    }
}

/* Every set of blocks, in pieces of several sizes, from and to several places. */
static void what_stays_is_left_out_and_nothing_else(void **state)
{
    (void)state;
    static const uint32_t froms[] = {0, 32, 100, 999};
    static const uint32_t steps[] = {1000000, 64};
    uint8_t sent[IMAGE_SIZE];
    struct mprom_delta delta;
    assert_true(mprom_delta_init(&delta, IMAGE_SIZE, 0, BLOCK_SIZE));
    assert_int_equal(delta.block_count, BLOCK_COUNT);
    for (uint32_t set = 0; set < 1u << BLOCK_COUNT; set++) {
        uint32_t count = 0;
        for (uint32_t i = 0; i < BLOCK_COUNT; i++) {
            delta.stays[i] = (set >> i & 1) != 0;
        }
        uint32_t from = froms[set % 4];
        mark_sent(&delta, from, IMAGE_SIZE, steps[set / 4 % 2], sent);
        for (uint32_t i = 0; i < IMAGE_SIZE; i++) {
            bool stays = (set >> i / BLOCK_SIZE & 1) != 0;
            assert_int_equal(sent[i], i >= from && !stays);
            count += !stays;
        }
        assert_int_equal(mprom_delta_sent_size(&delta), count);
        assert_int_equal(mprom_delta_all_stays(&delta), count == 0);
    }
    mprom_delta_free(&delta);
}

static void without_a_delta_all_is_sent(void **state)
{
    (void)state;
    uint8_t sent[IMAGE_SIZE];
    struct mprom_delta delta = {.size = 0};
    mark_sent(&delta, 0, IMAGE_SIZE, 300, sent);
    assert_null(memchr(sent, 0, IMAGE_SIZE));
    assert_false(mprom_delta_all_stays(&delta));
}

static void one_known_block_is_something(void **state)
{
    (void)state;
    struct mprom_delta delta;
    assert_true(mprom_delta_init(&delta, IMAGE_SIZE, IMAGE_SIZE + BLOCK_SIZE, BLOCK_SIZE));
    assert_int_equal(delta.base_count, BLOCK_COUNT + 1);
    assert_false(mprom_delta_is_any(&delta));
    delta.stays[BLOCK_COUNT - 1] = true;
    assert_true(mprom_delta_is_any(&delta));
    delta.stays[BLOCK_COUNT - 1] = false;
    delta.holds_base[BLOCK_COUNT] = true;
    assert_true(mprom_delta_is_any(&delta));
    mprom_delta_free(&delta);
    delta = (struct mprom_delta){.size = 0};
    assert_false(mprom_delta_is_any(&delta));
}

static void the_last_block_ends_with_the_image(void **state)
{
    (void)state;
    uint32_t off;
    struct mprom_delta delta;
    assert_true(mprom_delta_init(&delta, IMAGE_SIZE, 0, BLOCK_SIZE));
    assert_int_equal(mprom_delta_block(&delta, 9, &off), 1000);
    assert_int_equal(off, 900);
    assert_int_equal(mprom_delta_block(&delta, 10, &off), IMAGE_SIZE);
    assert_int_equal(off, 1000);
    mprom_delta_free(&delta);
}

/* L0: 3 of 100, 2 of 250, then 400 for ever; every set of blocks. */
static void blocks_of_several_sizes(void **state)
{
    (void)state;
    static const struct mprom_client_run runs[] = {{100, 3}, {250, 2}, {400, 1}};
    static const uint32_t starts[] = {0, 100, 200, 300, 550, 800, 1200};
    uint8_t sent[IMAGE_SIZE];
    struct mprom_delta delta;
    assert_true(mprom_delta_init_runs(&delta, IMAGE_SIZE, 1100, runs, 3));
    assert_int_equal(delta.block_size, 100);
    assert_int_equal(delta.block_count, 6);
    assert_int_equal(delta.base_count, 6);
    for (uint32_t i = 0; i < 6; i++) {
        uint32_t off;
        assert_int_equal(mprom_delta_block(&delta, i, &off), starts[i + 1] < IMAGE_SIZE ? starts[i + 1] : IMAGE_SIZE);
        assert_int_equal(off, starts[i]);
        assert_int_equal(mprom_delta_block_at(&delta, starts[i]), i);
        assert_int_equal(mprom_delta_block_at(&delta, starts[i + 1] - 1), i);
    }
    assert_int_equal(mprom_delta_equal_blocks(&delta, 0, 6), 3);
    assert_int_equal(mprom_delta_equal_blocks(&delta, 1, 1), 1);
    assert_int_equal(mprom_delta_equal_blocks(&delta, 3, 3), 2);
    assert_int_equal(mprom_delta_equal_blocks(&delta, 5, 1), 1);
    for (uint32_t set = 0; set < 1u << 6; set++) {
        for (uint32_t i = 0; i < 6; i++) {
            delta.stays[i] = (set >> i & 1) != 0;
        }
        mark_sent(&delta, 0, IMAGE_SIZE, 64, sent);
        for (uint32_t i = 0; i < IMAGE_SIZE; i++) {
            assert_int_equal(sent[i], !delta.stays[mprom_delta_block_at(&delta, i)]);
        }
    }
    mprom_delta_free(&delta);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_stays_is_left_out_and_nothing_else),
        cmocka_unit_test(without_a_delta_all_is_sent),
        cmocka_unit_test(one_known_block_is_something),
        cmocka_unit_test(the_last_block_ends_with_the_image),
        cmocka_unit_test(blocks_of_several_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
