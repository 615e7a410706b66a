/* The first start over what other firmware left: images with other ends than the slots, and no trailers (issue 13).
 */
#include "mprom/rom_slot.h"
#include "rom/board.h"
#include "rom/image_maker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint32_t min_size(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Programs bytes into blank flash page by page, as whatever firmware would. size is made whole units. */
static void put(struct board *board, uint32_t off, uint8_t *bytes, uint32_t size)
{
    const struct mprom_flash_geometry *geometry = board->cells.geometry;
    uint32_t end = (size + geometry->program_size - 1) / geometry->program_size * geometry->program_size;
    memset(bytes + size, geometry->erased_value, end - size);
    for (uint32_t done = 0; done < end; done += geometry->page_size) {
        uint32_t n = min_size(geometry->page_size, end - done);
        assert_int_equal(mprom_flash_program(&board->cells.flash, off + done, bytes + done, n), 0);
    }
}

/* A board with blank slots, in which an image of this size begins with slot 0. */
static uint8_t *open_with_image(struct board *board, const char *geometry, uint32_t size, bool sealed)
{
    uint8_t *image = malloc(size + MPROM_FLASH_PROGRAM_SIZE_MAX);
    assert_non_null(image);
    make_image(image, size, 1, sealed);
    board_open(board, geometry, BOARD_SLOTS);
    put(board, board->segments[0].off, image, size);
    return image;
}

/*
 * Starts the board as the firmware does and asks for each segment as op 2 does. Returns what mprom_rom_boot_choose()
 * says.
 */
static int start(struct board *board)
{
    struct mprom_rom *rom = &board->rom;
    board_restart(board);
    cells_reset_counts(&board->cells);
    for (uint32_t id = 0; id < board->segment_count; id++) {
        mprom_rom_make_readable(rom, id);
    }
    int chosen = mprom_rom_boot_choose(rom, true);
    for (uint32_t id = 0; id < board->segment_count; id++) {
        struct mprom_rom_image image;
        assert_int_equal(mprom_rom_verify(rom, id, MPROM_ROM_VERIFY_START, &image), 0);
        assert_int_equal(mprom_rom_slot_mark_tried(rom, id), 0);
        (void)mprom_rom_slot_confirm(rom, id);
        mprom_rom_make_readable(rom, id);
    }
    return chosen;
}

static void assert_nothing_written(const struct board *board)
{
    assert_int_equal(board->cells.counts.programs, 0);
    assert_int_equal(board->cells.counts.erases, 0);
}

static struct mprom_rom_image verify(struct board *board, uint32_t id)
{
    struct mprom_rom_image image;
    assert_int_equal(mprom_rom_verify(&board->rom, id, MPROM_ROM_VERIFY_START, &image), 0);
    return image;
}

static void assert_deploy_works(struct board *board, uint32_t id)
{
    enum {
        SIZE = 9000
    };
    uint8_t image[SIZE];
    make_image(image, SIZE, 7, true);
    assert_int_equal(board_deploy(board, id, image, SIZE, 4096), 0);
    uint32_t long_size = verify(board, 0).long_size; /* known at once, not only after a reset */
    assert_int_equal(start(board), id);
    assert_int_equal(verify(board, 0).long_size, long_size);
    assert_int_equal(verify(board, id).state, MPROM_ROM_IMAGE_SEALED);
    assert_int_equal(board->cells.counts.violations, 0);
}

static void assert_long_image_is_kept(const char *geometry, uint32_t beyond, bool sealed, uint32_t deploy_to)
{
    struct board board;
    board_open(&board, geometry, BOARD_SLOTS);
    uint32_t size = mprom_rom_segment_size(&board.rom, 0) + beyond;
    board_close(&board);
    uint8_t *bytes = open_with_image(&board, geometry, size, sealed);
    assert_int_equal(start(&board), -MPROM_ENOENT);
    assert_nothing_written(&board);
    assert_memory_equal(board_bytes(&board, 0), bytes, size);
    struct mprom_rom_image image = verify(&board, 0);
    assert_int_equal(image.state, MPROM_ROM_IMAGE_DAMAGED);
    assert_int_equal(image.long_size, size);
    assert_int_equal(image.size, 0);
    assert_non_null(image.what);

    assert_deploy_works(&board, deploy_to);
    assert_int_equal(verify(&board, 0).long_size == size, deploy_to == 1 && beyond < 1000);
    board_close(&board);
    free(bytes);
}

