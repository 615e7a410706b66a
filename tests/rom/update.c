/* The update session through mprom_rom_update_*(), on every geometry. */
#include "rom/board.h"
#include "rom/image_maker.h"
#include "support/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    IMAGE_MAX = 512 * 1024
};

static uint8_t old_image[IMAGE_MAX];
static uint8_t new_image[IMAGE_MAX];

static enum mprom_rom_image_state state_of(struct board *board, uint32_t id)
{
    struct mprom_rom_image image;
    assert_int_equal(mprom_rom_verify(&board->rom, id, MPROM_ROM_VERIFY_FULL, &image), 0);
    return image.state;
}

static void assert_holds(struct board *board, uint32_t id, const uint8_t *image, uint32_t size)
{
    struct mprom_rom_image found;
    assert_int_equal(mprom_rom_verify(&board->rom, id, MPROM_ROM_VERIFY_FULL, &found), 0);
    assert_int_equal(found.state, MPROM_ROM_IMAGE_SEALED);
    assert_int_equal(found.size, size);
    assert_int_equal(found.file_count, 1);
    assert_int_equal(found.crc, image_crc(image, size - 4));
    assert_memory_equal(board_bytes(board, id), image, size);
    assert_memory_equal(mprom_rom_segment_map(&board->rom, id), image, size);
}

/* The fewest programs that put the image into erased flash: one a page that does not stay erased. */
static uint32_t ideal_programs(const struct board *board, uint32_t id, const uint8_t *image, uint32_t size)
{
    uint32_t page_size = board->cells.geometry->page_size;
    uint32_t start = board->segments[id].off % page_size;
    assert_int_equal(start, 0);
    uint32_t count = 0;
    for (uint32_t off = 0; off < size; off += page_size) {
        bool used = board->cells.geometry->overwrites;
        for (uint32_t i = off; i < off + page_size && i < size; i++) {
            used = used || image[i] != board->cells.geometry->erased_value;
        }
        count += used;
    }
    return count;
}

/* The bytes of the first unit, where it is programmed without its magic first (docs/update.md); else 0. */
static uint32_t split_head_size(const struct mprom_flash_geometry *geometry)
{
    uint32_t size = geometry->program_size < 4 ? 4 : geometry->program_size;
    bool twice_in_parts = geometry->program_count == 2 && (size > 4 || geometry->erased_value != 0xFF);
    bool often =
        geometry->overwrites || geometry->program_count == MPROM_FLASH_PROGRAM_ANY || geometry->program_count > 2;
    return geometry->program_size > 1 && (often || twice_in_parts) ? size : 0;
}

/* What must hold of the operations of any deploy. */
static void assert_frugal(const struct board *board, uint32_t id, const uint8_t *image, uint32_t size)
{
    const struct cells_counts *counts = &board->cells.counts;
    assert_int_equal(counts->violations, 0);
    assert_int_equal(counts->blank_blocks_erased, 0);
    assert_true(board_most_erases(board) <= 1);
    /*
     * The old header, the first page in two parts or three, and the end of a chunk within a page; or instead of the
     * old header a mark of 32 bytes.
     */
    uint32_t page_size = board->cells.geometry->page_size;
    uint32_t mark = page_size < 32 ? 32 / page_size : 1;
    uint32_t more = 2 + mark + (split_head_size(board->cells.geometry) > 0);
    assert_true(counts->programs <= ideal_programs(board, id, image, size) + more);
    if (board->cells.geometry->overwrites) {
        assert_int_equal(counts->erases, 0);
    } else {
        /* Only the old header, which is made invalid, and the new one, which goes live last. */
        assert_true(counts->bytes_programmed_again <= 2 * MPROM_FLASH_PROGRAM_SIZE_MAX);
    }
    assert_true(board->lowest_off >= board->segments[id].off);
    assert_true(board->highest_end <= board->segments[id].off + board->segments[id].size);
}

