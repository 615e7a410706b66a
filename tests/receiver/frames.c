/* Frames over a link that changes, loses and doubles bytes, or is cut; frames that lie; a deflate stream in frames.
 */
#include "receiver/check.h"
#include "rom/image_maker.h"
#include "support/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    SIZE = 2 * 1024 + 90,
};

static uint8_t image[SIZE];
static struct maker maker;
static struct board board;

static int setup(void **state)
{
    (void)state;
    board_open(&board, "nrf", BOARD_PLAIN);
    make_image(image, SIZE, 2, true);
    maker_open(&maker);
    maker_literal(&maker, image, SIZE);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    board_close(&board);
    return 0;
}

/* A word for each piece of a payload, one for each frame, and one at the end. */
static void words_are_counted(void **state)
{
    (void)state;
    static const uint32_t runs[] = {1, 7, 63, 64, 65, 5000};
    for (int i = 0; i < 6; i++) {
        struct mprom_client client;
        mprom_client_open(&client);
        client.run_max = runs[i];
        client_add_patch(&client, &maker, 0, CHUNK);
        uint32_t rooms = 0;
        for (uint32_t f = 0; f < client.frame_count; f++) {
            rooms += (client.frame_off[f + 1] - client.frame_off[f] - 24 + PIECE - 1) / PIECE;
        }
        assert_int_equal(client_run(&client, &board.rom, 0, SIZE, MPROM_WIRE_DELTA), 0);
        assert_int_equal(client.rooms, rooms);
        assert_int_equal(client.written, client.frame_count);
        assert_int_equal(client.done, 1);
        assert_int_equal(client.damaged, 0);
        assert_int_equal(client.polls, 3); /* blocks */
        mprom_client_close(&client);
        assert_holds(&board, image, SIZE);
    }
}

static void send_with_fault(enum fault fault, uint32_t at, uint32_t extra)
{
    struct mprom_client client;
    mprom_client_open(&client);
    client_add_patch(&client, &maker, 0, CHUNK);
    client.fault = fault;
    client.fault_at = at;
    client.extra = extra;
    client.random = at + 1;
    assert_true(at < client.frame_off[client.frame_count]);
    assert_int_equal(client_run(&client, &board.rom, 0, SIZE, MPROM_WIRE_DELTA), 0);
    assert_int_equal(client.done, 1);
    assert_true(client.damaged >= 1);
    assert_int_equal(client.rewinds, client.damaged);
    mprom_client_close(&client);
    assert_holds(&board, image, SIZE);
}

static void damaged_frames_are_sent_again(void **state)
{
    (void)state;
    struct sample sample = sample_open("receiver_frames");
    uint32_t end = 24 * 8 + 2 * GREETING_SIZE + SIZE;
    for (int fault = FAULT_FLIP; fault <= FAULT_INSERT; fault++) {
        for (uint32_t at = 0; at < end - 400; at += sample.all || at < 60 ? 1 : 1 + (sample.seed + at) % 23) {
            send_with_fault((enum fault)fault, at, at % 3 * 300);
        }
    }
}

/* A link that is cut at any byte leaves no session. */
static void a_cut_link_ends_the_session(void **state)
{
    (void)state;
    for (uint32_t at = 0; at < SIZE; at += 31) {
        struct mprom_client client;
        mprom_client_open(&client);
        client_add_patch(&client, &maker, 0, CHUNK);
        client.fault = FAULT_CUT;
        client.fault_at = at;
        assert_int_equal(client_run(&client, &board.rom, 0, SIZE, at % 2 ? MPROM_WIRE_WHOLE : MPROM_WIRE_DELTA),
                         CLIENT_CUT);
        assert_int_equal(client.done + client.refused, 0);
        assert_int_equal(board.rom.update.mode, MPROM_ROM_UPDATE_CLOSED);
        mprom_client_close(&client);
    }
    send_with_fault(FAULT_FLIP, 30, 0);
}

/* A frame with the right checksum that is not what comes next is no accident. */
static void frames_that_lie_are_refused(void **state)
{
    (void)state;
    static const struct {
        uint32_t off, size, payload_size;
    } frames[] = {
        {1, CHUNK, CHUNK},                                     /* leaves out a byte */
        {UINT32_MAX, CHUNK, CHUNK}, {0, CHUNK + 1, CHUNK + 1}, /* more than a chunk */
        {0, 0xFFFF, CHUNK},         {0, CHUNK, CHUNK - 1},     /* not as long as it says */
        {0, CHUNK - 1, CHUNK},      {0, 0, 1},
    };
    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++) {
        struct mprom_client client;
        mprom_client_open(&client);
        client_greet(&client);
        client_add(&client, frames[i].off, frames[i].size, maker.bytes, frames[i].payload_size);
        assert_int_equal(client_run(&client, &board.rom, 0, SIZE, MPROM_WIRE_DELTA), -MPROM_EBADMSG);
        assert_int_equal(client.refused, 1);
        assert_int_equal(client.written, 1);
        mprom_client_close(&client);
    }
}

static void the_greeting_makes_nothing(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 2; i++) {
        struct mprom_client client;
        mprom_client_open(&client);
        client_add(&client, i, 1 - i, maker.bytes, 1);
        assert_int_equal(client_run(&client, &board.rom, 0, SIZE, MPROM_WIRE_DELTA), -MPROM_EBADMSG);
        assert_int_equal(client.written, 0);
        mprom_client_close(&client);
    }
}

