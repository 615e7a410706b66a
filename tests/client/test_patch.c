/* Patches, applied by what docs/transfer.md says of them: what it does not allow is a failure. */
#include "client/transfer/patch.h"

#include "support/sample.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum {
    SEGMENT_SIZE = 256 * 1024,
    IMAGE_MAX = 100 * 1024,
    CASES = 400,
    CASES_ALL = 20000,
    LITERAL = 0,
    COPY = 1,
    KEEP = 2,
};

static uint32_t seed;

static uint32_t choose(uint32_t below)
{
    seed = seed * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)(seed >> 8) * below) >> 24);
}

/* The board: a segment and the block that it assembles. */
struct board {
    uint8_t segment[SEGMENT_SIZE];
    uint8_t block[MPROM_WIRE_BLOCK_SIZE_MAX];
    uint32_t block_size;                 /* of the flash, the smallest */
    const struct mprom_client_run *runs; /* blocks that differ; NULL: they do not */
    uint32_t unit;                       /* of assembling */
    uint32_t size;                       /* of the image */
    uint32_t made;
    uint32_t counts[3]; /* of operations */
};

/* The whole patch, byte by byte. */
struct stream {
    const uint8_t *bytes;
    uint32_t size;
    uint32_t pos;
};

static uint8_t take(struct stream *stream)
{
    assert_true(stream->pos < stream->size);
    return stream->bytes[stream->pos++];
}

static uint32_t take_number(struct stream *stream)
{
    uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        uint8_t byte = take(stream);
        assert_true(shift < 35);
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) {
            break;
        }
    }
    assert_true(value <= UINT32_MAX);
    return (uint32_t)value;
}

/* Where the erase block ends that holds off; *start is where it starts. */
static uint32_t block_end(const struct board *board, uint32_t off, uint32_t *start)
{
    const struct mprom_client_run *run = board->runs;
    *start = off / board->block_size * board->block_size;
    uint32_t end = *start + board->block_size;
    for (uint32_t left = run ? run->count : 0, at = 0; run && at <= off; left--) {
        while (left == 0) {
            left = (++run)->count;
        }
        *start = at;
        at = end = at + run->size;
    }
    return end;
}

static void make(struct board *board, uint8_t byte)
{
    assert_true(board->made < board->size);
    board->block[board->made % board->unit] = byte;
    board->made++;
    if (board->made % board->unit == 0 || board->made == board->size) {
        uint32_t start = (board->made - 1) / board->unit * board->unit;
        uint32_t erased;
        uint32_t end = block_end(board, start, &erased);
        memcpy(board->segment + start, board->block, board->made - start);
        if (board->runs && end > board->made) {
            memset(board->segment + board->made, 0xFF, end - board->made);
        }
    }
}

static void copy(struct board *board, uint32_t count, int32_t shift)
{
    assert_true(board->block_size <= MPROM_WIRE_BLOCK_SIZE_MAX);
    for (uint32_t i = 0; i < count; i++) {
        int64_t source = (int64_t)board->made + shift;
        assert_true(source >= 0 && source < SEGMENT_SIZE);
        assert_true(board->made < board->unit || source >= board->unit); /* the first unit is held back */
        make(board, board->segment[source]);
    }
}

static void keep(struct board *board, uint32_t count)
{
    uint32_t start;
    block_end(board, board->made, &start);
    assert_true(board->made > 0 && board->made == start);
    assert_true(count <= board->size - board->made);
    board->made += count;
    block_end(board, board->made, &start);
    assert_true(board->made == board->size || board->made == start);
}

static void apply(struct board *board, const uint8_t *bytes, uint32_t size)
{
    struct stream stream = {bytes, size, 0};
    int32_t shift = 0;
    memset(board->counts, 0, sizeof board->counts);
    for (board->made = 0; board->made < board->size;) {
        uint32_t op = take_number(&stream);
        uint32_t count = op >> 2;
        assert_true((op & 3) <= KEEP && count > 0);
        board->counts[op & 3]++;
        if ((op & 3) == LITERAL) {
            for (uint32_t i = 0; i < count; i++) {
                make(board, take(&stream));
            }
        } else if ((op & 3) == COPY) {
            uint32_t change = take_number(&stream);
            shift += (int32_t)(change >> 1) ^ -(int32_t)(change & 1);
            copy(board, count, shift);
        } else {
            keep(board, count);
        }
    }
    assert_int_equal(stream.pos, size);
}

/* What goes into a patch, and its board. */
struct scene {
    uint8_t image[IMAGE_MAX];
    uint8_t base[IMAGE_MAX];
    uint32_t size;
    uint32_t base_size;
    bool knows_base;
    struct mprom_delta delta;
    struct board board;
    struct mprom_patch_facts facts;
    uint32_t patch_size;
    uint8_t patch[2 * IMAGE_MAX];
};