static void deploys_are_whole_and_frugal(const char *geometry)
{
    struct board board;
    board_open(&board, geometry, BOARD_PLAIN);
    uint32_t size = mprom_board_image_size(&board, 0);
    assert_int_equal(state_of(&board, 0), MPROM_ROM_IMAGE_NONE);

    make_image(old_image, size, 1, true);
    assert_int_equal(board_deploy(&board, 0, old_image, size, 4096), 0);
    assert_holds(&board, 0, old_image, size);
    assert_frugal(&board, 0, old_image, size);
    assert_int_equal(board.cells.counts.erases, 0); /* all was blank */
    assert_int_equal(board.cells.counts.bytes_programmed_again, split_head_size(board.cells.geometry));

    static const uint32_t chunk_sizes[] = {4096, 65536, IMAGE_MAX};
    for (uint32_t i = 0; i < 3; i++) {
        uint32_t new_size = size - 1000 + 2 * 500 * i;
        make_image(new_image, new_size, 2 + i, true);
        board_reset_log(&board);
        assert_int_equal(board_deploy(&board, 0, new_image, new_size, chunk_sizes[i]), 0);
        assert_holds(&board, 0, new_image, new_size);
        assert_frugal(&board, 0, new_image, new_size);
        assert_int_equal(board.release_count, 2 + i);
        board_restart(&board);
        assert_holds(&board, 0, new_image, new_size);
    }
    board_close(&board);
}

static void every_geometry_takes_images(void **state)
{
    (void)state;
    for (int i = 0; i < GEOMETRY_COUNT; i++) {
        deploys_are_whole_and_frugal(geometries[i].name);
    }
}

static void every_chunk_size_writes_the_same(void **state)
{
    (void)state;
    struct sample sample = sample_open("update");
    uint32_t step = sample.all ? 1 : 50 + sample.seed % 20;
    for (int i = 0; i < GEOMETRY_COUNT; i++) {
        struct board board;
        board_open(&board, geometries[i].name, BOARD_PLAIN);
        for (uint32_t chunk_size = 1; chunk_size <= 5000; chunk_size += chunk_size < 40 ? 1 : step) {
            /* An unsealed image too: nothing but the program's read-back and the commit looks at its bytes. */
            bool sealed = chunk_size % 2 == 0;
            make_image(new_image, 12346, chunk_size, sealed);
            board_reset_log(&board);
            assert_int_equal(board_deploy(&board, 0, new_image, 12346, chunk_size), 0);
            assert_memory_equal(board_bytes(&board, 0), new_image, 12346);
            assert_int_equal(state_of(&board, 0), sealed ? MPROM_ROM_IMAGE_SEALED : MPROM_ROM_IMAGE_UNSEALED);
            assert_int_equal(board.cells.counts.violations, 0);
            assert_int_equal(board.cells.counts.blank_blocks_erased, 0);
            assert_true(board_most_erases(&board) <= 1);
        }
        board_close(&board);
    }
}

/* B3: where a cut can make D2 CD 31 00 of another image, and nothing tells, it is not taken for one. */
static bool takes_no_empty_image(const struct mprom_flash_geometry *geometry)
{
    return geometry->erased_value == 0 && (geometry->program_count == 1 || geometry->program_count == 2);
}