/* It ends in slot 0's trailer, or in slot 1. */
static void a_long_image_is_kept(void **state)
{
    (void)state;
    for (size_t i = 0; i < GEOMETRY_COUNT; i++) {
        const char *name = geometries[i].name;
        for (int sealed = 0; sealed <= 1; sealed++) {
            struct board board;
            board_open(&board, name, BOARD_SLOTS);
            uint32_t into_slot_1 = board.segments[1].off - mprom_rom_segment_size(&board.rom, 0) + 1000;
            board_close(&board);
            assert_long_image_is_kept(name, 2, sealed, 0);
            assert_long_image_is_kept(name, 150, sealed, 1);
            assert_long_image_is_kept(name, into_slot_1, sealed, 0);
            assert_long_image_is_kept(name, into_slot_1, sealed, 1);
        }
    }
}

/* Its end lies in slot 1: whatever cannot be read behind it there must wait for the deploy too. */
static void nothing_is_erased_where_a_long_image_ends(void **state)
{
    (void)state;
    struct board board;
    uint32_t size = (512 + 128) * 1024 + 5000;
    uint8_t *bytes = open_with_image(&board, "stm32h7", size, true);
    uint32_t bad = board.segments[1].off + 2 * 128 * 1024;
    board.cells.units[bad / MPROM_FLASH_PROGRAM_SIZE_MAX] |= CELLS_UNIT_BAD;
    assert_int_equal(start(&board), -MPROM_ENOENT);
    assert_nothing_written(&board);
    assert_int_equal(mprom_rom_make_readable(&board.rom, 1), -MPROM_EBADMSG);
    assert_int_equal(verify(&board, 0).long_size, size);
    assert_memory_equal(board_bytes(&board, 0), bytes, size);

    assert_deploy_works(&board, 0); /* and starts the board, which now erases that block */
    assert_int_equal(mprom_rom_make_readable(&board.rom, 1), 0);
    board_close(&board);
    free(bytes);
}

/* Of a damaged one the board says what it says of every damaged image. */
static void a_damaged_long_image_is_damaged(void **state)
{
    (void)state;
    struct board board;
    uint32_t size = 70000;
    uint8_t *bytes = open_with_image(&board, "nor4k", size, true);
    board.cells.bytes[board.segments[0].off + 66000] ^= 1;
    assert_int_equal(start(&board), -MPROM_ENOENT);
    assert_nothing_written(&board);
    assert_int_equal(verify(&board, 0).state, MPROM_ROM_IMAGE_DAMAGED);
    assert_int_equal(verify(&board, 0).long_size, 0);
    assert_deploy_works(&board, 0);
    board_close(&board);
    free(bytes);
}

/* An older, longer image stood here: what is left of it fills the block in which mprom has the trailer. */
static void a_short_image_is_started(void **state)
{
    (void)state;
    for (size_t i = 0; i < GEOMETRY_COUNT * 2; i++) {
        struct board board;
        uint8_t *bytes = open_with_image(&board, geometries[i / 2].name, 9000, i % 2 != 0);
        uint32_t trailer = mprom_rom_segment_size(&board.rom, 0);
        uint32_t size = min_size(board.segments[0].size - trailer, 1024);
        uint8_t old[1024 + MPROM_FLASH_PROGRAM_SIZE_MAX];
        make_image(old, size, 5, false);
        put(&board, board.segments[0].off + trailer, old, size);
        assert_int_equal(start(&board), 0);
        assert_nothing_written(&board);
        assert_int_equal(verify(&board, 0).size, 9000);

        board_restart(&board);
        assert_deploy_works(&board, 0);
        board_close(&board);
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_image_is_kept),
        cmocka_unit_test(nothing_is_erased_where_a_long_image_ends),
        cmocka_unit_test(a_damaged_long_image_is_damaged),
        cmocka_unit_test(a_short_image_is_started),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
