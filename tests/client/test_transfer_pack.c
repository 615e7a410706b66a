/* The deflate stream in pieces: each piece must be enough for what it is said to make. */
#include "client/transfer/transfer_pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    IMAGE_SIZE = 50000,
    BLOCK_SIZE = 4096,
    UNIT = 256,
    ROOM = 300,
    CHUNK = 2048,
    WINDOW_BITS = 10,
};

static uint8_t image[IMAGE_SIZE];

/* A little more than what has to be there at least. */
static const uint8_t *image_bytes(void *ctx, uint32_t off, uint32_t *size)
{
    (void)ctx;
    *size = IMAGE_SIZE - off < MPROM_TRANSFER_CHUNK_MAX + 7 ? IMAGE_SIZE - off : MPROM_TRANSFER_CHUNK_MAX + 7;
    return image + off;
}

/* Words of which some come again soon, some late, and zeros that compress to almost nothing. */
static void fill(unsigned words)
{
    srand(7);
    for (uint32_t i = 0; i < IMAGE_SIZE; i++) {
        image[i] = (uint8_t)(i > 30000 && i < 40000 ? 0 : (unsigned)rand() % words * 41);
    }
}

/* Inflates exactly the bytes given, and returns how many that makes. */
static uint32_t inflate_prefix(const uint8_t *bytes, uint32_t size, uint8_t *made)
{
    z_stream stream = {.zalloc = Z_NULL};
    assert_int_equal(inflateInit2(&stream, -WINDOW_BITS), Z_OK);
    stream.next_in = (Bytef *)(uintptr_t)bytes;
    stream.avail_in = size;
    stream.next_out = made;
    stream.avail_out = IMAGE_SIZE;
    int status = inflate(&stream, Z_SYNC_FLUSH);
    assert_true(status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR);
    inflateEnd(&stream);
    return (uint32_t)stream.total_out;
}

static void cut(const struct mprom_transfer_job *job, const uint8_t *expected, uint32_t expected_size)
{
    static uint8_t sent[2 * IMAGE_SIZE];
    static uint8_t made[IMAGE_SIZE];
    struct mprom_pack pack;
    uint32_t sent_size = 0;
    uint32_t said = 0;
    assert_int_equal(mprom_pack_begin(&pack, job, WINDOW_BITS), 1);
    for (uint32_t off = job->from; off < job->to;) {
        const uint8_t *piece;
        uint32_t size;
        uint32_t end = mprom_delta_next(job->delta, &off, job->to);
        uint32_t max = end - off < CHUNK ? end - off : CHUNK;
        if (max == 0) {
            break;
        }
        uint32_t more = mprom_pack_next(&pack, max, UNIT, ROOM, &piece, &size);
        assert_true(more == max || more % UNIT == 0);
        assert_true(more <= max && size <= ROOM && (size > 0 || more > 0));
        memcpy(sent + sent_size, piece, size);
        sent_size += size;
        said += more;
        off += more;
        assert_true(inflate_prefix(sent, sent_size, made) >= said);
        assert_memory_equal(made, expected, said);
    }
    assert_int_equal(said, expected_size);
    mprom_pack_end(&pack);
}

static void every_piece_is_enough(void **state)
{
    (void)state;
    struct mprom_delta all = {.size = 0};
    struct mprom_transfer_job job = {
        .content = {NULL, image_bytes}, .delta = &all, .from = 32, .to = IMAGE_SIZE, .unit = UNIT};
    for (unsigned words = 2; words < 200; words += 40) {
        fill(words);
        cut(&job, image + 32, IMAGE_SIZE - 32);
    }
}

static void what_stays_is_not_in_the_stream(void **state)
{
    (void)state;
    static uint8_t expected[IMAGE_SIZE];
    uint32_t size = 0;
    struct mprom_delta delta;
    fill(20);
    assert_true(mprom_delta_init(&delta, IMAGE_SIZE, 0, BLOCK_SIZE));
    for (uint32_t i = 0; i < delta.block_count; i++) {
        uint32_t off;
        uint32_t end = mprom_delta_block(&delta, i, &off);
        delta.stays[i] = i % 3 == 1;
        if (!delta.stays[i]) {
            memcpy(expected + size, image + off, end - off);
            size += end - off;
        }
    }
    struct mprom_transfer_job job = {
        .content = {NULL, image_bytes}, .delta = &delta, .from = 0, .to = IMAGE_SIZE, .unit = UNIT};
    cut(&job, expected, size);
    mprom_delta_free(&delta);
}

static void noise_is_not_worth_it(void **state)
{
    (void)state;
    struct mprom_pack pack;
    struct mprom_delta all = {.size = 0};
    struct mprom_transfer_job job = {
        .content = {NULL, image_bytes}, .delta = &all, .from = 0, .to = IMAGE_SIZE, .unit = UNIT};
    uint32_t x = 1;
    for (uint32_t i = 0; i < IMAGE_SIZE; i++) {
        x = x * 1664525u + 1013904223u;
        image[i] = (uint8_t)(x >> 24);
    }
    assert_int_equal(mprom_pack_begin(&pack, &job, WINDOW_BITS), 0);
    mprom_pack_end(&pack);
    job.to = 32;
    assert_int_equal(mprom_pack_begin(&pack, &job, WINDOW_BITS), 0);
    mprom_pack_end(&pack);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_piece_is_enough),
        cmocka_unit_test(what_stays_is_not_in_the_stream),
        cmocka_unit_test(noise_is_not_worth_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
