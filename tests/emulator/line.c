/* One direction of a simulated link: what arrives, in what order, when, and what faults do to it. */
#include "emulator/programs/link/line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum {
    SENT_SIZE = 1000,
    SECOND = 1000000000,
};

static struct line line;
static uint8_t sent[SENT_SIZE];
static uint8_t got[4 * SENT_SIZE];

static int begin(void **state)
{
    (void)state;
    for (size_t i = 0; i < SENT_SIZE; i++) {
        sent[i] = (uint8_t)(i * 7 + i / 256);
    }
    memset(got, 0, sizeof(got));
    return 0;
}

static void open_line(struct line_config config)
{
    line_init(&line, &config);
}

static void open_faulty(enum line_fault_kind kind, uint64_t off, uint32_t seed)
{
    open_line((struct line_config){
        .faults = {{.kind = kind, .off = off, .seed = seed}}, .fault_count = 1, .stall_ns = 5ull * SECOND});
}

/* Everything that has arrived by then. */
static size_t take(uint64_t now_ns, uint8_t *dst)
{
    size_t size = line_peek(&line, now_ns, dst, sizeof(got));
    line_pop(&line, size, true);
    return size;
}

static size_t send_all(uint64_t now_ns)
{
    line_put(&line, now_ns, sent, SENT_SIZE);
    return take(now_ns, got);
}

static void test_unlimited(void **state)
{
    (void)state;
    open_line((struct line_config){0});
    assert_int_equal(send_all(1), SENT_SIZE);
    assert_memory_equal(got, sent, SENT_SIZE);
    assert_int_equal(line.counts.delivered, SENT_SIZE);
    assert_true(line_next_ns(&line) == UINT64_MAX);
}

/* 1,000 bytes at 115200 baud take 1000 * 10 / 115200 s. */
static void test_rate(void **state)
{
    (void)state;
    open_line((struct line_config){.byte_ns = 86806});
    line_put(&line, 0, sent, SENT_SIZE);
    assert_int_equal(take(0, got), 0);
    assert_int_equal(line_next_ns(&line), 86806);
    assert_int_equal(take(86805, got), 0);
    assert_int_equal(take(86806, got), 1);
    assert_int_equal(take(SECOND / 100, got + 1), 114);
    assert_int_equal(take(SECOND, got + 115), SENT_SIZE - 115);
    assert_memory_equal(got, sent, SENT_SIZE);
}

/* A pause is not made up for. */
static void test_rate_after_a_pause(void **state)
{
    (void)state;
    open_line((struct line_config){.byte_ns = 1000});
    line_put(&line, 0, sent, 1);
    line_put(&line, SECOND, sent + 1, 2);
    assert_int_equal(take(SECOND + 999, got), 1);
    assert_int_equal(take(SECOND + 1999, got), 1);
    assert_int_equal(take(SECOND + 2000, got), 1);
}

static void test_latency_delays_and_does_not_slow_down(void **state)
{
    (void)state;
    open_line((struct line_config){.byte_ns = 10, .latency_ns = 5000});
    line_put(&line, 0, sent, 100);
    assert_int_equal(take(5009, got), 0);
    assert_int_equal(take(5010, got), 1);
    assert_int_equal(take(6000, got), 99);
}

static void test_room(void **state)
{
    (void)state;
    open_line((struct line_config){.byte_ns = 1});
    assert_int_equal(line_room(&line), LINE_QUEUE_SIZE);
    for (size_t i = 0; i < LINE_QUEUE_SIZE; i++) {
        line_put(&line, 0, sent + i % SENT_SIZE, 1);
    }
    assert_int_equal(line_room(&line), 0);
    take(10, got);
    assert_int_equal(line_room(&line), 10);
}

static void test_seven_bit(void **state)
{
    (void)state;
    open_line((struct line_config){.seven_bit = true});
    assert_int_equal(send_all(0), SENT_SIZE);
    for (size_t i = 0; i < SENT_SIZE; i++) {
        assert_int_equal(got[i], sent[i] & 0x7F);
    }
}

/* How many bytes at the start and at the end arrived as they were sent. */
static size_t same_start(size_t size)
{
    size_t n = 0;
    while (n < size && n < SENT_SIZE && got[n] == sent[n]) {
        n++;
    }
    return n;
}

static size_t same_end(size_t size)
{
    size_t n = 0;
    while (n < size && n < SENT_SIZE && got[size - 1 - n] == sent[SENT_SIZE - 1 - n]) {
        n++;
    }
    return n;
}

static void test_lose(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < 100; seed++) {
        open_faulty(LINE_LOSE, 300, seed);
        size_t size = send_all(0);
        size_t lost = SENT_SIZE - size;
        assert_in_range(lost, 1, 40);
        assert_memory_equal(got, sent, 300);
        assert_memory_equal(got + 300, sent + 300 + lost, size - 300);
        assert_int_equal(line.counts.lost, lost);
        assert_int_equal(line.counts.sent, SENT_SIZE);
        assert_int_equal(line.counts.faults, 1);
    }
}

static void test_double(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < 100; seed++) {
        open_faulty(LINE_DOUBLE, 300, seed);
        size_t size = send_all(0);
        size_t more = size - SENT_SIZE;
        assert_in_range(more, 1, 40);
        assert_memory_equal(got, sent, 300);
        for (size_t i = 0; i < more; i++) {
            assert_int_equal(got[300 + 2 * i], sent[300 + i]);
            assert_int_equal(got[300 + 2 * i + 1], sent[300 + i]);
        }
        assert_memory_equal(got + 300 + 2 * more, sent + 300 + more, SENT_SIZE - 300 - more);
        assert_int_equal(line.counts.added, more);
    }
}

