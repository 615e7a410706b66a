/* The checked wrapper, over simulated cells and over drivers that misbehave. */
#include "emulator/array/cells.h"
#include "emulator/array/geometries.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    LOG_MAX = 64
};

struct fixture {
    struct cells cells;
    const struct mprom_flash *flash;
    struct cells_operation log[LOG_MAX];
    uint32_t log_count;
};

static int record(void *ctx, const struct cells_operation *operation)
{
    struct fixture *f = ctx;
    assert_true(f->log_count < LOG_MAX);
    f->log[f->log_count++] = *operation;
    return 0;
}

static void open_fixture(struct fixture *f, const char *geometry)
{
    memset(f, 0, sizeof *f);
    assert_int_equal(cells_open_memory(&f->cells, geometry_find(geometry)), 0);
    f->cells.hooks.operation = record;
    f->cells.hooks.ctx = f;
    f->flash = cells_flash(&f->cells);
    assert_int_equal(mprom_flash_check(f->flash), 0);
}

static void ranges_outside_are_refused_without_overflow(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, "nor4k");
    static const struct {
        uint32_t off, size;
    } outside[] = {
        {262144, 1},
        {262143, 2},
        {0, 262145},
        {4096, UINT32_MAX},
        {UINT32_MAX, 1},
        {UINT32_MAX, UINT32_MAX},
        {262144, UINT32_MAX},
        {UINT32_MAX - 4095, 4096},
        {0x80000000, 0x80000000},
    };
    uint8_t byte = 0x5A;
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        uint32_t off = outside[i].off;
        uint32_t size = outside[i].size;
        assert_int_equal(mprom_flash_read(f.flash, off, &byte, size), -MPROM_EINVAL);
        assert_int_equal(mprom_flash_program(f.flash, off, &byte, size), -MPROM_EINVAL);
        assert_int_equal(mprom_flash_erase(f.flash, off, size), -MPROM_EINVAL);
        assert_int_equal(mprom_flash_is_blank(f.flash, off, size), -MPROM_EINVAL);
        assert_int_equal(mprom_flash_probe(f.flash, off, size), -MPROM_EINVAL);
    }
    assert_int_equal(byte, 0x5A);
    assert_null(mprom_flash_map(f.flash, 262144));
    assert_non_null(mprom_flash_map(f.flash, 262143));
    assert_int_equal(f.log_count, 0);

    /* Nothing at the very end is a range like any other. */
    assert_int_equal(mprom_flash_read(f.flash, 262144, &byte, 0), 0);
    assert_int_equal(mprom_flash_program(f.flash, 262144, &byte, 0), 0);
    assert_int_equal(mprom_flash_erase(f.flash, 262144, 0), 0);
    assert_int_equal(f.cells.counts.violations, 0);
    cells_close(&f.cells);
}

static void misaligned_ranges_are_refused(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, "stm32f4");
    uint8_t bytes[8] = {0};
    assert_int_equal(mprom_flash_program(f.flash, 2, bytes, 4), -MPROM_EINVAL);
    assert_int_equal(mprom_flash_program(f.flash, 4, bytes, 3), -MPROM_EINVAL);
    assert_int_equal(mprom_flash_erase(f.flash, 1, 16383), -MPROM_EINVAL);
    assert_int_equal(mprom_flash_erase(f.flash, 0, 16383), -MPROM_EINVAL);
    assert_int_equal(mprom_flash_erase(f.flash, 8192, 8192), -MPROM_EINVAL);
    assert_int_equal(mprom_flash_erase(f.flash, 65536, 16384), -MPROM_EINVAL); /* a part of a 64K block */
    assert_int_equal(f.log_count, 0);
    assert_int_equal(mprom_flash_erase(f.flash, 49152, 16384 + 65536 + 131072), 0);
    assert_int_equal(f.log_count, 3);
    assert_int_equal(f.log[0].size, 16384);
    assert_int_equal(f.log[1].size, 65536);
    assert_int_equal(f.log[2].size, 131072);
    cells_close(&f.cells);
}

