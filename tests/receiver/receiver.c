/* What patches make, on every geometry, and which are refused. */
#include "receiver/check.h"
#include "rom/image_maker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    IMAGE_MAX = 512 * 1024,
    OLD_SEED = 1,
    NEW_SEED = 2,
};

static uint8_t held[IMAGE_MAX]; /* what the segment holds before */
static uint8_t image[IMAGE_MAX];
static struct maker maker;

/* Segment 0 holds the bytes of `held`, of an image or not. */
static void board_hold(struct board *board, uint32_t size)
{
    const struct mprom_rom_segment *segment = &board->segments[0];
    const struct mprom_flash *flash = segment->flash;
    uint32_t unit = flash->geometry->page_size;
    for (uint32_t off = 0; off < segment->size; off += unit) {
        if (!flash->geometry->overwrites) {
            uint32_t block_off, block_size;
            mprom_flash_block_at(flash, segment->off + off, &block_off, &block_size);
            if (block_off == segment->off + off) {
                assert_int_equal(mprom_flash_erase(flash, block_off, block_size), 0);
            }
        }
        uint8_t page[512];
        memset(page, flash->geometry->erased_value, sizeof page);
        memcpy(page, held + off, off >= size ? 0 : unit < size - off ? unit : size - off);
        assert_int_equal(mprom_flash_program(flash, segment->off + off, page, unit), 0);
    }
    board_reset_log(board);
}

static void assert_done(const struct mprom_client *client)
{
    assert_int_equal(client->done, 1);
    assert_int_equal(client->refused, 0);
    assert_int_equal(client->last_word, 0x17);
    assert_int_equal(client->written, client->frame_count);
}

static void send_patch(struct board *board, uint32_t size, enum mprom_wire_mode mode, uint32_t first, uint32_t chunk)
{
    struct mprom_client client;
    mprom_client_open(&client);
    client_add_patch(&client, &maker, first, chunk);
    assert_int_equal(client_run(&client, &board->rom, 0, size, mode), 0);
    assert_done(&client);
    assert_int_equal(client.damaged, 0);
    assert_int_equal(client.fillers, 0);
    mprom_client_close(&client);
    assert_holds(board, image, size);
}

static void literals_make_an_image(void **state)
{
    (void)state;
    for (int i = 0; i < GEOMETRY_COUNT; i++) {
        for (int mode = MPROM_WIRE_WHOLE; mode <= MPROM_WIRE_DELTA; mode++) {
            struct board board;
            board_open(&board, geometries[i].name, BOARD_PLAIN);
            uint32_t size = mprom_board_image_size(&board, 0);
            make_image(held, size, OLD_SEED, true);
            board_hold(&board, size);
            make_image(image, size, NEW_SEED, true);
            maker_open(&maker);
            maker_literal(&maker, image, 1);
            maker_literal(&maker, image, size - 1);
            send_patch(&board, size, (enum mprom_wire_mode)mode, 0, CHUNK);
            assert_true(board_most_erases(&board) <= 1);
            board_close(&board);
        }
    }
}

/* Whole images are erased with the largest erase that fits, deltas block by block. */
static void whole_images_take_large_erases(void **state)
{
    (void)state;
    uint32_t erases[2];
    for (int mode = MPROM_WIRE_WHOLE; mode <= MPROM_WIRE_DELTA; mode++) {
        struct board board;
        board_open(&board, "nor4k", BOARD_PLAIN);
        uint32_t size = 128 * 1024;
        make_image(held, size, OLD_SEED, true);
        board_hold(&board, size);
        make_image(image, size, NEW_SEED, true);
        maker_open(&maker);
        maker_literal(&maker, image, size);
        send_patch(&board, size, (enum mprom_wire_mode)mode, 0, CHUNK);
        erases[mode] = (uint32_t)board.cells.counts.erases;
        board_close(&board);
    }
    assert_int_equal(erases[MPROM_WIRE_DELTA], 32);
    assert_true(erases[MPROM_WIRE_WHOLE] < 12);
}

static void seal_again(uint32_t size)
{
    uint32_t crc = image_crc(image, size - 4);
    for (int i = 0; i < 4; i++) {
        image[size - 4 + (uint32_t)i] = (uint8_t)(crc >> 8 * i);
    }
}

/* What the segment holds above the block that is made goes on where the new image ends: one copy takes of both. */
static void a_copy_goes_over_from_new_bytes_to_old(void **state)
{
    (void)state;
    struct board board;
    board_open(&board, "nor4k", BOARD_PLAIN);
    uint32_t block = mprom_receiver_block_size(&board.rom, 0);
    uint32_t size = 5 * block;
    make_image(held, size, OLD_SEED, true);
    make_image(image, size, NEW_SEED, true);
    memcpy(image + 3 * block, image + 3 * block - 50, 50);
    memcpy(image + 3 * block + 50, held + 3 * block, block - 50);
    seal_again(size);
    board_hold(&board, size);
    maker_open(&maker);
    maker_literal(&maker, image, 3 * block);
    maker_copy(&maker, 3 * block - 50, block);
    maker_literal(&maker, image, size - maker.pos);
    send_patch(&board, size, MPROM_WIRE_DELTA, 0, CHUNK);
    board_close(&board);
}