static void tiny_images_are_written_whole(void **state)
{
    (void)state;
    static const uint8_t empty[] = {0xD2, 0xCD, 0x31, 0x00};
    for (int i = 0; i < GEOMETRY_COUNT; i++) {
        struct board board;
        board_open(&board, geometries[i].name, BOARD_PLAIN);
        make_image(old_image, 4000, 1, true);
        assert_int_equal(board_deploy(&board, 0, old_image, 4000, 4096), 0);
        board_reset_log(&board);
        for (uint32_t chunk_size = 1; chunk_size <= 4; chunk_size++) {
            struct mprom_rom_image found;
            int err = board_deploy(&board, 0, empty, sizeof empty, chunk_size);
            if (takes_no_empty_image(board.cells.geometry)) {
                assert_int_equal(err, -MPROM_EBADMSG);
                continue;
            }
            assert_int_equal(err, 0);
            assert_int_equal(mprom_rom_verify(&board.rom, 0, MPROM_ROM_VERIFY_FULL, &found), 0);
            assert_int_equal(found.state, MPROM_ROM_IMAGE_UNSEALED);
            assert_int_equal(found.size, 4);
            assert_int_equal(found.file_count, 0);
        }
        assert_int_equal(board.cells.counts.violations, 0);
        board_close(&board);
    }
}

/* Erases 64K, 32K and 4K blocks where the bytes of a call fill them, and leaves blank ones alone. */
static void large_blocks_are_erased_at_once(void **state)
{
    (void)state;
    struct board board;
    board_open(&board, "nor4k", BOARD_PLAIN); /* starts 4K behind a 32K boundary */
    uint32_t size = 150 * 1024;
    make_image(old_image, size, 1, true);
    make_image(new_image, size, 2, true);
    assert_int_equal(board_deploy(&board, 0, old_image, size, 4096), 0);
    board_reset_log(&board);
    assert_int_equal(board_deploy(&board, 0, new_image, size, size), 0);
    /* 36..64K: seven blocks of 4K; 64..128K at once; 128..160K at once; 160..186K: seven of 4K. */
    assert_int_equal(board.cells.counts.erases, 7 + 1 + 1 + 7);
    assert_int_equal(board.cells.counts.blocks_erased, 38);

    /* In small pieces nothing may be erased that a later call might want to keep. */
    board_reset_log(&board);
    assert_int_equal(board_deploy(&board, 0, old_image, size, 4096), 0);
    assert_int_equal(board.cells.counts.erases, 38);

    /* One blank block splits a large erase. */
    assert_int_equal(mprom_flash_erase(cells_flash(&board.cells), 100 * 1024, 4096), 0);
    board_reset_log(&board);
    assert_int_equal(board_deploy(&board, 0, new_image, size, size), 0);
    assert_int_equal(board.cells.counts.erases, 7 + 1 + (1 + 0 + 6) + 1 + 7);
    assert_int_equal(board.cells.counts.blank_blocks_erased, 0);
    board_close(&board);
}

static void assert_error(const struct board *board, int code, uint32_t segment, uint32_t off)
{
    assert_int_equal(board->rom.error.code, code);
    assert_int_equal(board->rom.error.segment, segment);
    assert_int_equal(board->rom.error.off, off);
    assert_non_null(board->rom.error.what);
}