static void programs_are_split_at_pages(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, "nor4k");
    uint8_t bytes[1000];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i % 255);
    }
    assert_int_equal(mprom_flash_program(f.flash, 250, bytes, sizeof bytes), 0);
    static const struct {
        uint32_t off, size;
    } expected[] = {{250, 6}, {256, 256}, {512, 256}, {768, 256}, {1024, 226}};
    assert_int_equal(f.log_count, 5);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(f.log[i].kind, CELLS_PROGRAM);
        assert_int_equal(f.log[i].off, expected[i].off);
        assert_int_equal(f.log[i].size, expected[i].size);
    }
    assert_memory_equal(mprom_flash_map(f.flash, 250), bytes, sizeof bytes);
    uint8_t seen[1000];
    assert_int_equal(mprom_flash_read(f.flash, 250, seen, sizeof seen), 0);
    assert_memory_equal(seen, bytes, sizeof bytes);
    assert_int_equal(f.cells.counts.violations, 0);
    cells_close(&f.cells);
}

static void units_that_stay_erased_are_not_programmed(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, "stm32h7");
    uint8_t bytes[128];
    memset(bytes, 0xFF, sizeof bytes);
    assert_int_equal(mprom_flash_program(f.flash, 0, bytes, sizeof bytes), 0);
    assert_int_equal(f.log_count, 0);
    bytes[64] = 7;
    assert_int_equal(mprom_flash_program(f.flash, 0, bytes, sizeof bytes), 0);
    assert_int_equal(f.log_count, 1);
    assert_int_equal(f.log[0].off, 64);
    assert_int_equal(f.log[0].size, 32);
    /* But they must be erased indeed. */
    bytes[64] = 0xFF;
    assert_int_equal(mprom_flash_program(f.flash, 0, bytes, sizeof bytes), -MPROM_EIO);
    cells_close(&f.cells);

    /* Where programming replaces, it has to happen. */
    open_fixture(&f, "mram");
    memset(bytes, 0, 16);
    assert_int_equal(mprom_flash_program(f.flash, 0, bytes, 16), 0);
    memset(bytes, 0xFF, 16);
    assert_int_equal(mprom_flash_program(f.flash, 0, bytes, 16), 0);
    assert_int_equal(f.log_count, 2);
    assert_memory_equal(mprom_flash_map(f.flash, 0), bytes, 16);
    cells_close(&f.cells);
}

static void erases_take_the_largest_block_that_fits(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, "nor4k");
    assert_int_equal(mprom_flash_erase(f.flash, 28672, 4096 + 32768 + 65536 + 8192), 0);
    static const struct {
        uint32_t off, size;
    } expected[] = {{28672, 4096}, {32768, 32768}, {65536, 65536}, {131072, 4096}, {135168, 4096}};
    assert_int_equal(f.log_count, 5);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(f.log[i].kind, CELLS_ERASE);
        assert_int_equal(f.log[i].off, expected[i].off);
        assert_int_equal(f.log[i].size, expected[i].size);
    }
    assert_int_equal(f.cells.counts.violations, 0);
    cells_close(&f.cells);
}

static void a_stuck_bit_is_found(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, "nor4k");
    uint8_t bytes[300];
    memset(bytes, 0xA5, sizeof bytes);
    const struct cells_fault stuck_high = {.kind = CELLS_FAULT_STUCK, .off = 290, .mask = 2, .value = 2};
    f.cells.faults = &stuck_high;
    f.cells.fault_count = 1;
    assert_int_equal(mprom_flash_program(f.flash, 0, bytes, 290), 0);
    assert_int_equal(mprom_flash_program(f.flash, 290, bytes, 10), -MPROM_EIO);
    /* A bit that cannot be erased is found by the erase. */
    const struct cells_fault stuck_low = {.kind = CELLS_FAULT_STUCK, .off = 5000, .mask = 0x80, .value = 0};
    f.cells.faults = &stuck_low;
    assert_int_equal(mprom_flash_erase(f.flash, 0, 4096), 0);
    assert_int_equal(mprom_flash_erase(f.flash, 4096, 4096), -MPROM_EIO);
    cells_close(&f.cells);
}

