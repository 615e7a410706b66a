/*
 * The calls of `rom_ioctl`: what the stock clients do, and every short sequence of calls against a model of its own,
 * which knows the rules of docs/update.md and nothing of flash.
 */
#include "rom/board.h"
#include "rom/image_maker.h"
#include "support/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint8_t image[512 * 1024 + 4096];

static enum mprom_rom_image_state state_of(struct mprom_rom *rom, uint32_t id)
{
    struct mprom_rom_image found;
    assert_int_equal(mprom_rom_verify(rom, id, MPROM_ROM_VERIFY_FULL, &found), 0);
    return found.state;
}

static uint32_t min_size(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* mpremote 1.25: prepares the length, writes chunks of 4096 of which the last is padded with zeros. */
static void deploy_like_1_25(struct mprom_rom *rom, uint32_t size)
{
    memset(image + size, 0, 4096);
    assert_true(mprom_rom_prepare(rom, 0, 0, size) > 0);
    for (uint32_t off = 0; off < size; off += 4096) {
        assert_int_equal(mprom_rom_write(rom, 0, off, image + off, 4096), 0);
    }
    assert_int_equal(mprom_rom_complete(rom, 0), 0);
}

/* mpremote 1.29: knows op 6, prepares all ranges of 32 KiB, then writes. */
static void deploy_like_1_29(struct mprom_rom *rom, uint32_t size)
{
    memset(image + size, 0, 4096);
    uint32_t block_size = mprom_rom_segment_block_size(rom, 0);
    assert_true(block_size > 0);
    uint32_t end = (size + block_size - 1) / block_size * block_size;
    uint32_t step = (32768 + block_size - 1) / block_size * block_size;
    for (uint32_t off = 0; off < end; off += step) {
        assert_true(mprom_rom_prepare(rom, 0, off, min_size(step, end - off)) > 0);
    }
    for (uint32_t off = 0; off < size; off += 4096) {
        assert_int_equal(mprom_rom_write(rom, 0, off, image + off, 4096), 0);
    }
    assert_int_equal(mprom_rom_complete(rom, 0), 0);
}

static void stock_clients_deploy(void **state)
{
    (void)state;
    for (int i = 0; i < GEOMETRY_COUNT; i++) {
        struct board board;
        board_open(&board, geometries[i].name, BOARD_PLAIN);
        uint32_t room = mprom_rom_segment_size(&board.rom, 0);
        const uint32_t sizes[] = {300, 4096, 4098, 8190, mprom_board_image_size(&board, 0), room - 2, room};
        for (size_t j = 0; j < sizeof sizes / sizeof sizes[0]; j++) {
            for (int sealed = 0; sealed <= 1; sealed++) {
                make_image(image, sizes[j], (uint32_t)j, sealed);
                board_reset_log(&board);
                if (j % 2 == 0) {
                    deploy_like_1_25(&board.rom, sizes[j]);
                } else {
                    deploy_like_1_29(&board.rom, sizes[j]);
                }
                assert_int_equal(state_of(&board.rom, 0), sealed ? MPROM_ROM_IMAGE_SEALED : MPROM_ROM_IMAGE_UNSEALED);
                assert_memory_equal(board_bytes(&board, 0), image, sizes[j]);
                assert_int_equal(board.cells.counts.violations, 0);
                assert_int_equal(board.cells.counts.blank_blocks_erased, 0);
                assert_true(board_most_erases(&board) <= 1);
                assert_true(board.highest_end <= board.segments[0].off + board.segments[0].size);
            }
        }
        board_close(&board);
    }
}

static void only_zeros_may_follow_the_end(void **state)
{
    (void)state;
    struct board board;
    board_open(&board, "nor4k", BOARD_PLAIN);
    struct mprom_rom *rom = &board.rom;
    uint32_t room = mprom_rom_segment_size(rom, 0);
    make_image(image, room, 1, true);
    assert_int_equal(mprom_rom_prepare(rom, 0, 0, room + 1), -MPROM_ENOSPC);
    assert_int_equal(mprom_rom_prepare(rom, 0, 0, UINT32_MAX), -MPROM_ENOSPC);
    assert_int_equal(board.release_count, 0);
    assert_true(mprom_rom_prepare(rom, 0, 0, room) > 0);
    assert_int_equal(mprom_rom_write(rom, 0, 0, image, room - 4096), 0);
    uint64_t operations = board.cells.number;
    for (uint32_t at = 0; at < 100; at += 99) {
        memset(image + room, 0, 100);
        image[room + at] = 1;
        assert_int_equal(mprom_rom_write(rom, 0, room - 4096, image + room - 4096, 4096 + 100), -MPROM_EINVAL);
        assert_int_equal(rom->error.off, room);
    }
    assert_int_equal(board.cells.number, operations);
    memset(image + room, 0, 100);
    assert_int_equal(mprom_rom_write(rom, 0, room - 4096, image + room - 4096, 4096 + 100), 0);
    assert_int_equal(mprom_rom_write(rom, 0, room, image + room, 100), 0);
    assert_int_equal(mprom_rom_write(rom, 0, room + 100, image + room, 100), -MPROM_EINVAL);
    assert_int_equal(mprom_rom_complete(rom, 0), 0);
    assert_int_equal(state_of(rom, 0), MPROM_ROM_IMAGE_SEALED);
    assert_memory_equal(board_bytes(&board, 0), image, room);
    board_close(&board);
}

/* The model. A segment of 768 bytes in blocks of 256, and an image of 600. */
enum {
    BLOCK = 256,
    ROOM = 3 * BLOCK,
    IMAGE = 600,
    HEADER = 5, /* D2 CD 31 and two bytes of length */
};

enum held {
    HOLDS_NONE,
    HOLDS_OLD,
    HOLDS_NEW,
    HOLDS_PART, /* never */
};

struct model {
    enum held held;
    enum mprom_rom_update_mode mode;
    uint32_t end;
    uint32_t written;
    bool spoilt; /* a byte that is not the image's was accepted */
};

enum call {
    PREPARE,
    WRITE,
    COMPLETE,
    BEGIN,
    UPDATE_WRITE,
    UPDATE_COMMIT,
    ABORT,
    ERASE,
    CALL_KINDS
};

struct step {
    enum call call;
    uint32_t off;
    uint32_t size;
    bool spoilt;
};

static const struct step steps[] = {
    {PREPARE, 0, 0, false},
    {PREPARE, 0, IMAGE, false},
    {PREPARE, 0, BLOCK, false},
    {PREPARE, 0, ROOM + 1, false},
    {PREPARE, BLOCK, BLOCK, false},
    {PREPARE, BLOCK, 2 * BLOCK, false},
    {PREPARE, 2 * BLOCK, BLOCK, false},
    {PREPARE, 2 * BLOCK, 2 * BLOCK, false},
    {PREPARE, BLOCK + 1, BLOCK, false},
    {PREPARE, BLOCK, BLOCK + 1, false},
    {WRITE, 0, 0, false},
    {WRITE, 0, 3, false},
    {WRITE, 3, BLOCK - 3, false},
    {WRITE, 0, BLOCK, false},
    {WRITE, 0, IMAGE, false},
    {WRITE, 0, IMAGE, true},
    {WRITE, 0, ROOM, false}, /* padded with zeros */
    {WRITE, BLOCK, IMAGE - BLOCK, false},
    {WRITE, BLOCK, ROOM - BLOCK, false},
    {WRITE, IMAGE, 10, false},
    {WRITE, IMAGE, 10, true},
    {COMPLETE, 0, 0, false},
    {BEGIN, 0, IMAGE, false},
    {BEGIN, 0, ROOM + 1, false},
    {UPDATE_WRITE, 0, 3, false},
    {UPDATE_WRITE, 0, IMAGE - 3, false},
    {UPDATE_WRITE, 0, IMAGE, true},
    {UPDATE_COMMIT, 0, 0, false},
    {ABORT, 0, 0, false},
    {ERASE, 0, 0, false},
};

enum {
    STEP_COUNT = sizeof steps / sizeof steps[0]
};

static uint8_t padded[ROOM + 64]; /* the image, then zeros */
static uint8_t spoilt[ROOM + 64]; /* the same with one bit wrong every 10 bytes behind the header */

static int model_prepare(struct model *m, const struct step *s)
{
    if (s->size == 0) {
        return -MPROM_EINVAL;
    }
    if (s->off == 0) {
        if (s->size > ROOM) {
            return -MPROM_ENOSPC;
        }
        *m = (struct model){HOLDS_NONE, MPROM_ROM_UPDATE_IOCTL, s->size, 0, false};
        return 1;
    }
    uint32_t whole = (m->end + BLOCK - 1) / BLOCK * BLOCK;
    if (m->mode != MPROM_ROM_UPDATE_IOCTL || s->off % BLOCK != 0 || s->size % BLOCK != 0 || s->off < m->written ||
        s->off > whole) {
        return -MPROM_EINVAL;
    }
    if (s->off + s->size > ROOM) {
        return -MPROM_ENOSPC;
    }
    m->end = s->off + s->size > m->end ? s->off + s->size : m->end;
    return 1;
}

static int model_write(struct model *m, const struct step *s)
{
    if (m->mode != MPROM_ROM_UPDATE_IOCTL || s->off != m->written) {
        return -MPROM_EINVAL;
    }
    const uint8_t *bytes = (s->spoilt ? spoilt : padded) + s->off;
    uint32_t room = m->end - s->off;
    for (uint32_t i = room; i < s->size; i++) {
        if (bytes[i] != 0) {
            return -MPROM_EINVAL;
        }
    }
    uint32_t n = min_size(room, s->size);
    m->written += n;
    m->spoilt = m->spoilt || (s->spoilt && s->off < IMAGE && memcmp(bytes, padded + s->off, n) != 0);
    return 0;
}

static int model_finish(struct model *m)
{
    bool ioctl = m->mode == MPROM_ROM_UPDATE_IOCTL;
    if (m->written < IMAGE && (ioctl || m->written < m->end)) {
        return -MPROM_EINVAL;
    }
    m->mode = MPROM_ROM_UPDATE_CLOSED;
    if (m->spoilt) {
        return -MPROM_EBADMSG;
    }
    m->held = HOLDS_NEW;
    return 0;
}

static int model_begin(struct model *m, const struct step *s)
{
    if (m->mode == MPROM_ROM_UPDATE_STREAM) {
        return -MPROM_EBUSY;
    }
    if (s->size > ROOM) {
        return -MPROM_ENOSPC;
    }
    *m = (struct model){HOLDS_NONE, MPROM_ROM_UPDATE_STREAM, s->size, 0, false};
    return 0;
}

static int model_update_write(struct model *m, const struct step *s)
{
    if (m->mode != MPROM_ROM_UPDATE_STREAM || s->size > m->end - m->written) {
        return -MPROM_EINVAL;
    }
    m->spoilt = m->spoilt || s->spoilt;
    m->written += s->size;
    return 0;
}

/* What the call should return; 1 stands for anything positive. */
static int model_step(struct model *m, const struct step *s)
{
    switch (s->call) {
    case PREPARE:
        return model_prepare(m, s);
    case WRITE:
        return model_write(m, s);
    case COMPLETE:
        return m->mode == MPROM_ROM_UPDATE_IOCTL ? model_finish(m) : -MPROM_EINVAL;
    case BEGIN:
        return model_begin(m, s);
    case UPDATE_WRITE:
        return model_update_write(m, s);
    case UPDATE_COMMIT:
        return m->mode == MPROM_ROM_UPDATE_STREAM ? model_finish(m) : -MPROM_EINVAL;
    case ABORT:
        m->mode = MPROM_ROM_UPDATE_CLOSED;
        return 0;
    case ERASE:
        *m = (struct model){.held = HOLDS_NONE};
        return 0;
    case CALL_KINDS:
        break;
    }
    return 0;
}

static int real_step(struct mprom_rom *rom, const struct step *s, uint32_t written)
{
    const uint8_t *bytes = s->spoilt ? spoilt : padded;
    switch (s->call) {
    case PREPARE:
        return mprom_rom_prepare(rom, 0, s->off, s->size) > 0 ? 1 : rom->error.code;
    case WRITE:
        return mprom_rom_write(rom, 0, s->off, bytes + s->off, s->size);
    case COMPLETE:
        return mprom_rom_complete(rom, 0);
    case BEGIN:
        return mprom_rom_update_begin(rom, 0, s->size);
    case UPDATE_WRITE:
        /* Only IMAGE bytes exist to be written: more is refused before it is read. */
        return mprom_rom_update_write(rom, bytes + min_size(written, IMAGE), s->size);
    case UPDATE_COMMIT:
        return mprom_rom_update_commit(rom);
    case ABORT:
        mprom_rom_update_abort(rom);
        return 0;
    case ERASE:
        return mprom_rom_erase(rom, 0);
    case CALL_KINDS:
        break;
    }
    return 0;
}

struct world {
    struct cells cells;
    struct mprom_rom rom;
    struct mprom_rom_state state;
    struct mprom_rom_segment segment;
};

struct saved {
    struct cells cells;
    struct mprom_rom rom;
    struct mprom_rom_state state;
};

enum {
    DEPTH_MAX = 5
};

static struct world world;
static struct saved saved[DEPTH_MAX];
static uint8_t old_image[IMAGE];
static struct step trail[DEPTH_MAX];
static uint64_t step_count;

static void print_trail(uint32_t depth)
{
    for (uint32_t i = 0; i <= depth; i++) {
        print_error("  call %d off %u size %u%s\n", (int)trail[i].call, trail[i].off, trail[i].size,
                    trail[i].spoilt ? " spoilt" : "");
    }
}

static void check_step(const struct model *m, int expected, int result, uint32_t depth)
{
    struct mprom_rom_image found;
    enum held held = HOLDS_NONE;
    assert_int_equal(mprom_rom_verify(&world.rom, 0, MPROM_ROM_VERIFY_FULL, &found), 0);
    if (found.state == MPROM_ROM_IMAGE_SEALED) {
        held = memcmp(world.cells.bytes, old_image, IMAGE) == 0 ? HOLDS_OLD
               : memcmp(world.cells.bytes, padded, IMAGE) == 0  ? HOLDS_NEW
                                                                : HOLDS_PART;
    } else if (found.state != MPROM_ROM_IMAGE_NONE) {
        held = HOLDS_PART;
    }
    if (expected != result || held != m->held || world.cells.counts.violations != 0) {
        print_error("expected %d, got %d; should hold %d, holds %d (state %d)\n", expected, result, (int)m->held,
                    (int)held, (int)found.state);
        print_trail(depth);
        fail();
    }
}

/* Tries every step from here, then every step from there. */
static void explore(const struct model *m, uint32_t depth, uint32_t depth_end)
{
    struct saved *here = &saved[depth];
    cells_copy(&here->cells, &world.cells);
    here->rom = world.rom;
    here->state = world.state;
    for (uint32_t i = 0; i < STEP_COUNT; i++) {
        struct model next = *m;
        trail[depth] = steps[i];
        int expected = model_step(&next, &steps[i]);
        int result = real_step(&world.rom, &steps[i], m->written);
        check_step(&next, expected, result, depth);
        step_count++;
        if (depth + 1 < depth_end) {
            explore(&next, depth + 1, depth_end);
        }
        cells_copy(&world.cells, &here->cells);
        world.rom = here->rom;
        world.state = here->state;
    }
}

static const struct mprom_flash_region small_regions[] = {{BLOCK, 3}};

static void explore_geometry(const struct mprom_flash_geometry *geometry, uint32_t depth)
{
    assert_int_equal(cells_open_memory(&world.cells, geometry), 0);
    for (uint32_t i = 0; i < DEPTH_MAX; i++) {
        assert_int_equal(cells_open_memory(&saved[i].cells, geometry), 0);
    }
    world.segment = (struct mprom_rom_segment){.name = "rom0", .flash = cells_flash(&world.cells), .size = ROOM};
    world.state = (struct mprom_rom_state){0};
    assert_int_equal(mprom_rom_init(&world.rom, &world.segment, &world.state, 1, NULL), 0);
    make_image(old_image, IMAGE, 1, true);
    memset(padded, 0, sizeof padded);
    make_image(padded, IMAGE, 2, true);
    memcpy(spoilt, padded, sizeof padded);
    for (uint32_t i = HEADER + 5; i < sizeof spoilt; i += 10) {
        spoilt[i] ^= 0x10;
    }
    assert_true(mprom_rom_prepare(&world.rom, 0, 0, IMAGE) > 0);
    assert_int_equal(mprom_rom_write(&world.rom, 0, 0, old_image, IMAGE), 0);
    assert_int_equal(mprom_rom_complete(&world.rom, 0), 0);
    struct model start = {.held = HOLDS_OLD};
    step_count = 0;
    explore(&start, 0, depth);
    print_message("%llu calls\n", (unsigned long long)step_count);
    cells_close(&world.cells);
    for (uint32_t i = 0; i < DEPTH_MAX; i++) {
        cells_close(&saved[i].cells);
    }
}

/* In full the sequences are one call longer. */
static void every_short_sequence_is_as_the_model_says(void **state)
{
    (void)state;
    struct sample sample = sample_open("ioctl");
    uint32_t depth = sample.all ? 5 : 4;
    struct mprom_flash_geometry nor = {.size = ROOM,
                                       .regions = small_regions,
                                       .region_count = 1,
                                       .program_size = 1,
                                       .page_size = 64,
                                       .erased_value = 0xFF};
    explore_geometry(&nor, depth);
    struct mprom_flash_geometry once = nor;
    once.program_size = 32;
    once.program_count = 1;
    once.bad_read_faults = true;
    explore_geometry(&once, depth - 1);
    struct mprom_flash_geometry mram = nor;
    mram.program_size = 16;
    mram.overwrites = true;
    explore_geometry(&mram, depth - 1);
}

static void other_segments_are_not_mixed_up(void **state)
{
    (void)state;
    struct board board;
    board_open(&board, "nor4k", BOARD_SLOTS);
    struct mprom_rom *rom = &board.rom;
    make_image(image, 20000, 1, true);
    assert_int_equal(mprom_rom_prepare(rom, 2, 0, 20000), -MPROM_ENOENT);
    assert_int_equal(mprom_rom_write(rom, 2, 0, image, 1), -MPROM_ENOENT);
    assert_int_equal(mprom_rom_complete(rom, 2), -MPROM_ENOENT);
    assert_true(mprom_rom_prepare(rom, 0, 0, 20000) > 0);
    assert_int_equal(mprom_rom_write(rom, 0, 0, image, 10000), 0);
    assert_int_equal(mprom_rom_write(rom, 1, 10000, image + 10000, 10000), -MPROM_EINVAL);
    assert_int_equal(mprom_rom_complete(rom, 1), -MPROM_EINVAL);
    assert_int_equal(mprom_rom_prepare(rom, 1, 4096, 4096), -MPROM_EINVAL);
    assert_int_equal(mprom_rom_write(rom, 0, 10000, image + 10000, 10000), 0);
    assert_int_equal(mprom_rom_complete(rom, 0), 0);
    assert_int_equal(state_of(rom, 0), MPROM_ROM_IMAGE_SEALED);
    assert_int_equal(state_of(rom, 1), MPROM_ROM_IMAGE_NONE);

    /* To prepare another segment discards what is unfinished. */
    assert_true(mprom_rom_prepare(rom, 0, 0, 20000) > 0);
    assert_int_equal(mprom_rom_write(rom, 0, 0, image, 20000), 0);
    assert_true(mprom_rom_prepare(rom, 1, 0, 20000) > 0);
    assert_int_equal(mprom_rom_complete(rom, 0), -MPROM_EINVAL);
    assert_int_equal(state_of(rom, 0), MPROM_ROM_IMAGE_NONE);
    board_close(&board);
}

static void a_running_segment_cannot_be_prepared(void **state)
{
    (void)state;
    struct board board;
    board_open(&board, "nrf", BOARD_PLAIN);
    board.states[0].running = true;
    assert_int_equal(mprom_rom_prepare(&board.rom, 0, 0, 1000), -MPROM_EBUSY);
    assert_int_equal(board.rom.error.other, MPROM_ROM_SEGMENT_NONE);
    assert_int_equal(board.release_count, 0);
    board.states[0].running = false;
    assert_true(mprom_rom_prepare(&board.rom, 0, 0, 1000) > 0);
    board_close(&board);
}

static void the_smallest_block_is_that_of_the_segment(void **state)
{
    (void)state;
    struct board board;
    board_open(&board, "stm32f4", BOARD_PLAIN);
    assert_int_equal(mprom_rom_segment_block_size(&board.rom, 0), 16384);
    board_close(&board);
    board_open(&board, "stm32f4", BOARD_SLOTS);
    assert_int_equal(mprom_rom_segment_block_size(&board.rom, 0), 16384);
    assert_int_equal(mprom_rom_segment_block_size(&board.rom, 1), 131072);
    assert_int_equal(mprom_rom_segment_size(&board.rom, 0), 49152);
    assert_int_equal(mprom_rom_segment_size(&board.rom, 1), 262144);
    board_close(&board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stock_clients_deploy),
        cmocka_unit_test(only_zeros_may_follow_the_end),
        cmocka_unit_test(every_short_sequence_is_as_the_model_says),
        cmocka_unit_test(other_segments_are_not_mixed_up),
        cmocka_unit_test(a_running_segment_cannot_be_prepared),
        cmocka_unit_test(the_smallest_block_is_that_of_the_segment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