static struct scene scene;

static void fill(uint8_t *bytes, uint32_t size, uint32_t words)
{
    for (uint32_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(choose(words) * 37);
    }
}

/* The segment holds the base, and is asked what it holds, as a board is. */
static void look_at_runs(const struct mprom_client_run *runs, uint32_t run_count, uint32_t damaged)
{
    struct mprom_delta *delta = &scene.delta;
    struct board *board = &scene.board;
    fill(board->segment, SEGMENT_SIZE, 256);
    memcpy(board->segment, scene.base, scene.base_size);
    for (uint32_t i = 0; i < damaged; i++) {
        board->segment[choose(scene.base_size)] ^= 0x40;
    }
    uint32_t base_size = scene.knows_base ? scene.base_size : 0;
    assert_true(run_count > 1 ? mprom_delta_init_runs(delta, scene.size, base_size, runs, run_count)
                              : mprom_delta_init(delta, scene.size, base_size, runs[0].size));
    for (uint32_t i = 0; i < delta->block_count; i++) {
        uint32_t off;
        uint32_t end = mprom_delta_block(delta, i, &off);
        delta->stays[i] = memcmp(scene.image + off, board->segment + off, end - off) == 0;
    }
    for (uint32_t i = 0; i < delta->base_count; i++) {
        uint32_t off;
        uint32_t end = mprom_delta_base_block(delta, i, &off);
        delta->holds_base[i] = memcmp(scene.base + off, board->segment + off, end - off) == 0;
    }
    board->runs = run_count > 1 ? runs : NULL;
    board->block_size = delta->block_size;
    board->unit = delta->block_size < MPROM_WIRE_BLOCK_SIZE_MAX ? delta->block_size : MPROM_WIRE_BLOCK_SIZE_MAX;
    board->size = scene.size;
}

static void look(uint32_t block_size, uint32_t damaged)
{
    look_at_runs(&(struct mprom_client_run){block_size, 1}, 1, damaged);
}

/* Reads all of a patch, in pieces of any size. */
static void read_patch(struct patch *patch)
{
    scene.patch_size = 0;
    for (;;) {
        uint32_t size;
        const uint8_t *bytes = mprom_patch_bytes(patch, scene.patch_size, &size);
        if (size == 0) {
            return;
        }
        uint32_t part = size > 1 ? 1 + choose(size) : 1;
        assert_true(size >= MPROM_PATCH_PIECE || scene.patch_size + size == scene.facts.size);
        assert_true(scene.patch_size + part <= sizeof scene.patch);
        memcpy(scene.patch + scene.patch_size, bytes, part);
        scene.patch_size += part;
    }
}

/* Makes the patch, twice, and applies it. */
static void deploy(void)
{
    const struct mprom_patch_input input = {scene.image, scene.size, scene.base, &scene.delta};
    static uint8_t first[sizeof scene.patch];
    struct patch *patch = mprom_patch_new(&input);
    assert_non_null(patch);
    mprom_patch_measure(patch, &scene.facts);
    read_patch(patch);
    memcpy(first, scene.patch, scene.patch_size);
    read_patch(patch);
    mprom_patch_free(patch);
    assert_int_equal(scene.patch_size, scene.facts.size);
    assert_memory_equal(first, scene.patch, scene.patch_size);
    assert_int_equal(scene.facts.sent + scene.facts.copied + scene.facts.kept, scene.size);
    apply(&scene.board, scene.patch, scene.patch_size);
    assert_memory_equal(scene.board.segment, scene.image, scene.size);
    mprom_delta_free(&scene.delta);
}

/* Moves, inserts, removes or replaces some bytes of the image. */
static void edit(void)
{
    uint32_t at = choose(scene.size);
    uint32_t size = 1 + choose(choose(4) == 0 ? 9000 : 200);
    uint32_t to;
    switch (choose(4)) {
    case 0: /* insert */
        size = size < IMAGE_MAX - scene.size ? size : IMAGE_MAX - scene.size;
        memmove(scene.image + at + size, scene.image + at, scene.size - at);
        fill(scene.image + at, size, 256);
        scene.size += size;
        break;
    case 1: /* remove */
        size = size < scene.size - at ? size : scene.size - at - 1;
        memmove(scene.image + at, scene.image + at + size, scene.size - at - size);
        scene.size -= size;
        break;
    case 2: /* replace */
        size = size < scene.size - at ? size : scene.size - at;
        fill(scene.image + at, size, 256);
        break;
    default: /* move */
        to = choose(scene.size);
        size = size < scene.size - at ? size : scene.size - at;
        size = size < scene.size - to ? size : scene.size - to;
        memmove(scene.image + to, scene.image + at, size);
        break;
    }
}

