/*
 * Flash that fails: every fault is reported, with segment and offset, and leaves the old image or none. No fault is
 * taken for success.
 */
#include "mprom/rom_slot.h"
#include "rom/board.h"
#include "rom/image_maker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum {
    IMAGE_MAX = 512 * 1024
};

static uint8_t old_image[IMAGE_MAX];
static uint8_t new_image[IMAGE_MAX];

struct fixture {
    struct board board;
    uint32_t size;
    uint32_t target;
    uint64_t operations; /* of a deploy of the new image */
};

static void set_faults(struct fixture *f, const struct cells_fault *fault)
{
    f->board.cells.faults = fault;
    f->board.cells.fault_count = fault != NULL ? 1 : 0;
}

static int deploy(struct fixture *f, const uint8_t *image)
{
    return board_deploy(&f->board, f->target, image, f->size, 4096);
}

/* The old image is in the target; the number of operations of its replacement is known. */
static void open_fixture(struct fixture *f, const char *geometry, int layout)
{
    memset(f, 0, sizeof *f);
    board_open(&f->board, geometry, layout);
    f->board.cells.hooks.violation = NULL;
    f->target = layout == BOARD_SLOTS;
    /* On flash with large blocks and small units, an image that is mostly erased, so that each operation can fail. */
    f->size = layout == BOARD_SLOTS ? 10000 : mprom_board_image_size(&f->board, 0);
    enum image_contents contents = f->board.cells.geometry->program_count == 1 ? IMAGE_SPARSE : IMAGE_RANDOM;
    make_image_of(old_image, f->size, 1, true, contents);
    make_image_of(new_image, f->size, 2, true, contents);
    if (layout == BOARD_SLOTS) {
        assert_int_equal(board_deploy(&f->board, 0, old_image, f->size, 4096), 0);
        assert_int_equal(mprom_rom_boot_choose(&f->board.rom, true), 0);
    }
    assert_int_equal(deploy(f, old_image), 0);
    f->board.cells.number = 0;
    assert_int_equal(deploy(f, new_image), 0);
    f->operations = f->board.cells.number;
    assert_int_equal(deploy(f, old_image), 0);
}

/* The old image whole, or nothing that is mounted. */
static void assert_holds_old_or_none(struct fixture *f)
{
    static uint8_t seen[IMAGE_MAX];
    struct mprom_rom_image image;
    assert_int_equal(mprom_rom_verify(&f->board.rom, f->target, MPROM_ROM_VERIFY_FULL, &image), 0);
    assert_int_not_equal(image.state, MPROM_ROM_IMAGE_UNSEALED);
    if (image.state == MPROM_ROM_IMAGE_SEALED) {
        assert_int_equal(mprom_rom_read(&f->board.rom, f->target, 0, seen, f->size), 0);
        assert_memory_equal(seen, old_image, f->size);
    }
}

/* The same after a restart, the fault being over. */
static void assert_old_or_none(struct fixture *f)
{
    set_faults(f, NULL);
    board_restart(&f->board);
    assert_holds_old_or_none(f);
    if (f->board.segment_count > 1) {
        assert_true(mprom_rom_boot_choose(&f->board.rom, true) >= 0);
        f->board.states[1].chosen = false;
    }
}

static void assert_reported(const struct fixture *f, int err)
{
    const struct mprom_rom_error *error = &f->board.rom.error;
    assert_true(err < 0);
    assert_int_equal(error->code, err);
    assert_int_equal(error->segment, f->target);
    assert_true(error->off < f->board.segments[f->target].size);
    assert_non_null(error->what);
}