static void test_flip(void **state)
{
    (void)state;
    uint8_t bits = 0;
    for (uint32_t seed = 0; seed < 100; seed++) {
        open_faulty(LINE_FLIP, 300, seed);
        assert_int_equal(send_all(0), SENT_SIZE);
        uint8_t change = got[300] ^ sent[300];
        assert_true(change != 0 && (change & (change - 1)) == 0);
        bits |= change;
        got[300] = sent[300];
        assert_memory_equal(got, sent, SENT_SIZE);
    }
    assert_int_equal(bits, 0xFF);
}

/* Of all that may be sent, nothing becomes Ctrl-C, with the highest bit or without. */
static void test_change(void **state)
{
    (void)state;
    size_t most = 0;
    for (uint32_t seed = 0; seed < 2000; seed++) {
        open_faulty(LINE_CHANGE, seed % 300, seed);
        assert_int_equal(send_all(0), SENT_SIZE);
        size_t start = same_start(SENT_SIZE);
        size_t changed = SENT_SIZE - start - same_end(SENT_SIZE);
        assert_int_equal(start, seed % 300);
        assert_in_range(changed, 1, 40);
        for (size_t i = start; i < start + changed; i++) {
            assert_int_not_equal(got[i] & 0x7F, sent[i] & 0x7F);
            assert_int_not_equal(got[i] & 0x7F, 3);
        }
        most = changed > most ? changed : most;
    }
    assert_int_equal(most, 40);
}

static void test_noise(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < 100; seed++) {
        open_faulty(LINE_NOISE, 300, seed);
        size_t size = send_all(0);
        size_t more = size - SENT_SIZE;
        assert_in_range(more, 1, LINE_EXTRA_MAX);
        assert_true(same_start(size) >= 300);
        assert_true(same_end(size) >= SENT_SIZE - 300);
        assert_int_equal(line.counts.added, more);
    }
}

static void test_the_same_seed_repeats(void **state)
{
    (void)state;
    uint8_t first[sizeof(got)];
    size_t size[2];
    for (int i = 0; i < 2; i++) {
        open_faulty(LINE_NOISE, 10, 4711);
        size[i] = send_all(0);
        if (i == 0) {
            memcpy(first, got, sizeof(first));
        }
    }
    assert_int_equal(size[0], size[1]);
    assert_memory_equal(first, got, size[0]);
}

static void test_stall(void **state)
{
    (void)state;
    open_faulty(LINE_STALL, 300, 1);
    assert_int_equal(send_all(0), 300);
    assert_int_equal(take(5ull * SECOND - 1, got + 300), 0);
    assert_int_equal(take(5ull * SECOND, got + 300), SENT_SIZE - 300);
    assert_memory_equal(got, sent, SENT_SIZE);
}

/* They happen in their turn: after the bytes before them were taken, and before those behind. */
static void test_events(void **state)
{
    (void)state;
    const enum line_fault_kind kinds[] = {LINE_CUT, LINE_RESET};
    for (size_t i = 0; i < 2; i++) {
        open_faulty(kinds[i], 300, 1);
        line_put(&line, 0, sent, SENT_SIZE);
        assert_int_equal(line_event(&line, 0), -1);
        assert_int_equal(take(0, got), 300);
        assert_int_equal(line_event(&line, 0), (int)kinds[i]);
        assert_int_equal(line_event(&line, 0), -1);
        assert_int_equal(take(0, got + 300), SENT_SIZE - 300);
        assert_memory_equal(got, sent, SENT_SIZE);
    }
}

/* However full the queue is, what faults add has room. */
static void test_many_faults_at_once(void **state)
{
    (void)state;
    struct line_config config = {.byte_ns = 1, .fault_count = LINE_FAULTS_MAX};
    for (uint32_t i = 0; i < LINE_FAULTS_MAX; i++) {
        config.faults[i] = (struct line_fault){.kind = LINE_NOISE, .off = LINE_QUEUE_SIZE - 1, .seed = i};
    }
    open_line(config);
    for (size_t i = 0; i < LINE_QUEUE_SIZE; i++) {
        line_put(&line, 0, sent + i % SENT_SIZE, 1);
    }
    assert_int_equal(line.counts.faults, LINE_FAULTS_MAX);
    size_t size = 0;
    for (size_t n; (n = line_peek(&line, SECOND, got, sizeof(got))) > 0; size += n) {
        line_pop(&line, n, true);
    }
    assert_int_equal(size, LINE_QUEUE_SIZE + line.counts.added);
    assert_int_equal(got[(size - 1) % sizeof(got)], sent[(LINE_QUEUE_SIZE - 1) % SENT_SIZE]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_unlimited, begin),
        cmocka_unit_test_setup(test_rate, begin),
        cmocka_unit_test_setup(test_rate_after_a_pause, begin),
        cmocka_unit_test_setup(test_latency_delays_and_does_not_slow_down, begin),
        cmocka_unit_test_setup(test_room, begin),
        cmocka_unit_test_setup(test_seven_bit, begin),
        cmocka_unit_test_setup(test_lose, begin),
        cmocka_unit_test_setup(test_double, begin),
        cmocka_unit_test_setup(test_flip, begin),
        cmocka_unit_test_setup(test_change, begin),
        cmocka_unit_test_setup(test_noise, begin),
        cmocka_unit_test_setup(test_the_same_seed_repeats, begin),
        cmocka_unit_test_setup(test_stall, begin),
        cmocka_unit_test_setup(test_events, begin),
        cmocka_unit_test_setup(test_many_faults_at_once, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