static void what_is_out_of_order_is_refused_untouched(void **state)
{
    (void)state;
    struct board board;
    board_open(&board, "nor4k", BOARD_PLAIN);
    struct mprom_rom *rom = &board.rom;
    make_image(old_image, 20000, 1, true);
    make_image(new_image, 20000, 2, true);
    assert_int_equal(board_deploy(&board, 0, old_image, 20000, 4096), 0);
    board_reset_log(&board);

    assert_int_equal(mprom_rom_update_write(rom, new_image, 1), -MPROM_EINVAL);
    assert_int_equal(mprom_rom_update_keep(rom, 0, 4096), -MPROM_EINVAL);
    assert_int_equal(mprom_rom_update_commit(rom), -MPROM_EINVAL);
    mprom_rom_update_abort(rom);
    assert_int_equal(mprom_rom_update_begin(rom, 1, 20000), -MPROM_ENOENT);
    assert_error(&board, -MPROM_ENOENT, 1, 0);
    assert_int_equal(mprom_rom_update_begin(rom, UINT32_MAX, 20000), -MPROM_ENOENT);
    assert_int_equal(mprom_rom_update_begin(rom, 0, 0), -MPROM_EINVAL);
    assert_int_equal(mprom_rom_update_begin(rom, 0, 3), -MPROM_EINVAL);
    assert_int_equal(mprom_rom_update_begin(rom, 0, 160 * 1024 + 1), -MPROM_ENOSPC);
    assert_int_equal(mprom_rom_update_begin(rom, 0, UINT32_MAX), -MPROM_ENOSPC);
    board.states[0].running = true;
    assert_int_equal(mprom_rom_update_begin(rom, 0, 20000), -MPROM_EBUSY);
    assert_error(&board, -MPROM_EBUSY, 0, 0);
    assert_int_equal(rom->error.other, MPROM_ROM_SEGMENT_NONE);
    assert_int_equal(mprom_rom_erase(rom, 0), -MPROM_EBUSY);
    board.states[0].running = false;
    assert_int_equal(board.release_count, 1);
    assert_int_equal(board.states[0].generation, 1);
    assert_int_equal(board.cells.counts.programs + board.cells.counts.erases, 0);
    assert_holds(&board, 0, old_image, 20000);

    /* In a session: each refusal leaves it where it stands. */
    assert_int_equal(mprom_rom_update_begin(rom, 0, 20000), 0);
    assert_int_equal(board.release_count, 2);
    assert_int_equal(board.states[0].generation, 2);
    assert_int_equal(mprom_rom_update_begin(rom, 0, 20000), -MPROM_EBUSY);
    assert_int_equal(mprom_rom_update_commit(rom), -MPROM_EINVAL);
    assert_int_equal(mprom_rom_update_write(rom, new_image, 20001), -MPROM_EINVAL);
    assert_int_equal(mprom_rom_update_write(rom, new_image, SIZE_MAX), -MPROM_EINVAL);
    assert_int_equal(mprom_rom_update_write(rom, new_image, 10000), 0);
    assert_int_equal(mprom_rom_update_write(rom, new_image, 10001), -MPROM_EINVAL);
    assert_error(&board, -MPROM_EINVAL, 0, 10000);
    assert_int_equal(mprom_rom_update_commit(rom), -MPROM_EINVAL);
    assert_int_equal(mprom_rom_write(rom, 0, 10000, new_image + 10000, 10000), -MPROM_EINVAL);
    assert_int_equal(mprom_rom_complete(rom, 0), -MPROM_EINVAL);
    assert_int_equal(state_of(&board, 0), MPROM_ROM_IMAGE_NONE);
    assert_int_equal(mprom_rom_update_write(rom, new_image + 10000, 10000), 0);
    assert_int_equal(mprom_rom_update_commit(rom), 0);
    assert_holds(&board, 0, new_image, 20000);
    assert_int_equal(mprom_rom_update_commit(rom), -MPROM_EINVAL);
    assert_int_equal(mprom_rom_update_write(rom, new_image, 0), -MPROM_EINVAL);
    assert_holds(&board, 0, new_image, 20000);
    board_close(&board);
}

static void an_abort_leaves_the_segment_empty(void **state)
{
    (void)state;
    for (int i = 0; i < GEOMETRY_COUNT; i++) {
        struct board board;
        board_open(&board, geometries[i].name, BOARD_PLAIN);
        make_image(old_image, 20000, 1, true);
        make_image(new_image, 20000, 2, true);
        static const uint32_t written[] = {0, 1, 31, 32, 4096, 19999, 20000};
        for (size_t j = 0; j < sizeof written / sizeof written[0]; j++) {
            assert_int_equal(board_deploy(&board, 0, old_image, 20000, 4096), 0);
            assert_int_equal(mprom_rom_update_begin(&board.rom, 0, 20000), 0);
            assert_int_equal(mprom_rom_update_write(&board.rom, new_image, written[j]), 0);
            mprom_rom_update_abort(&board.rom);
            assert_int_equal(state_of(&board, 0), MPROM_ROM_IMAGE_NONE);
            assert_int_equal(mprom_rom_update_write(&board.rom, new_image, 1), -MPROM_EINVAL);
            board_restart(&board);
            assert_int_equal(state_of(&board, 0), MPROM_ROM_IMAGE_NONE);
        }
        assert_int_equal(board.cells.counts.violations, 0);
        board_close(&board);
    }
}