/* Each operation of a deploy fails in each way. */
static void fail_each_operation(const char *geometry, int layout)
{
    static const enum cells_fault_kind kinds[] = {CELLS_FAULT_FAILS, CELLS_FAULT_LIES, CELLS_FAULT_NOT_READY};
    struct fixture f;
    open_fixture(&f, geometry, layout);
    /* There what an attempt left unreadable is erased by the next, whose operations have other numbers then. */
    bool mends = f.board.cells.geometry->overwrites && f.board.cells.geometry->bad_read_faults;
    for (uint64_t number = 0; number < f.operations; number++) {
        for (int kind = 0; kind < 3; kind++) {
            const struct cells_fault fault = {.kind = kinds[kind], .first = number, .last = number};
            f.board.cells.number = 0;
            set_faults(&f, &fault);
            int err = deploy(&f, new_image);
            assert_reported(&f, err);
            assert_int_equal(err, kinds[kind] == CELLS_FAULT_NOT_READY ? -MPROM_ETIMEDOUT : -MPROM_EIO);
            assert_int_equal(mprom_rom_update_write(&f.board.rom, new_image, 1),
                             -MPROM_EINVAL); /* the session is closed */
            assert_old_or_none(&f);
            if (mends || number % 16 == 0 || number + 16 > f.operations) {
                assert_int_equal(deploy(&f, old_image), 0);
            }
        }
    }
    board_close(&f.board);
}

static void every_failing_operation_is_reported(void **state)
{
    (void)state;
    for (int i = 0; i < GEOMETRY_COUNT; i++) {
        fail_each_operation(geometries[i].name, BOARD_PLAIN);
        fail_each_operation(geometries[i].name, BOARD_SLOTS);
    }
}

/* The last operation fails, and what it left is erased at once. */
static void a_failing_commit_is_undone(void **state)
{
    (void)state;
    for (int i = 0; i < GEOMETRY_COUNT; i++) {
        struct fixture f;
        open_fixture(&f, geometries[i].name, BOARD_PLAIN);
        const struct cells_fault fault = {
            .kind = CELLS_FAULT_FAILS, .first = f.operations - 1, .last = f.operations - 1};
        f.board.cells.number = 0;
        set_faults(&f, &fault);
        assert_int_equal(deploy(&f, new_image), -MPROM_EIO);
        assert_int_equal(f.board.rom.error.off, 0);
        assert_int_equal(f.board.cells.number, f.operations + 1);
        for (uint32_t off = 0; off < 512; off++) {
            assert_int_equal(board_bytes(&f.board, 0)[off], f.board.cells.geometry->erased_value);
        }
        board_close(&f.board);
    }
}

static void every_failing_erase_of_a_segment_is_reported(void **state)
{
    (void)state;
    static const enum cells_fault_kind kinds[] = {CELLS_FAULT_FAILS, CELLS_FAULT_LIES, CELLS_FAULT_NOT_READY};
    for (int i = 0; i < GEOMETRY_COUNT; i++) {
        struct fixture f;
        open_fixture(&f, geometries[i].name, BOARD_SLOTS);
        for (int kind = 0; kind < 3; kind++) {
            int err = -1;
            for (uint64_t number = 0; err != 0; number++) {
                const struct cells_fault fault = {.kind = kinds[kind], .first = number, .last = number};
                assert_int_equal(deploy(&f, old_image), 0);
                f.board.cells.number = 0;
                set_faults(&f, &fault);
                err = mprom_rom_erase(&f.board.rom, f.target);
                assert_int_equal(err == 0, f.board.cells.number <= number); /* no operation was left to fail */
                if (err != 0) {
                    assert_reported(&f, err);
                }
                assert_old_or_none(&f);
            }
        }
        board_close(&f.board);
    }
}

/* A bit that cannot change, somewhere in the image or in the trailer. */
static void a_stuck_bit_is_reported_or_does_no_harm(void **state)
{
    (void)state;
    for (int i = 0; i < GEOMETRY_COUNT; i++) {
        struct fixture f;
        uint32_t reported = 0;
        open_fixture(&f, geometries[i].name, BOARD_SLOTS);
        uint32_t start = f.board.segments[1].off;
        uint32_t trailer = mprom_rom_segment_size(&f.board.rom, 1);
        for (uint32_t n = 0; n < 64; n++) {
            struct cells_fault fault = {.kind = CELLS_FAULT_STUCK,
                                        .first = 1, /* no operation */
                                        .off = start + (n < 48 ? n * (f.size / 48) : trailer + (n - 48)),
                                        .mask = (uint8_t)(1u << n % 8),
                                        .value = (uint8_t)(n % 3 != 0 ? 0xFF : 0)};
            set_faults(&f, &fault);
            int err = deploy(&f, new_image);
            if (err == 0) {
                struct mprom_rom_image image;
                assert_int_equal(mprom_rom_verify(&f.board.rom, 1, MPROM_ROM_VERIFY_FULL, &image), 0);
                assert_int_equal(image.state, MPROM_ROM_IMAGE_SEALED);
                assert_memory_equal(board_bytes(&f.board, 1), new_image, f.size);
            } else {
                assert_reported(&f, err);
                assert_int_equal(err, -MPROM_EIO);
                reported++;
                assert_holds_old_or_none(&f);
            }
            set_faults(&f, NULL);
            assert_int_equal(deploy(&f, old_image), 0);
        }
        assert_true(reported > 10);
        board_close(&f.board);
    }
}