static void begin(uint32_t size, uint32_t words)
{
    scene.size = scene.base_size = size;
    scene.knows_base = true;
    fill(scene.base, size, words);
    memcpy(scene.image, scene.base, size);
}

/* L0: of blocks that differ in size each is kept whole, and nothing is copied from what an erase has taken. */
static void any_edit_on_uneven_blocks(void **state)
{
    (void)state;
    static const struct mprom_client_run f4[] = {{16384, 4}, {65536, 1}, {131072, 1}};
    static const struct mprom_client_run small[] = {{4096, 3}, {8192, 2}, {1024, 3}, {65536, 4}};
    static const struct mprom_client_run large_first[] = {{32768, 1}, {4096, 56}};
    static const struct {
        const struct mprom_client_run *runs;
        uint32_t count;
    } layouts[] = {{f4, 3}, {small, 4}, {large_first, 2}};
    struct sample sample = sample_open("client_patch_uneven");
    uint32_t count = sample.count ? sample.count : sample.all ? CASES_ALL : CASES;
    for (uint32_t i = 0; i < count; i++) {
        seed = sample.seed + i;
        choose(2);
        begin(1 + choose(IMAGE_MAX - 1), 1 + choose(255));
        for (uint32_t edits = choose(4); edits > 0; edits--) {
            edit();
        }
        uint32_t layout = choose(3);
        look_at_runs(layouts[layout].runs, layouts[layout].count, choose(2) * choose(20));
        deploy();
    }
}

static void any_edit_of_any_image(void **state)
{
    (void)state;
    static const uint32_t block_sizes[] = {256, 1024, 2048, 4096, 4096, 4096, 8192, 16384, 131072};
    struct sample sample = sample_open("client_patch");
    uint32_t count = sample.count ? sample.count : sample.all ? CASES_ALL : CASES;
    for (uint32_t i = 0; i < count; i++) {
        seed = sample.seed + i;
        choose(2);
        begin(1 + choose(choose(3) == 0 ? 500 : IMAGE_MAX - 1), 1 + choose(255));
        for (uint32_t edits = choose(6); edits > 0; edits--) {
            edit();
        }
        scene.knows_base = choose(5) > 0;
        look(block_sizes[choose(9)], choose(2) * choose(20));
        deploy();
    }
}

static void an_unchanged_image_is_a_copy_and_a_keep(void **state)
{
    (void)state;
    seed = 1;
    for (uint32_t known = 0; known < 2; known++) {
        begin(50000, 256);
        scene.knows_base = known != 0;
        look(4096, 0);
        deploy();
        assert_int_equal(scene.board.counts[LITERAL], 0);
        assert_int_equal(scene.board.counts[COPY], 1);
        assert_int_equal(scene.board.counts[KEEP], 1);
        assert_int_equal(scene.facts.kept, 50000 - 4096);
        assert_int_equal(scene.facts.size, 3 + 1 + 3);
    }
}

/* The first block of flash in large blocks cannot be copied. */
static void large_blocks_are_sent_or_kept(void **state)
{
    (void)state;
    seed = 2;
    begin(50000, 256);
    scene.image[20000] ^= 1;
    look(8192, 0);
    deploy();
    assert_int_equal(scene.facts.copied, 0);
    assert_int_equal(scene.facts.sent, 2 * 8192);
}

static void nothing_known_is_one_literal(void **state)
{
    (void)state;
    seed = 3;
    begin(50000, 256);
    look(4096, 0);
    mprom_delta_free(&scene.delta);
    scene.delta = (struct mprom_delta){.size = 0};
    deploy();
    assert_int_equal(scene.board.counts[LITERAL], 1);
    assert_int_equal(scene.facts.size, 3 + 50000);
}

/* Of what was inserted before, only the bytes just below each block are lost. */
static void what_moved_is_copied(void **state)
{
    (void)state;
    seed = 4;
    begin(50000, 256);
    memmove(scene.image + 10100, scene.image + 10000, 40000 - 100);
    fill(scene.image + 10000, 100, 256);
    look(4096, 0);
    deploy();
    assert_int_equal(scene.facts.sent, 100 + 10 * 100);
    seed = 4;
    begin(50000, 256);
    memmove(scene.image + 10000, scene.image + 10100, 40000 - 100);
    scene.size -= 100;
    look(4096, 0);
    deploy();
    assert_int_equal(scene.facts.sent, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_edit_of_any_image),         cmocka_unit_test(an_unchanged_image_is_a_copy_and_a_keep),
        cmocka_unit_test(large_blocks_are_sent_or_kept), cmocka_unit_test(nothing_known_is_one_literal),
        cmocka_unit_test(what_moved_is_copied),          cmocka_unit_test(any_edit_on_uneven_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