static void faults_of_the_driver_are_passed_on(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, "nor4k");
    struct cells_fault fault = {.first = 0, .last = 9};
    f.cells.faults = &fault;
    f.cells.fault_count = 1;
    uint8_t byte = 1;
    fault.kind = CELLS_FAULT_FAILS;
    assert_int_equal(mprom_flash_program(f.flash, 0, &byte, 1), -MPROM_EIO);
    assert_int_equal(mprom_flash_erase(f.flash, 0, 4096), -MPROM_EIO);
    fault.kind = CELLS_FAULT_NOT_READY;
    assert_int_equal(mprom_flash_program(f.flash, 1, &byte, 1), -MPROM_ETIMEDOUT);
    assert_int_equal(mprom_flash_erase(f.flash, 0, 4096), -MPROM_ETIMEDOUT);
    fault.kind = CELLS_FAULT_LIES;
    assert_int_equal(mprom_flash_program(f.flash, 2, &byte, 1), -MPROM_EIO);
    fault.first = fault.last = 99;
    assert_int_equal(mprom_flash_erase(f.flash, 0, 4096), 0);
    assert_int_equal(mprom_flash_program(f.flash, 2, &byte, 1), 0);
    fault.first = 0;
    assert_int_equal(mprom_flash_erase(f.flash, 0, 4096), -MPROM_EIO);
    cells_close(&f.cells);
}

static void an_unreadable_unit_is_no_fault_of_the_cpu(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, "stm32h7");
    const struct cells_fault fault = {.kind = CELLS_FAULT_UNREADABLE, .off = 70};
    f.cells.faults = &fault;
    f.cells.fault_count = 1;
    uint8_t seen[4] = {1, 2, 3, 4};
    const uint8_t untouched[4] = {1, 2, 3, 4};
    assert_int_equal(mprom_flash_read(f.flash, 62, seen, 2), 0);
    assert_int_equal(mprom_flash_read(f.flash, 96, seen + 2, 2), 0);
    memcpy(seen, untouched, sizeof seen);
    assert_int_equal(mprom_flash_read(f.flash, 62, seen, 4), -MPROM_EBADMSG);
    assert_memory_equal(seen, untouched, sizeof seen);
    assert_int_equal(mprom_flash_probe(f.flash, 0, 64), 0);
    assert_int_equal(mprom_flash_probe(f.flash, 0, 65), -MPROM_EBADMSG);
    assert_int_equal(mprom_flash_probe(f.flash, 64, 0), 0);
    assert_int_equal(mprom_flash_is_blank(f.flash, 0, 128), 0);
    uint8_t unit[32] = {0};
    assert_int_equal(mprom_flash_program(f.flash, 64, unit, 32), -MPROM_EIO);
    assert_int_equal(mprom_flash_erase(f.flash, 0, 131072), -MPROM_EIO);
    assert_int_equal(f.cells.counts.violations, 0); /* never read directly */
    cells_close(&f.cells);
}

/* A driver that counts reads and plays tricks. */
struct trick {
    uint32_t full_reads; /* of the whole block so far */
    uint32_t shows_in;   /* the read in which the bad cell shows; 0 for never */
    int result;          /* of program, erase and sync */
    int read_result;
};

static int trick_read(const struct mprom_flash *flash, uint32_t off, void *dst, uint32_t size)
{
    struct trick *trick = flash->ctx;
    memset(dst, 0xFF, size);
    if (off == 0) {
        trick->full_reads++;
    }
    if (off <= 3000 && 3000 - off < size && trick->full_reads == trick->shows_in) {
        ((uint8_t *)dst)[3000 - off] = 0xFE;
    }
    return trick->read_result;
}

static int trick_program(const struct mprom_flash *flash, uint32_t off, const void *src, uint32_t size)
{
    (void)off;
    (void)src;
    (void)size;
    return ((struct trick *)flash->ctx)->result;
}

static int trick_erase(const struct mprom_flash *flash, uint32_t off, uint32_t size)
{
    (void)off;
    (void)size;
    return ((struct trick *)flash->ctx)->result;
}

static int trick_sync(const struct mprom_flash *flash)
{
    return ((struct trick *)flash->ctx)->result;
}