/* A unit that error correction gives up on, in the new image or already in the old one. */
static void an_unreadable_unit_is_reported(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, "stm32h7", BOARD_PLAIN);
    static const uint32_t places[] = {0, 32, 5000, 200000};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        const struct cells_fault fault = {
            .kind = CELLS_FAULT_UNREADABLE, .first = 1, .off = f.board.segments[0].off + places[i]};
        set_faults(&f, &fault);
        assert_reported(&f, deploy(&f, new_image));
        assert_old_or_none(&f);
        assert_int_equal(deploy(&f, old_image), 0);
        set_faults(&f, &fault);
        board_restart(&f.board);
        struct mprom_rom_image image;
        assert_int_equal(mprom_rom_verify(&f.board.rom, 0, MPROM_ROM_VERIFY_START, &image), 0);
        assert_int_equal(image.state, MPROM_ROM_IMAGE_DAMAGED);
        assert_int_equal(image.fault, MPROM_ROMFS_FAULT_NONE);
        assert_non_null(image.what);
        uint8_t byte;
        assert_int_equal(mprom_rom_read(&f.board.rom, 0, places[i], &byte, 1), -MPROM_EBADMSG);
        set_faults(&f, NULL);
    }
    assert_int_equal(f.board.cells.counts.violations, 0);
    board_close(&f.board);
}

/* As a power failure does; off counts from the start of the segment. */
static void spoil(struct fixture *f, uint32_t id, uint32_t off)
{
    f->board.cells.units[(f->board.segments[id].off + off) / MPROM_FLASH_PROGRAM_SIZE_MAX] |= CELLS_UNIT_BAD;
}

static int probe(const struct fixture *f, uint32_t id)
{
    const struct mprom_rom_segment *segment = &f->board.segments[id];
    return mprom_flash_probe(segment->flash, segment->off, mprom_rom_segment_size(&f->board.rom, id));
}

/* Blocks that cannot be read are erased, but not those with a part of a sound image. */
static void a_start_erases_what_cannot_be_read(void **state)
{
    (void)state;
    struct fixture f;
    struct mprom_rom_image image;
    open_fixture(&f, "stm32h7", BOARD_PLAIN);
    struct mprom_rom *rom = &f.board.rom;
    uint32_t block_size = mprom_rom_segment_block_size(rom, 0);
    uint32_t behind = 2 * block_size;
    f.size = block_size + 5000;
    make_image_of(old_image, f.size, 3, true, IMAGE_SPARSE);
    assert_int_equal(deploy(&f, old_image), 0);
    assert_int_equal(mprom_rom_make_readable(rom, 0), 0);

    spoil(&f, 0, behind + 64); /* in no block of the image */
    spoil(&f, 0, behind + 4096);
    assert_int_equal(mprom_rom_make_readable(rom, 0), 0); /* nothing was written: it does not look again */
    board_restart(&f.board);
    assert_int_equal(mprom_rom_make_readable(rom, 0), 1);
    assert_int_equal(probe(&f, 0), 0);
    assert_int_equal(mprom_rom_verify(rom, 0, MPROM_ROM_VERIFY_FULL, &image), 0);
    assert_int_equal(image.state, MPROM_ROM_IMAGE_SEALED);

    uint32_t slack = behind - 32; /* in the last block of the image, behind its end */
    assert_true(slack > f.size);
    spoil(&f, 0, slack);
    board_restart(&f.board);
    assert_int_equal(mprom_rom_make_readable(rom, 0), -MPROM_EBADMSG);
    assert_int_equal(rom->error.off, behind - block_size);
    assert_int_equal(mprom_rom_verify(rom, 0, MPROM_ROM_VERIFY_FULL, &image), 0);
    assert_int_equal(image.state, MPROM_ROM_IMAGE_SEALED);

    spoil(&f, 0, 0);
    spoil(&f, 0, block_size);
    board_restart(&f.board);
    assert_int_equal(mprom_rom_make_readable(rom, 0), 2);
    assert_int_equal(probe(&f, 0), 0);
    assert_int_equal(mprom_rom_verify(rom, 0, MPROM_ROM_VERIFY_START, &image), 0);
    assert_int_equal(image.state, MPROM_ROM_IMAGE_NONE);
    assert_int_equal(mprom_rom_make_readable(rom, 1), -MPROM_ENOENT);
    assert_int_equal(f.board.cells.counts.violations, 0);
    board_close(&f.board);
}