/* Frames of nothing are allowed, and count. */
static void empty_frames_are_taken(void **state)
{
    (void)state;
    struct mprom_client client;
    mprom_client_open(&client);
    client_greet(&client);
    uint32_t off = 0;
    while (off < maker.size) {
        uint32_t size = maker.size - off < CHUNK ? maker.size - off : CHUNK;
        client_add(&client, off, 0, NULL, 0);
        client_add(&client, off, size, maker.bytes + off, size);
        off += size;
    }
    assert_int_equal(client_run(&client, &board.rom, 0, SIZE, MPROM_WIRE_DELTA), 0);
    assert_int_equal(client.written, client.frame_count);
    mprom_client_close(&client);
    assert_holds(&board, image, SIZE);
}

/* A payload that is larger than there is room for is never read. */
static void large_payloads_are_damage(void **state)
{
    (void)state;
    uint8_t payload[ROOM + 1];
    memset(payload, 'x', sizeof payload);
    struct mprom_client client;
    mprom_client_open(&client);
    client_add(&client, 0, 0, payload, ROOM + 1);
    assert_int_equal(client_run(&client, &board.rom, 0, SIZE, MPROM_WIRE_DELTA), CLIENT_CUT);
    assert_true(client.damaged > 0);
    assert_int_equal(client.rooms, 0);
    assert_int_equal(client.written, 0);
    mprom_client_close(&client);
}

/* Stands in for deflate: pairs of a byte and how often it comes, of which a frame may make a part. */
static uint32_t runs_left;
static uint8_t runs_byte;

static int runs_inflate(void *ctx, const uint8_t **src, const uint8_t *end, uint8_t *dst, size_t size)
{
    (void)ctx;
    assert_true(size > 0 && size <= MPROM_RECEIVER_MADE_SIZE);
    for (size_t i = 0; i < size; i++) {
        while (runs_left == 0) {
            if (end - *src < 2) {
                return -MPROM_EBADMSG;
            }
            runs_byte = *(*src)++;
            runs_left = *(*src)++;
        }
        dst[i] = runs_byte;
        runs_left--;
    }
    return 0;
}

static uint8_t packed[4 * SIZE];

static uint32_t pack_runs(void)
{
    uint32_t size = 0;
    for (uint32_t i = 0; i < maker.size;) {
        uint32_t count = 1;
        while (count < 255 && i + count < maker.size && maker.bytes[i + count] == maker.bytes[i]) {
            count++;
        }
        packed[size++] = maker.bytes[i];
        packed[size++] = (uint8_t)count;
        i += count;
    }
    return size;
}

/* The stream is cut anywhere: what a frame makes and what of the stream it carries are two things. */
static void send_packed(uint32_t ahead, int result, uint32_t fault_at)
{
    struct mprom_client client;
    uint32_t stream_size = pack_runs();
    uint32_t sent = 0;
    runs_left = 0;
    mprom_client_open(&client);
    client_greet(&client);
    client.fault = fault_at > 0 ? FAULT_FLIP : FAULT_NONE;
    client.fault_at = fault_at;
    for (uint32_t off = 0; off < maker.size;) {
        uint32_t size = maker.size - off < 60 ? maker.size - off : 60;
        off += size;
        /* As much as makes off bytes, and some that the frames to come make something of. */
        uint32_t need = 0;
        for (uint32_t made = 0; made < off; need += 2) {
            made += packed[need + 1];
        }
        uint32_t end = need + ahead < stream_size ? need + ahead : stream_size;
        end = end > sent ? end : sent;
        client_add(&client, off - size, size, packed + sent, end - sent);
        sent = end;
    }
    assert_int_equal(client_run_packed(&client, &board.rom, SIZE, runs_inflate), result);
    assert_int_equal(client.refused, result != 0);
    assert_int_equal(client.damaged, fault_at > 0);
    mprom_client_close(&client);
}

static void streams_go_on_over_frames(void **state)
{
    (void)state;
    make_image_of(image, SIZE, 2, true, IMAGE_SPARSE);
    maker_open(&maker);
    maker_literal(&maker, image, SIZE);
    static const uint32_t ahead[] = {0, 1, 2, 33, 100, 200};
    for (int i = 0; i < 6; i++) {
        send_packed(ahead[i], 0, 0);
        assert_holds(&board, image, SIZE);
        send_packed(ahead[i], 0, 24 + GREETING_SIZE + 200 + 37 * (uint32_t)i);
        assert_holds(&board, image, SIZE);
    }
}

static void broken_streams_are_refused(void **state)
{
    (void)state;
    struct mprom_client client;
    uint8_t bytes[MPROM_RECEIVER_KEPT_SIZE + 12];
    memset(bytes, 1, sizeof bytes);
    bytes[0] = 1 << 2; /* once: a literal byte comes */
    /* It ends before the frame does, or leaves more than can be kept. */
    for (uint32_t left = 0; left < 3; left++) {
        runs_left = 0;
        mprom_client_open(&client);
        client_greet(&client);
        client_add(&client, 0, left == 0 ? 2 : 1, bytes, left == 0 ? 2 : 2 + MPROM_RECEIVER_KEPT_SIZE / 2);
        if (left > 0) {
            client_add(&client, 1, 0, bytes, MPROM_RECEIVER_KEPT_SIZE / 2 - 1 + left);
        }
        int err = client_run_packed(&client, &board.rom, SIZE, runs_inflate);
        assert_int_equal(err, left == 1 ? CLIENT_CUT : -MPROM_EBADMSG);
        assert_int_equal(client.written, left == 1 ? 3 : left == 2 ? 2 : 1);
        mprom_client_close(&client);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(words_are_counted),           TEST(damaged_frames_are_sent_again), TEST(a_cut_link_ends_the_session),
        TEST(frames_that_lie_are_refused), TEST(the_greeting_makes_nothing),    TEST(empty_frames_are_taken),
        TEST(large_payloads_are_damage),   TEST(streams_go_on_over_frames),     TEST(broken_streams_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
