/* Slots that are kept: the one that the board goes back to after a rollback is not written by accident. */
#include "mprom/rom_slot.h"
#include "rom/board.h"
#include "rom/image_maker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum {
    SIZE = 10000
};

static uint8_t images[4][SIZE];

static int deploy(struct board *board, uint32_t id, int image)
{
    return board_deploy(board, id, images[image], SIZE, 4096);
}

/* A board with two slots. The first `deployed` slots hold an image each, that of their number. */
static void open_slots(struct board *board, uint32_t deployed)
{
    board_open(board, "nor4k", BOARD_SLOTS);
    for (uint32_t i = 0; i < 4; i++) {
        make_image(images[i], SIZE, i + 1, true);
    }
    for (uint32_t id = 0; id < deployed; id++) {
        assert_int_equal(deploy(board, id, (int)id), 0);
    }
}

/* Power off and on: what would this board run? */
static int hard_reset(struct board *board)
{
    board_restart(board);
    return mprom_rom_boot_choose(&board->rom, true);
}

/* Power off and on: the board chooses this slot, and main of its image starts. */
static void assert_starts(struct board *board, uint32_t id)
{
    assert_int_equal(hard_reset(board), id);
    assert_int_equal(mprom_rom_slot_mark_tried(&board->rom, id), 0);
}

static enum mprom_rom_image_state verify(struct board *board, uint32_t id)
{
    struct mprom_rom_image found;
    assert_int_equal(mprom_rom_verify(&board->rom, id, MPROM_ROM_VERIFY_FULL, &found), 0);
    return found.state;
}

/* L9: after a rollback the other slot has the only image that is good. */
static void the_slot_to_go_back_to_is_kept(void **state)
{
    (void)state;
    for (int confirmed = 0; confirmed < 2; confirmed++) {
        struct board board;
        open_slots(&board, 1);
        struct mprom_rom *rom = &board.rom;
        assert_starts(&board, 0);
        assert_int_equal(mprom_rom_slot_confirm(rom, 0), 0);
        assert_int_equal(deploy(&board, 1, 1), 0);
        assert_starts(&board, 1);
        assert_int_equal(confirmed ? mprom_rom_slot_confirm(rom, 1) : 0, 0);
        assert_int_equal(mprom_rom_slot_rollback(rom, 1), 0);

        uint64_t operations = board.cells.number;
        assert_int_equal(deploy(&board, 0, 2), -MPROM_EPERM);
        assert_int_equal(mprom_rom_prepare(rom, 0, 0, SIZE), -MPROM_EPERM);
        assert_int_equal(mprom_rom_erase(rom, 0), -MPROM_EPERM);
        assert_int_equal(rom->error.segment, 0);
        assert_non_null(rom->error.what);
        assert_int_equal(mprom_rom_boot_choose(rom, false), 1); /* a soft reset changes nothing */
        assert_int_equal(deploy(&board, 0, 2), -MPROM_EPERM);
        assert_int_equal(board.cells.number, operations);

        /* Unlocked, for one session. */
        assert_int_equal(mprom_rom_slot_unlock(rom, 1), -MPROM_EBUSY);
        assert_int_equal(mprom_rom_slot_unlock(rom, 2), -MPROM_ENOENT);
        assert_int_equal(mprom_rom_slot_unlock(rom, 0), 0);
        assert_int_equal(deploy(&board, 0, 2), 0);
        assert_int_equal(deploy(&board, 0, 3), -MPROM_EPERM);
        assert_int_equal(hard_reset(&board), 0);
        /* What was rolled back from is no loss. */
        assert_int_equal(deploy(&board, 1, 1), 0);
        board_close(&board);
    }
}

/* A check of a slot that fails since its flash cannot be read for a while. */
static void fail_to_verify(struct board *board, uint32_t id)
{
    struct mprom_rom_image found;
    board->cells.power = false;
    int err = mprom_rom_verify(&board->rom, id, MPROM_ROM_VERIFY_FULL, &found);
    board->cells.power = true;
    assert_int_equal(err, -MPROM_EIO);
}

/* A read that failed once, of either slot, opens no lock: what cannot be checked stays closed unless it is unlocked.
 */
static void a_slot_that_cannot_be_read_is_kept(void **state)
{
    (void)state;
    for (uint32_t unread = 0; unread < 2; unread++) {
        struct board board;
        open_slots(&board, 2);
        struct mprom_rom *rom = &board.rom;
        assert_int_equal(hard_reset(&board), 1);
        assert_int_equal(mprom_rom_slot_rollback(rom, 1), 0);
        fail_to_verify(&board, unread);
        assert_int_equal(deploy(&board, 0, 2), -MPROM_EPERM);
        assert_int_equal(mprom_rom_erase(rom, 0), -MPROM_EPERM);

        /* A new image there is kept as well. */
        assert_int_equal(mprom_rom_slot_unlock(rom, 0), 0);
        assert_int_equal(deploy(&board, 0, 2), 0);
        assert_int_equal(verify(&board, 1), MPROM_ROM_IMAGE_SEALED);
        assert_int_equal(deploy(&board, 0, 3), -MPROM_EPERM);
        fail_to_verify(&board, unread);
        assert_int_equal(deploy(&board, 0, 3), -MPROM_EPERM);

        /* One that a session broke is not. */
        assert_int_equal(mprom_rom_slot_unlock(rom, 0), 0);
        assert_int_equal(mprom_rom_update_begin(rom, 0, SIZE), 0);
        mprom_rom_update_abort(rom);
        assert_int_equal(deploy(&board, 0, 3), 0);
        assert_int_equal(hard_reset(&board), 0);
        assert_int_equal(deploy(&board, 1, 1), 0);
        board_close(&board);
    }
}