/* What is left of an unsealed image without the block that could not be read would look whole. */
static void an_image_goes_with_a_block_of_it(void **state)
{
    (void)state;
    struct fixture f;
    struct mprom_rom_image image;
    open_fixture(&f, "stm32h7", BOARD_PLAIN);
    struct mprom_rom *rom = &f.board.rom;
    uint32_t block_size = mprom_rom_segment_block_size(rom, 0);
    f.size = 2 * block_size + 5000;
    make_image_of(old_image, f.size, 3, false, IMAGE_SPARSE);
    assert_int_equal(deploy(&f, old_image), 0);
    spoil(&f, 0, block_size + 4096);
    board_restart(&f.board);
    assert_int_equal(mprom_rom_make_readable(rom, 0), 1);
    assert_int_equal(mprom_rom_verify(rom, 0, MPROM_ROM_VERIFY_FULL, &image), 0);
    assert_int_equal(image.state, MPROM_ROM_IMAGE_NONE);
    assert_int_equal(probe(&f, 0), 0);
    assert_int_equal(f.board.cells.counts.violations, 0);
    board_close(&f.board);
}

/* An erase is tried once, not at every start; the block is what it was after an erase that works. */
static void a_start_erases_in_vain_only_once(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, "stm32h7", BOARD_PLAIN);
    struct mprom_rom *rom = &f.board.rom;
    uint32_t block_size = mprom_rom_segment_block_size(rom, 0);
    const uint32_t places[] = {0, 64, block_size - 32, block_size, 2 * block_size - 32, block_size + 5000};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        const struct cells_fault fault = {
            .kind = CELLS_FAULT_UNREADABLE, .first = 1, .off = f.board.segments[0].off + places[i]};
        assert_int_equal(mprom_rom_erase(rom, 0), 0);
        set_faults(&f, &fault);
        board_restart(&f.board);
        cells_reset_counts(&f.board.cells);
        for (int start = 0; start < 3; start++) {
            assert_int_equal(mprom_rom_make_readable(rom, 0), -MPROM_EIO);
            assert_int_equal(rom->error.off, places[i] / block_size * block_size);
            assert_int_equal(f.board.cells.counts.erases, 1);
            assert_int_equal(f.board.cells.counts.programs, start == 0 ? f.board.cells.counts.programs : 0);
            f.board.cells.counts.programs = 0;
            board_restart(&f.board);
        }
        /* Once it can be read, and was erased, nothing is left of it. */
        set_faults(&f, NULL);
        assert_int_equal(mprom_rom_make_readable(rom, 0), 0);
        assert_int_equal(deploy(&f, new_image), 0);
        assert_int_equal(mprom_rom_make_readable(rom, 0), 0);
    }
    assert_int_equal(f.board.cells.counts.violations, 0);
    board_close(&f.board);
}