static void what_is_no_whole_image_is_not_made_live(void **state)
{
    (void)state;
    for (int i = 0; i < GEOMETRY_COUNT; i++) {
        struct board board;
        board_open(&board, geometries[i].name, BOARD_PLAIN);
        make_image(old_image, 20000, 1, true);
        for (int fault = 0; fault < 4; fault++) {
            assert_int_equal(board_deploy(&board, 0, old_image, 20000, 4096), 0);
            make_image(new_image, 20000, 2, true);
            uint32_t size = 20000;
            if (fault == 0) {
                new_image[0] = 0; /* no image at all */
            } else if (fault == 1) {
                new_image[10000] ^= 1; /* the seal finds it */
            } else if (fault == 2) {
                new_image[6] = 0; /* kind 0: the structure finds it */
            } else {
                size = 19998; /* its own length says 20000 */
            }
            assert_int_equal(board_deploy(&board, 0, new_image, size, 4096), -MPROM_EBADMSG);
            assert_int_equal(board.rom.error.code, -MPROM_EBADMSG);
            assert_non_null(board.rom.error.what);
            assert_int_equal(mprom_rom_update_write(&board.rom, new_image, 1), -MPROM_EINVAL);
            assert_int_equal(state_of(&board, 0), MPROM_ROM_IMAGE_NONE);
        }
        board_close(&board);
    }
}

static void the_whole_segment_can_be_used(void **state)
{
    (void)state;
    for (int i = 0; i < GEOMETRY_COUNT; i++) {
        for (int layout = BOARD_PLAIN; layout <= BOARD_SLOTS; layout++) {
            struct board board;
            board_open(&board, geometries[i].name, layout);
            uint32_t size = mprom_rom_segment_size(&board.rom, 0);
            for (uint32_t seed = 1; seed <= 2; seed++) {
                make_image(new_image, size, seed, true);
                assert_int_equal(board_deploy(&board, 0, new_image, size, 4096), 0);
                assert_holds(&board, 0, new_image, size);
            }
            assert_int_equal(mprom_rom_update_begin(&board.rom, 0, size + 1), -MPROM_ENOSPC);
            uint8_t byte;
            assert_int_equal(mprom_rom_read(&board.rom, 0, size - 1, &byte, 1), 0);
            assert_int_equal(byte, new_image[size - 1]);
            assert_int_equal(mprom_rom_read(&board.rom, 0, size, &byte, 1), -MPROM_EINVAL);
            assert_int_equal(mprom_rom_read(&board.rom, 0, size - 1, &byte, UINT32_MAX), -MPROM_EINVAL);
            assert_int_equal(mprom_rom_read(&board.rom, 2, 0, &byte, 1), -MPROM_ENOENT);
            assert_holds(&board, 0, new_image, size);
            board_close(&board);
        }
    }
}