static const struct mprom_flash_ops trick_ops = {
    .read = trick_read, .program = trick_program, .erase = trick_erase, .sync = trick_sync};

/* B12: once is enough after an erase that ended (docs/update.md says why), and once it is. */
static void an_erase_is_read_back_once(void **state)
{
    (void)state;
    struct trick trick = {0};
    struct mprom_flash flash = {.ops = &trick_ops, .geometry = geometry_find("nor4k"), .ctx = &trick};
    assert_int_equal(mprom_flash_erase(&flash, 0, 4096), 0);
    assert_int_equal(trick.full_reads, 1);
    trick = (struct trick){.shows_in = 1};
    assert_int_equal(mprom_flash_erase(&flash, 0, 4096), -MPROM_EIO);
}

static void three_full_reads_must_find_a_block_blank(void **state)
{
    (void)state;
    struct trick trick = {0};
    struct mprom_flash flash = {.ops = &trick_ops, .geometry = geometry_find("nor4k"), .ctx = &trick};
    assert_int_equal(mprom_flash_is_blank(&flash, 0, 4096), 1);
    assert_int_equal(trick.full_reads, 3);
    for (uint32_t read = 1; read <= 3; read++) {
        trick = (struct trick){.shows_in = read};
        assert_int_equal(mprom_flash_is_blank(&flash, 0, 4096), 0);
        assert_int_equal(trick.full_reads, read);
    }
    trick = (struct trick){.read_result = -MPROM_EIO};
    assert_int_equal(mprom_flash_is_blank(&flash, 0, 4096), -MPROM_EIO);
}

static void a_shaky_cell_is_not_blank(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, "nor4k");
    f.cells.shaky[1234] = 0x10;
    for (int turn = 0; turn < 3; turn++) {
        f.cells.turn[1234] = (uint8_t)turn;
        assert_int_equal(mprom_flash_is_blank(f.flash, 0, 4096), 0);
    }
    assert_int_equal(mprom_flash_is_blank(f.flash, 4096, 4096), 1);
    cells_close(&f.cells);
}

static void a_positive_result_of_a_driver_is_no_success(void **state)
{
    (void)state;
    struct trick trick = {.result = 1};
    struct mprom_flash flash = {.ops = &trick_ops, .geometry = geometry_find("nor4k"), .ctx = &trick};
    uint8_t byte = 0;
    assert_int_equal(mprom_flash_program(&flash, 0, &byte, 1), -MPROM_EIO);
    assert_int_equal(mprom_flash_erase(&flash, 0, 4096), -MPROM_EIO);
    assert_int_equal(mprom_flash_sync(&flash), -MPROM_EIO);
    trick.result = -MPROM_EROFS;
    assert_int_equal(mprom_flash_program(&flash, 0, &byte, 1), -MPROM_EROFS);
    assert_int_equal(mprom_flash_erase(&flash, 0, 4096), -MPROM_EROFS);
    assert_int_equal(mprom_flash_sync(&flash), -MPROM_EROFS);
    trick.result = 0;
    assert_int_equal(mprom_flash_sync(&flash), 0);
    trick.read_result = 1;
    assert_int_equal(mprom_flash_read(&flash, 0, &byte, 1), -MPROM_EIO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_outside_are_refused_without_overflow),
        cmocka_unit_test(misaligned_ranges_are_refused),
        cmocka_unit_test(programs_are_split_at_pages),
        cmocka_unit_test(units_that_stay_erased_are_not_programmed),
        cmocka_unit_test(erases_take_the_largest_block_that_fits),
        cmocka_unit_test(a_stuck_bit_is_found),
        cmocka_unit_test(faults_of_the_driver_are_passed_on),
        cmocka_unit_test(an_unreadable_unit_is_no_fault_of_the_cpu),
        cmocka_unit_test(an_erase_is_read_back_once),
        cmocka_unit_test(three_full_reads_must_find_a_block_blank),
        cmocka_unit_test(a_shaky_cell_is_not_blank),
        cmocka_unit_test(a_positive_result_of_a_driver_is_no_success),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