/* Where an erase did nothing, the units are programmed already: no mark is put over them. */
static void a_mark_needs_blank_flash(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, "stm32h7", BOARD_PLAIN);
    struct cells *cells = &f.board.cells;
    static uint8_t contents[32];
    uint32_t start = f.board.segments[0].off;
    uint32_t end = start + mprom_rom_segment_block_size(&f.board.rom, 0);
    assert_int_equal(mprom_rom_erase(&f.board.rom, 0), 0);
    assert_int_equal(mprom_flash_program(&cells->flash, start, contents, sizeof contents), 0);
    assert_int_equal(mprom_flash_program(&cells->flash, end - (uint32_t)sizeof contents, contents, sizeof contents),
                     0);
    const struct cells_fault faults[] = {
        {.kind = CELLS_FAULT_UNREADABLE, .off = start + 5000},
        {.kind = CELLS_FAULT_LIES, .first = 0, .last = UINT64_MAX},
    };
    cells->faults = faults;
    cells->fault_count = 2;
    board_restart(&f.board);
    cells_reset_counts(cells);
    assert_int_equal(mprom_rom_make_readable(&f.board.rom, 0), -MPROM_EIO);
    assert_int_equal(cells->counts.programs, 0);
    assert_int_equal(cells->counts.violations, 0);
    assert_memory_equal(board_bytes(&f.board, 0), contents, sizeof contents);
    board_close(&f.board);
}

/* Not while somebody is at it, and never the trailer, which no client sees. */
static void what_is_in_use_is_not_erased(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, "stm32h7", BOARD_SLOTS);
    struct mprom_rom *rom = &f.board.rom;
    uint32_t last = mprom_rom_segment_size(rom, 0) - 32;
    spoil(&f, 0, last); /* slot 0 was chosen */
    assert_int_equal(mprom_rom_make_readable(rom, 0), -MPROM_EBADMSG);

    assert_int_equal(mprom_rom_update_begin(rom, 1, 1000), 0);
    spoil(&f, 1, last);
    assert_int_equal(mprom_rom_make_readable(rom, 1), -MPROM_EBADMSG);
    mprom_rom_update_abort(rom);
    rom->states[1].running = true;
    assert_int_equal(mprom_rom_make_readable(rom, 1), -MPROM_EBADMSG);
    rom->states[1].running = false;
    assert_int_equal(mprom_rom_make_readable(rom, 1), 1);
    spoil(&f, 1, mprom_rom_segment_size(rom, 1));
    assert_int_equal(mprom_rom_erase(rom, 1), 0);
    spoil(&f, 1, mprom_rom_segment_size(rom, 1) + 64);
    assert_int_equal(mprom_rom_make_readable(rom, 1), 0);
    assert_int_not_equal(f.board.cells.units[(f.board.segments[1].off + mprom_rom_segment_size(rom, 1) + 64) / 32],
                         0);
    assert_int_equal(f.board.cells.counts.violations, 0);
    board_close(&f.board);
}

/* Marks that cannot be written. */
static void a_failing_mark_is_reported(void **state)
{
    (void)state;
    for (int i = 0; i < GEOMETRY_COUNT; i++) {
        struct fixture f;
        open_fixture(&f, geometries[i].name, BOARD_SLOTS);
        struct mprom_rom *rom = &f.board.rom;
        const struct cells_fault fault = {.kind = CELLS_FAULT_LIES, .first = 0, .last = 99};
        static int (*const marks[])(struct mprom_rom *, uint32_t) = {mprom_rom_slot_mark_tried,
                                                                     mprom_rom_slot_confirm, mprom_rom_slot_rollback};
        for (int mark = 0; mark < 3; mark++) {
            f.board.cells.number = 0;
            set_faults(&f, &fault);
            assert_reported(&f, marks[mark](rom, 1));
            set_faults(&f, NULL);
            assert_int_equal(marks[mark](rom, 1), 0);
        }
        board_close(&f.board);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_failing_operation_is_reported),
        cmocka_unit_test(a_failing_commit_is_undone),
        cmocka_unit_test(every_failing_erase_of_a_segment_is_reported),
        cmocka_unit_test(a_stuck_bit_is_reported_or_does_no_harm),
        cmocka_unit_test(an_unreadable_unit_is_reported),
        cmocka_unit_test(a_start_erases_what_cannot_be_read),
        cmocka_unit_test(an_image_goes_with_a_block_of_it),
        cmocka_unit_test(a_start_erases_in_vain_only_once),
        cmocka_unit_test(a_mark_needs_blank_flash),
        cmocka_unit_test(what_is_in_use_is_not_erased),
        cmocka_unit_test(a_failing_mark_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