/* An image that is read wrongly once seems damaged: that is no reason to let it go. */
static void a_slot_that_was_read_badly_is_kept(void **state)
{
    (void)state;
    struct board board;
    open_slots(&board, 2);
    assert_int_equal(hard_reset(&board), 1);
    assert_int_equal(mprom_rom_slot_rollback(&board.rom, 1), 0);
    const struct cells_fault fault = {
        .kind = CELLS_FAULT_STUCK,
        .off = board.segments[0].off + SIZE / 2,
        .mask = 1,
        .value = (uint8_t)~images[0][SIZE / 2],
    };
    board.cells.faults = &fault;
    board.cells.fault_count = 1;
    assert_int_equal(verify(&board, 0), MPROM_ROM_IMAGE_DAMAGED);
    board.cells.fault_count = 0;
    assert_int_equal(deploy(&board, 0, 2), -MPROM_EPERM);
    assert_int_equal(hard_reset(&board), 0);
    board_close(&board);
}

/* The first write to a slot that was unlocked fails before its image is broken. */
static void a_slot_that_could_not_be_broken_is_kept(void **state)
{
    (void)state;
    struct board board;
    open_slots(&board, 2);
    board.cells.hooks.violation = NULL;
    assert_int_equal(hard_reset(&board), 1);
    assert_int_equal(mprom_rom_slot_rollback(&board.rom, 1), 0);
    assert_int_equal(mprom_rom_slot_unlock(&board.rom, 0), 0);
    const struct cells_fault fault = {.kind = CELLS_FAULT_NOT_READY, .last = UINT64_MAX};
    board.cells.faults = &fault;
    board.cells.fault_count = 1;
    assert_true(deploy(&board, 0, 2) < 0);
    board.cells.fault_count = 0;
    assert_int_equal(deploy(&board, 0, 2), -MPROM_EPERM);
    assert_int_equal(hard_reset(&board), 0);
    board_close(&board);
}

static void lose_image(struct board *board, uint32_t id)
{
    board->cells.bytes[board->segments[id].off] = 0;
    assert_int_equal(verify(board, id), MPROM_ROM_IMAGE_NONE);
}

/* A soft reset starts the other slot if the image of the one that was left is lost: that ends the rollback. */
static void another_slot_ends_the_rollback(void **state)
{
    (void)state;
    struct board board;
    open_slots(&board, 2);
    assert_int_equal(hard_reset(&board), 1);
    assert_int_equal(mprom_rom_slot_rollback(&board.rom, 1), 0);
    lose_image(&board, 1);
    assert_int_equal(mprom_rom_boot_choose(&board.rom, false), 0);
    assert_int_equal(deploy(&board, 1, 2), 0);
    lose_image(&board, 0);
    assert_int_equal(mprom_rom_boot_choose(&board.rom, false), 1);
    assert_int_equal(deploy(&board, 0, 0), 0);
    assert_int_equal(deploy(&board, 0, 3), 0);
    board_close(&board);
}

static void after_the_reset_the_slot_is_kept_no_more(void **state)
{
    (void)state;
    struct board board;
    open_slots(&board, 2);
    assert_int_equal(hard_reset(&board), 1);
    assert_int_equal(mprom_rom_slot_rollback(&board.rom, 1), 0);
    assert_int_equal(mprom_rom_slot_unlock(&board.rom, 0), 0);
    assert_int_equal(hard_reset(&board), 0);
    assert_int_equal(deploy(&board, 0, 2), -MPROM_EBUSY);
    assert_int_equal(deploy(&board, 1, 2), 0);
    board_close(&board);
}

/* An image that is not sound is nothing to go back to. */
static void a_slot_without_an_image_is_not_kept(void **state)
{
    (void)state;
    struct board board;
    open_slots(&board, 2);
    assert_int_equal(hard_reset(&board), 1);
    assert_int_equal(mprom_rom_slot_rollback(&board.rom, 1), 0);
    assert_int_equal(mprom_rom_slot_unlock(&board.rom, 0), 0);
    assert_int_equal(mprom_rom_erase(&board.rom, 0), 0);
    /* U17: there is nothing left to go back to. */
    assert_int_equal(mprom_rom_slot_rollback(&board.rom, 1), -MPROM_EPERM);
    assert_int_equal(deploy(&board, 0, 2), 0);
    assert_int_equal(mprom_rom_slot_rollback(&board.rom, 1), 0);
    board_close(&board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_slot_to_go_back_to_is_kept),
        cmocka_unit_test(a_slot_that_cannot_be_read_is_kept),
        cmocka_unit_test(a_slot_that_was_read_badly_is_kept),
        cmocka_unit_test(a_slot_that_could_not_be_broken_is_kept),
        cmocka_unit_test(another_slot_ends_the_rollback),
        cmocka_unit_test(after_the_reset_the_slot_is_kept_no_more),
        cmocka_unit_test(a_slot_without_an_image_is_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
