/* Slots: trailers, marks, and which image a board starts from. */
#include "mprom/rom_slot.h"
#include "rom/board.h"
#include "rom/image_maker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum {
    RECORD_SIZE = 20, /* of a trailer: docs/update.md */
    SIZE = 10000
};

static uint8_t images[4][SIZE];

static void make_images(bool sealed)
{
    for (uint32_t i = 0; i < 4; i++) {
        make_image(images[i], SIZE, i + 1, sealed);
    }
}

static int deploy(struct board *board, uint32_t id, int image)
{
    return board_deploy(board, id, images[image], SIZE, 4096);
}

/* A board with two slots. The first `deployed` slots hold an image each, that of their number. */
static void open_slots(struct board *board, const char *geometry, bool sealed, uint32_t deployed)
{
    board_open(board, geometry, BOARD_SLOTS);
    make_images(sealed);
    for (uint32_t id = 0; id < deployed; id++) {
        assert_int_equal(deploy(board, id, (int)id), 0);
    }
}

static struct mprom_rom_slot read_slot(struct board *board, uint32_t id)
{
    struct mprom_rom_slot slot;
    assert_int_equal(mprom_rom_slot_read(&board->rom, id, &slot), 0);
    return slot;
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

/* What a check says of a segment's image. */
static struct mprom_rom_image verify(struct board *board, uint32_t id, enum mprom_rom_verify_mode mode)
{
    struct mprom_rom_image found;
    assert_int_equal(mprom_rom_verify(&board->rom, id, mode, &found), 0);
    return found;
}

static uint8_t *trailer(struct board *board, uint32_t id)
{
    return board->cells.bytes + board->segments[id].off + mprom_rom_segment_size(&board->rom, id);
}

static void assert_marks(struct board *board, uint32_t id, bool tried, bool confirmed, bool rejected)
{
    struct mprom_rom_slot slot = read_slot(board, id);
    assert_true(slot.valid);
    assert_int_equal(slot.tried, tried);
    assert_int_equal(slot.confirmed, confirmed);
    assert_int_equal(slot.rejected, rejected);
}

/* Nothing is there. */
static void nothing_is_there(struct board *board)
{
    struct mprom_rom *rom = &board->rom;
    assert_int_equal(hard_reset(board), -MPROM_ENOENT);
    assert_false(read_slot(board, 0).valid);
    assert_int_equal(mprom_rom_slot_confirm(rom, 0), -MPROM_ENODEV); /* U17 */
    assert_int_equal(mprom_rom_slot_mark_tried(rom, 0), 0);
    assert_int_equal(mprom_rom_slot_rollback(rom, 0), -MPROM_EPERM);
}

/* The first image. There is no other to fall back to. */
static void the_first_stays(struct board *board, bool sealed)
{
    struct mprom_rom *rom = &board->rom;
    assert_int_equal(deploy(board, 0, 0), 0);
    struct mprom_rom_slot slot = read_slot(board, 0);
    assert_true(slot.valid);
    assert_int_equal(slot.sequence, 1);
    assert_int_equal(slot.size, SIZE);
    assert_int_equal(slot.crc, image_crc(images[0], sealed ? SIZE - 4 : SIZE));
    assert_starts(board, 0);
    assert_marks(board, 0, true, false, false);
    assert_int_equal(hard_reset(board), 0);
    assert_int_equal(mprom_rom_slot_rollback(rom, 0), -MPROM_EPERM);
    assert_int_equal(mprom_rom_slot_confirm(rom, 0), 0);
    assert_marks(board, 0, true, true, false);
}

/* The slot that runs cannot be written, the error names the other. */
static void the_running_slot_is_closed(struct board *board)
{
    struct mprom_rom *rom = &board->rom;
    uint64_t operations = board->cells.number;
    assert_int_equal(deploy(board, 0, 1), -MPROM_EBUSY);
    assert_int_equal(rom->error.other, 1);
    assert_int_equal(mprom_rom_prepare(rom, 0, 0, SIZE), -MPROM_EBUSY);
    assert_int_equal(rom->error.other, 1);
    assert_int_equal(mprom_rom_erase(rom, 0), -MPROM_EBUSY);
    assert_int_equal(board->cells.number, operations);
}

/* A second one is chosen on trial, and given up if it is not confirmed. */
static void a_second_is_on_trial(struct board *board)
{
    struct mprom_rom *rom = &board->rom;
    assert_int_equal(deploy(board, 1, 1), 0);
    assert_int_equal(read_slot(board, 1).sequence, 2);
    assert_int_equal(mprom_rom_boot_choose(rom, false), 0); /* a soft reset changes nothing */
    assert_int_equal(hard_reset(board), 1);
    assert_int_equal(hard_reset(board), 1); /* its main was not started yet */
    assert_int_equal(mprom_rom_slot_mark_tried(rom, 1), 0);
    assert_int_equal(mprom_rom_boot_choose(rom, false), 1);
    assert_int_equal(deploy(board, 1, 2), -MPROM_EBUSY);
    assert_int_equal(rom->error.other, 0);
    assert_int_equal(hard_reset(board), 0);
    assert_int_equal(hard_reset(board), 0);
}

/* The next one is confirmed, and stays. */
static void the_next_is_confirmed(struct board *board)
{
    struct mprom_rom *rom = &board->rom;
    assert_int_equal(deploy(board, 1, 2), 0);
    assert_int_equal(hard_reset(board), 1);
    assert_marks(board, 1, false, false, false);
    assert_int_equal(mprom_rom_slot_mark_tried(rom, 1), 0);
    assert_int_equal(mprom_rom_slot_confirm(rom, 1), 0);
    uint64_t operations = board->cells.number;
    assert_int_equal(mprom_rom_slot_confirm(rom, 1), 0);
    assert_int_equal(mprom_rom_slot_mark_tried(rom, 1), 0);
    assert_int_equal(board->cells.number, operations); /* each mark is written once */
    assert_int_equal(hard_reset(board), 1);
}

/* Rolled back. */
static void it_is_rolled_back(struct board *board)
{
    struct mprom_rom *rom = &board->rom;
    assert_int_equal(mprom_rom_slot_rollback(rom, 1), 0);
    assert_int_equal(mprom_rom_boot_choose(rom, false), 1);
    assert_int_equal(hard_reset(board), 0);
    assert_int_equal(mprom_rom_slot_confirm(rom, 1), -MPROM_EPERM);
    assert_int_equal(mprom_rom_slot_rollback(rom, 0), -MPROM_EPERM); /* the other one was rolled back from too */
    assert_int_equal(hard_reset(board), 0);
}

/* Deployed again it is a new image. */
static void it_is_deployed_again(struct board *board)
{
    struct mprom_rom *rom = &board->rom;
    assert_int_equal(deploy(board, 1, 3), 0);
    assert_int_equal(read_slot(board, 1).sequence, 2);
    assert_int_equal(mprom_rom_slot_confirm(rom, 1), 0); /* mprom deploy --confirm */
    assert_starts(board, 1);
    assert_int_equal(hard_reset(board), 1);
    assert_int_equal(deploy(board, 0, 1), 0);
    assert_int_equal(read_slot(board, 0).sequence, 3);
    assert_int_equal(hard_reset(board), 0);
}

static void an_application_lives_on(const char *geometry, bool sealed)
{
    struct board board;
    open_slots(&board, geometry, sealed, 0);
    nothing_is_there(&board);
    the_first_stays(&board, sealed);
    the_running_slot_is_closed(&board);
    a_second_is_on_trial(&board);
    the_next_is_confirmed(&board);
    it_is_rolled_back(&board);
    it_is_deployed_again(&board);
    assert_int_equal(board.cells.counts.violations, 0);
    board_close(&board);
}

static void every_geometry_has_slots(void **state)
{
    (void)state;
    for (int i = 0; i < GEOMETRY_COUNT; i++) {
        an_application_lives_on(geometries[i].name, true);
        an_application_lives_on(geometries[i].name, false);
    }
}

static void an_erased_slot_is_out(void **state)
{
    (void)state;
    struct board board;
    open_slots(&board, "stm32h7", true, 2);
    assert_int_equal(mprom_rom_erase(&board.rom, 1), 0);
    assert_false(read_slot(&board, 1).valid);
    assert_int_equal(hard_reset(&board), 0);
    board_close(&board);
}

static void a_damaged_slot_is_out(void **state)
{
    (void)state;
    struct board board;
    open_slots(&board, "nor4k", true, 2);
    board.cells.bytes[board.segments[1].off + 6] = 0; /* a record of kind 0 */
    assert_int_equal(hard_reset(&board), 0);
    board_close(&board);
}

/* One wrong byte in the contents: only the seal finds it, and the trailer is why it is not looked at again. */
static void the_trailer_vouches_for_its_digest_only(void **state)
{
    (void)state;
    struct board board;
    open_slots(&board, "nor4k", true, 1);
    board.cells.bytes[board.segments[0].off + 5000] ^= 1;
    board_restart(&board);
    struct mprom_rom_image found = verify(&board, 0, MPROM_ROM_VERIFY_START);
    assert_int_equal(found.state, MPROM_ROM_IMAGE_SEALED);
    found = verify(&board, 0, MPROM_ROM_VERIFY_FULL);
    assert_int_equal(found.state, MPROM_ROM_IMAGE_DAMAGED);
    assert_int_equal(found.fault, MPROM_ROMFS_FAULT_SEAL);
    assert_string_equal(found.what, mprom_romfs_fault_text(MPROM_ROMFS_FAULT_SEAL));

    /* Another image with the record left behind: it is checked in full, and the record is not about it. */
    memcpy(board.cells.bytes + board.segments[0].off, images[1], SIZE);
    board_restart(&board);
    assert_false(read_slot(&board, 0).valid);
    board.cells.bytes[board.segments[0].off + 5000] ^= 1;
    board_restart(&board);
    found = verify(&board, 0, MPROM_ROM_VERIFY_START);
    assert_int_equal(found.state, MPROM_ROM_IMAGE_DAMAGED);
    board_close(&board);
}

/* The head is programmed after the record: no byte of it may be taken on trust, with a seal or without. */
static void the_trailer_does_not_vouch_for_the_head(void **state)
{
    (void)state;
    for (int sealed = 0; sealed < 2; sealed++) {
        struct board board;
        struct mprom_rom_image found;
        open_slots(&board, "stm32h7", sealed, 1);
        for (uint32_t off = 0; off < 32; off++) {
            board.cells.bytes[board.segments[0].off + off] ^= 1;
            board_restart(&board);
            found = verify(&board, 0, MPROM_ROM_VERIFY_START);
            assert_true(found.state == MPROM_ROM_IMAGE_DAMAGED || (off < 3 && found.state == MPROM_ROM_IMAGE_NONE));
            board.cells.bytes[board.segments[0].off + off] ^= 1;
        }
        board_restart(&board);
        found = verify(&board, 0, MPROM_ROM_VERIFY_START);
        assert_int_equal(found.state, sealed ? MPROM_ROM_IMAGE_SEALED : MPROM_ROM_IMAGE_UNSEALED);
        board_close(&board);
    }
}

/* Every single bit of the record counts, and so does what is left of it by a cut. */
static void a_torn_record_is_no_record(void **state)
{
    (void)state;
    struct board board;
    open_slots(&board, "nor4k", true, 1);
    uint8_t *record = trailer(&board, 0);
    for (int bit = 0; bit < RECORD_SIZE * 8; bit++) {
        record[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(read_slot(&board, 0).valid);
        record[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_true(read_slot(&board, 0).valid);
    uint8_t whole[RECORD_SIZE];
    memcpy(whole, record, RECORD_SIZE);
    static const uint8_t fills[] = {0x00, 0xFF};
    for (int i = 0; i < 2; i++) {
        for (uint32_t size = 0; size < RECORD_SIZE; size++) {
            memcpy(record, whole, RECORD_SIZE);
            memset(record + size, fills[i], RECORD_SIZE - size);
            assert_false(read_slot(&board, 0).valid);
            memcpy(record, whole, RECORD_SIZE);
            memset(record, fills[i], RECORD_SIZE - size);
            assert_false(read_slot(&board, 0).valid);
        }
    }
    /* Without a record the image is still the one to start from, behind one that has a record. */
    assert_int_equal(hard_reset(&board), 0);
    assert_int_equal(deploy(&board, 1, 1), 0);
    assert_starts(&board, 1);
    assert_int_equal(hard_reset(&board), 0);
    board_close(&board);
}

static void a_torn_mark_counts_as_set(void **state)
{
    (void)state;
    struct board board;
    open_slots(&board, "nor4k", true, 1);
    uint32_t off = (uint32_t)(trailer(&board, 0) - board.cells.bytes) + 32;
    for (uint32_t mark = 0; mark < 3; mark++) {
        board.cells.bytes[off + 32 * mark] = 0xFE;
        assert_marks(&board, 0, mark == 0, mark == 1, mark == 2);
        board.cells.bytes[off + 32 * mark] = 0xFF;
        for (uint8_t turn = 0; turn < 3; turn++) {
            board.cells.shaky[off + 32 * mark + 1] = 1;
            board.cells.turn[off + 32 * mark + 1] = turn;
            assert_marks(&board, 0, mark == 0, mark == 1, mark == 2);
        }
        board.cells.shaky[off + 32 * mark + 1] = 0;
    }
    board_close(&board);
}

static void without_a_good_image_a_whole_one_is_chosen(void **state)
{
    (void)state;
    struct board board;
    open_slots(&board, "nrf", true, 0);
    /* Both were tried and never confirmed: the one that was there before. */
    assert_int_equal(deploy(&board, 0, 0), 0);
    assert_starts(&board, 0);
    assert_int_equal(deploy(&board, 1, 1), 0);
    assert_starts(&board, 1);
    assert_int_equal(hard_reset(&board), 0);
    assert_int_equal(hard_reset(&board), 0);
    /* The slot that runs loses its image; the other failed, but it is whole. */
    board.cells.bytes[board.segments[0].off] = 0;
    assert_int_equal(hard_reset(&board), 1);
    board.cells.bytes[board.segments[1].off] = 0;
    assert_int_equal(hard_reset(&board), -MPROM_ENOENT);
    board_close(&board);
}

static void assert_state(struct board *board, uint32_t id, enum mprom_rom_slot_state state, const char *text)
{
    assert_int_equal(read_slot(board, id).state, state);
    assert_string_equal(mprom_rom_slot_state_text(state), text);
}

/* U16 and W8: V1, V2 and V3 one after the other, and none is confirmed. */
static void a_trial_has_three_states(void **state)
{
    (void)state;
    struct board board;
    open_slots(&board, "nor4k", true, 0);
    struct mprom_rom *rom = &board.rom;
    assert_state(&board, 0, MPROM_ROM_SLOT_UNKNOWN, "");
    assert_int_equal(deploy(&board, 0, 0), 0);
    assert_state(&board, 0, MPROM_ROM_SLOT_WAITING, "not started yet");
    assert_int_equal(hard_reset(&board), 0);
    assert_state(&board, 0, MPROM_ROM_SLOT_TRIAL, "on trial"); /* it may have no main */
    assert_int_equal(mprom_rom_slot_mark_tried(rom, 0), 0);
    assert_state(&board, 0, MPROM_ROM_SLOT_TRIAL, "on trial");
    assert_int_equal(mprom_rom_boot_choose(rom, false), 0);
    assert_state(&board, 0, MPROM_ROM_SLOT_TRIAL, "on trial");
    assert_int_equal(mprom_rom_boot_passed_over(rom), MPROM_ROM_SEGMENT_NONE);

    assert_int_equal(deploy(&board, 1, 1), 0);
    assert_state(&board, 1, MPROM_ROM_SLOT_WAITING, "not started yet");
    assert_starts(&board, 1);
    assert_state(&board, 0, MPROM_ROM_SLOT_GAVE_UP, "gave up");
    assert_state(&board, 1, MPROM_ROM_SLOT_TRIAL, "on trial");
    assert_int_equal(mprom_rom_boot_passed_over(rom), MPROM_ROM_SEGMENT_NONE);

    assert_int_equal(deploy(&board, 0, 2), 0);
    assert_starts(&board, 0);
    assert_int_equal(hard_reset(&board), 1);
    assert_int_equal(mprom_rom_boot_passed_over(rom), 0);
    assert_state(&board, 0, MPROM_ROM_SLOT_GAVE_UP, "gave up");
    assert_int_equal(mprom_rom_slot_mark_tried(rom, 1), 0);
    assert_state(&board, 1, MPROM_ROM_SLOT_GAVE_UP, "gave up");

    assert_int_equal(mprom_rom_slot_confirm(rom, 1), 0);
    assert_state(&board, 1, MPROM_ROM_SLOT_CONFIRMED, "confirmed");
    assert_int_equal(mprom_rom_slot_rollback(rom, 1), 0);
    assert_state(&board, 1, MPROM_ROM_SLOT_REJECTED, "rejected");
    board_close(&board);
}

/* The same board after a hard reset that keeps its memory. */
static void a_hard_reset_ends_a_trial(void **state)
{
    (void)state;
    struct board board;
    open_slots(&board, "nor4k", true, 1);
    assert_starts(&board, 0);
    assert_state(&board, 0, MPROM_ROM_SLOT_TRIAL, "on trial");
    assert_int_equal(mprom_rom_boot_choose(&board.rom, true), 0);
    assert_state(&board, 0, MPROM_ROM_SLOT_GAVE_UP, "gave up");
    board_close(&board);
}

/* U21: a board that started from no slot has none to keep. */
static void a_soft_reset_starts_the_first_image(void **state)
{
    (void)state;
    struct board board;
    open_slots(&board, "nor4k", true, 0);
    assert_int_equal(hard_reset(&board), -MPROM_ENOENT);
    assert_int_equal(mprom_rom_boot_choose(&board.rom, false), -MPROM_ENOENT);
    assert_int_equal(deploy(&board, 0, 0), 0);
    assert_int_equal(mprom_rom_boot_choose(&board.rom, false), 0);
    assert_int_equal(deploy(&board, 0, 1), -MPROM_EBUSY);
    assert_int_equal(deploy(&board, 1, 1), 0);
    assert_int_equal(mprom_rom_boot_choose(&board.rom, false), 0); /* from now on it keeps its slot */
    board_close(&board);
}

/* U17: what a programmer put there is not on trial, so its program may always confirm it. */
static void an_image_without_a_record_can_be_confirmed(void **state)
{
    (void)state;
    struct board board;
    open_slots(&board, "nor4k", true, 1);
    memset(trailer(&board, 0), 0xFF, RECORD_SIZE);
    assert_int_equal(hard_reset(&board), 0);
    assert_state(&board, 0, MPROM_ROM_SLOT_UNKNOWN, "");
    assert_int_equal(mprom_rom_slot_confirm(&board.rom, 0), 0);
    board.cells.bytes[board.segments[0].off + 6] = 0; /* a record of kind 0 */
    board_restart(&board);
    assert_int_equal(mprom_rom_slot_confirm(&board.rom, 0), -MPROM_ENODEV);
    board_close(&board);
}

static void a_failing_flash_does_not_keep_the_other_slot_from_starting(void **state)
{
    (void)state;
    struct board board;
    open_slots(&board, "stm32h7", true, 2);
    struct mprom_rom_image found;
    const struct cells_fault fault = {.kind = CELLS_FAULT_UNREADABLE, .off = board.segments[1].off + 5000};
    board.cells.faults = &fault;
    board.cells.fault_count = 1;
    assert_int_equal(hard_reset(&board), 0);
    found = verify(&board, 1, MPROM_ROM_VERIFY_START);
    assert_int_equal(found.state, MPROM_ROM_IMAGE_DAMAGED);
    assert_int_equal(found.fault, MPROM_ROMFS_FAULT_NONE);
    assert_int_equal(found.fault_off, 5000 / 32 * 32);
    assert_non_null(found.what);
    assert_int_equal(board.cells.counts.violations, 0);
    board_close(&board);
}

static void only_a_trailer_has_marks(void **state)
{
    (void)state;
    struct board board;
    struct mprom_rom_slot slot;
    board_open(&board, "nrf", BOARD_PLAIN);
    make_images(true);
    assert_int_equal(hard_reset(&board), -MPROM_ENOENT);
    assert_int_equal(deploy(&board, 0, 0), 0);
    assert_int_equal(hard_reset(&board), 0);
    assert_int_equal(mprom_rom_slot_read(&board.rom, 0, &slot), -MPROM_EOPNOTSUPP);
    assert_int_equal(mprom_rom_slot_read(&board.rom, 1, &slot), -MPROM_ENOENT);
    assert_int_equal(mprom_rom_slot_mark_tried(&board.rom, 0), -MPROM_EOPNOTSUPP);
    assert_int_equal(mprom_rom_slot_confirm(&board.rom, 0), -MPROM_EOPNOTSUPP);
    assert_int_equal(mprom_rom_slot_rollback(&board.rom, 0), -MPROM_EOPNOTSUPP);
    /* What was chosen and is in no group may be written as soon as it does not run. */
    assert_int_equal(deploy(&board, 0, 1), 0);
    board_close(&board);
}

static void sequence_numbers_end(void **state)
{
    (void)state;
    struct board board;
    open_slots(&board, "nor4k", true, 1);
    uint8_t *record = trailer(&board, 0);
    static const uint8_t ends[] = {0xFD, 0xFE, 0xFF};
    for (int i = 0; i < 3; i++) {
        record[0] = ends[i];
        memset(record + 1, 0xFF, 3);
        uint8_t layout[15 + 16];
        memcpy(layout, "mprom trailer 1", 15);
        memcpy(layout + 15, record, 16);
        uint32_t crc = image_crc(layout, sizeof layout);
        for (int j = 0; j < 4; j++) {
            record[16 + j] = (uint8_t)(crc >> 8 * j);
        }
        assert_int_equal(read_slot(&board, 0).valid, i < 2); /* FFFFFFFF is no number */
        assert_int_equal(deploy(&board, 1, 1), i == 1 ? -MPROM_EFBIG : 0);
        assert_int_equal(read_slot(&board, 1).valid, i != 1);
        assert_int_equal(hard_reset(&board), i == 1 ? 0 : 1);
        board_restart(&board);
    }
    board_close(&board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_geometry_has_slots),
        cmocka_unit_test(an_erased_slot_is_out),
        cmocka_unit_test(a_damaged_slot_is_out),
        cmocka_unit_test(the_trailer_vouches_for_its_digest_only),
        cmocka_unit_test(the_trailer_does_not_vouch_for_the_head),
        cmocka_unit_test(a_torn_record_is_no_record),
        cmocka_unit_test(a_torn_mark_counts_as_set),
        cmocka_unit_test(without_a_good_image_a_whole_one_is_chosen),
        cmocka_unit_test(a_trial_has_three_states),
        cmocka_unit_test(a_hard_reset_ends_a_trial),
        cmocka_unit_test(a_soft_reset_starts_the_first_image),
        cmocka_unit_test(an_image_without_a_record_can_be_confirmed),
        cmocka_unit_test(a_failing_flash_does_not_keep_the_other_slot_from_starting),
        cmocka_unit_test(only_a_trailer_has_marks),
        cmocka_unit_test(sequence_numbers_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