/* A delta: only the first block and one in the middle are written. */
static void kept_blocks_are_not_touched(void **state)
{
    (void)state;
    for (int i = 0; i < GEOMETRY_COUNT; i++) {
        struct board board;
        board_open(&board, geometries[i].name, BOARD_PLAIN);
        struct mprom_rom *rom = &board.rom;
        uint32_t size = mprom_board_image_size(&board, 0);
        make_image(old_image, size, 1, true);
        assert_int_equal(board_deploy(&board, 0, old_image, size, 4096), 0);
        uint32_t first = 0;
        uint32_t second = 0;
        uint32_t block_size;
        const struct mprom_flash *flash = cells_flash(&board.cells);
        mprom_flash_block_at(flash, board.segments[0].off, &first, &block_size);
        first = block_size;
        mprom_flash_block_at(flash, board.segments[0].off + first, &second, &block_size);
        second = first + block_size;

        /* The same image again is the delta that can be checked without a second builder. */
        board_reset_log(&board);
        assert_int_equal(mprom_rom_update_begin(rom, 0, size), 0);
        assert_int_equal(mprom_rom_update_keep(rom, 0, first), -MPROM_EINVAL);
        assert_int_equal(mprom_rom_update_write(rom, old_image, first), 0);
        assert_int_equal(mprom_rom_update_keep(rom, first + 1, 1), -MPROM_EINVAL);
        assert_int_equal(mprom_rom_update_keep(rom, 0, first), -MPROM_EINVAL);
        assert_int_equal(mprom_rom_update_keep(rom, first, 0), -MPROM_EINVAL);
        assert_int_equal(mprom_rom_update_keep(rom, first, second - first - 1), -MPROM_EINVAL);
        assert_int_equal(mprom_rom_update_keep(rom, first, size), -MPROM_EINVAL);
        assert_int_equal(mprom_rom_update_keep(rom, first, UINT32_MAX), -MPROM_EINVAL);
        assert_int_equal(mprom_rom_update_keep(rom, first, size - first), 0);
        assert_int_equal(mprom_rom_update_commit(rom), 0);
        assert_holds(&board, 0, old_image, size);
        assert_true(board.highest_end <= board.segments[0].off + first);

        board_reset_log(&board);
        assert_int_equal(mprom_rom_update_begin(rom, 0, size), 0);
        assert_int_equal(mprom_rom_update_write(rom, old_image, first), 0);
        assert_int_equal(mprom_rom_update_keep(rom, first, second - first), 0);
        assert_int_equal(mprom_rom_update_write(rom, old_image + second, size - second), 0);
        assert_int_equal(mprom_rom_update_commit(rom), 0);
        assert_holds(&board, 0, old_image, size);
        assert_int_equal(board.cells.counts.violations, 0);
        assert_true(board_most_erases(&board) <= 1);

        /* A write that starts in the middle of a block cannot be followed by keeping its rest. */
        assert_int_equal(mprom_rom_update_begin(rom, 0, size), 0);
        assert_int_equal(mprom_rom_update_write(rom, old_image, first + 64), 0);
        assert_int_equal(mprom_rom_update_keep(rom, first + 64, second - first - 64), -MPROM_EINVAL);
        mprom_rom_update_abort(rom);
        board_close(&board);
    }
}

static void a_shaky_block_is_not_kept(void **state)
{
    (void)state;
    struct board board;
    board_open(&board, "nor4k", BOARD_PLAIN);
    make_image(old_image, 20000, 1, true);
    for (uint8_t turn = 0; turn < 3; turn++) {
        assert_int_equal(board_deploy(&board, 0, old_image, 20000, 4096), 0);
        uint32_t off = board.segments[0].off + 5000;
        board.cells.shaky[off] = 0x08;
        board.cells.turn[off] = turn;
        assert_int_equal(mprom_rom_update_begin(&board.rom, 0, 20000), 0);
        assert_int_equal(mprom_rom_update_write(&board.rom, old_image, 4096), 0);
        assert_int_equal(mprom_rom_update_keep(&board.rom, 4096, 20000 - 4096), -MPROM_EBADMSG);
        assert_error(&board, -MPROM_EBADMSG, 0, 4096);
        assert_int_equal(mprom_rom_update_commit(&board.rom), -MPROM_EINVAL);
        assert_int_equal(state_of(&board, 0), MPROM_ROM_IMAGE_NONE);
    }
    board_close(&board);
}