/*
 * An image of seven blocks from a segment that holds its bytes elsewhere: copies from behind, from ahead, from their
 * own block, from what was written before, and blocks that stay. For a block of 1,024 or 4,096 bytes.
 */
static uint32_t make_delta(uint32_t block)
{
    uint32_t size = 7 * block + 210;
    make_image(image, size, NEW_SEED, true);
    /* Block 6 repeats bytes of block 1; what stands behind the file's contents stays. */
    memcpy(image + 6 * block, image + block + 17, block);
    seal_again(size);
    memset(held, 0x5A, sizeof held);
    memcpy(held + 3 * block, image + 100, block);                        /* block 0, from ahead */
    memcpy(held + block + 7, image + block, block - 7);                  /* block 1, its own bytes moved up, */
    memcpy(held + 2 * block, image + 2 * block + 9, block - 9);          /* block 2, and down */
    memcpy(held + 4 * block, image + 4 * block, 2 * block);              /* blocks 4 and 5 stay */
    memcpy(held + 7 * block, image + 3 * block + 100, block - 100 + 0u); /* most of block 3, from behind all */

    maker_open(&maker);
    maker_literal(&maker, image, 100);
    maker_copy(&maker, 3 * block, block - 100); /* to the end of block 0 */
    maker_copy(&maker, block + 7, block - 7);   /* its own block: as it was before */
    maker_literal(&maker, image, 7);            /* to the end of block 1 */
    maker_literal(&maker, image, 9);
    maker_copy(&maker, 2 * block, block - 9); /* backward within the block, over itself */
    maker_literal(&maker, image, 100);
    maker_copy(&maker, 7 * block, block - 100); /* to the end of block 3 */
    maker_keep(&maker, 2 * block);
    maker_copy(&maker, block + 17, block); /* what was written in this session */
    maker_literal(&maker, image, size - maker.pos);
    return size;
}

static void deltas_make_an_image(void **state)
{
    (void)state;
    static const char *const names[] = {"nor4k", "nrf", "mram"};
    static const uint32_t chunks[] = {1, 2, 7, 100, CHUNK};
    for (int i = 0; i < 3; i++) {
        struct board board;
        board_open(&board, names[i], BOARD_PLAIN);
        uint32_t block = mprom_receiver_block_size(&board.rom, 0);
        assert_int_equal(block, i == 0 ? 4096 : 1024);
        uint32_t size = make_delta(block);
        for (int c = block > 1024 ? 3 : 0; c < 5; c++) {
            board_hold(&board, sizeof held);
            send_patch(&board, size, MPROM_WIRE_DELTA, 0, chunks[c]);
            assert_true(board_most_erases(&board) <= 1);
        }
        board_close(&board);
    }
}

/* Anywhere, also within a number. */
static void patches_can_be_cut_anywhere(void **state)
{
    (void)state;
    struct board board;
    board_open(&board, "nrf", BOARD_PLAIN);
    uint32_t size = make_delta(1024);
    for (uint32_t first = 1; first < CHUNK; first += first < 120 ? 1 : 13) {
        board_hold(&board, sizeof held);
        send_patch(&board, size, MPROM_WIRE_DELTA, first, CHUNK);
    }
    board_close(&board);
}

/* A sector is erased whole before its second block is made: what is left of the old contents is found, the rest not.
 */
static void sectors_larger_than_a_block(void **state)
{
    (void)state;
    struct board board;
    board_open(&board, "stm32f4", BOARD_PLAIN);
    assert_int_equal(mprom_receiver_block_size(&board.rom, 0), MPROM_WIRE_BLOCK_SIZE_MAX);
    uint32_t size = 3 * 16384;
    make_image(image, size, NEW_SEED, true);
    memcpy(held, image, sizeof held);
    memcpy(held + 16384, image + 4096, 100);
    for (int lost = 0; lost < 2; lost++) {
        struct mprom_client client;
        board_hold(&board, size);
        maker_open(&maker);
        maker_literal(&maker, image, 4096);
        maker_copy(&maker, lost ? 4096 : 16384, 100);
        maker_literal(&maker, image, size - maker.pos);
        int err = client_send(&client, &board, &maker, size, MPROM_WIRE_DELTA);
        assert_int_equal(err, lost ? -MPROM_EBADMSG : 0);
        assert_int_equal(client.refused, lost);
    }
    board_close(&board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(literals_make_an_image),      cmocka_unit_test(whole_images_take_large_erases),
        cmocka_unit_test(deltas_make_an_image),        cmocka_unit_test(patches_can_be_cut_anywhere),
        cmocka_unit_test(sectors_larger_than_a_block), cmocka_unit_test(a_copy_goes_over_from_new_bytes_to_old),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