/* Where an image without a seal would be taken for the rest of a longer one (docs/update.md, 5). */
static void a_last_block_with_other_bytes_is_not_kept(void **state)
{
    (void)state;
    enum {
        BLOCK = 4096,
        SIZE = BLOCK + 100
    };
    static const struct {
        const char *geometry;
        int result;
    } rows[] = {{"zero8-once", -MPROM_EINVAL}, {"once8", 0}, {"zero8-twice", -MPROM_EINVAL}, {"nor4k", 0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct board board;
        board_open(&board, rows[i].geometry, BOARD_PLAIN);
        make_image(old_image, 2 * BLOCK, 1, false);
        make_image(new_image, SIZE, 2, false);
        memcpy(old_image + BLOCK, new_image + BLOCK, SIZE - BLOCK);
        assert_int_equal(board_deploy(&board, 0, old_image, 2 * BLOCK, BLOCK), 0);
        assert_int_equal(mprom_rom_update_begin(&board.rom, 0, SIZE), 0);
        assert_int_equal(mprom_rom_update_write(&board.rom, new_image, BLOCK), 0);
        assert_int_equal(mprom_rom_update_keep(&board.rom, BLOCK, SIZE - BLOCK), rows[i].result);
        if (rows[i].result != 0) {
            assert_error(&board, -MPROM_EINVAL, 0, BLOCK);
            assert_int_equal(mprom_rom_update_write(&board.rom, new_image + BLOCK, SIZE - BLOCK), 0);
        }
        assert_int_equal(mprom_rom_update_commit(&board.rom), 0);
        assert_int_equal(state_of(&board, 0), MPROM_ROM_IMAGE_UNSEALED);
        board_close(&board);
    }
}

static void an_erased_segment_is_blank(void **state)
{
    (void)state;
    for (int i = 0; i < GEOMETRY_COUNT; i++) {
        for (int layout = BOARD_PLAIN; layout <= BOARD_SLOTS; layout++) {
            struct board board;
            board_open(&board, geometries[i].name, layout);
            make_image(old_image, 20000 / 2, 1, true);
            assert_int_equal(board_deploy(&board, 0, old_image, 20000 / 2, 4096), 0);
            board_reset_log(&board);
            assert_int_equal(mprom_rom_erase(&board.rom, 0), 0);
            assert_int_equal(board.cells.counts.violations, 0);
            assert_int_equal(board.cells.counts.blank_blocks_erased, 0);
            assert_int_equal(state_of(&board, 0), MPROM_ROM_IMAGE_NONE);
            for (uint32_t off = 0; off < board.segments[0].size; off++) {
                assert_int_equal(board_bytes(&board, 0)[off], board.cells.geometry->erased_value);
            }
            assert_int_equal(mprom_rom_erase(&board.rom, board.segment_count), -MPROM_ENOENT);
            board_close(&board);
        }
    }
}

/* What a session needs of RAM: the unit that is held back, the one that waits for its rest, and where it stands. */
static void a_session_needs_two_units_and_bookkeeping(void **state)
{
    (void)state;
    enum {
        NUMBERS = 8
    };
    assert_true(sizeof(struct mprom_rom_update) <= 2 * MPROM_FLASH_PROGRAM_SIZE_MAX + NUMBERS * sizeof(uint32_t));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_geometry_takes_images),
        cmocka_unit_test(every_chunk_size_writes_the_same),
        cmocka_unit_test(tiny_images_are_written_whole),
        cmocka_unit_test(large_blocks_are_erased_at_once),
        cmocka_unit_test(what_is_out_of_order_is_refused_untouched),
        cmocka_unit_test(an_abort_leaves_the_segment_empty),
        cmocka_unit_test(what_is_no_whole_image_is_not_made_live),
        cmocka_unit_test(the_whole_segment_can_be_used),
        cmocka_unit_test(kept_blocks_are_not_touched),
        cmocka_unit_test(a_shaky_block_is_not_kept),
        cmocka_unit_test(a_last_block_with_other_bytes_is_not_kept),
        cmocka_unit_test(an_erased_segment_is_blank),
        cmocka_unit_test(a_session_needs_two_units_and_bookkeeping),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
