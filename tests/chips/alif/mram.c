/* The driver of MRAM over the strict model of it, and the mistakes that the model catches. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arch/mmio.h"
#include "rig.h"

enum {
    GRANULE = 16,
    FIRST = 0x47E000, /* where MicroPython's images lie, 1 MiB */
    SIZE = 0x100000,
    END = FIRST + SIZE,
};

static const uint32_t MRAM = 0x80000000;
static const uint32_t MPU_CTRL_ADDRESS = 0xE000ED94;
static const uint32_t DCCMVAC_ADDRESS = 0xE000EF68;

static struct rig rig;
static uint8_t pattern[4 * GRANULE];

static int begin(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < sizeof pattern; i++) {
        pattern[i] = (uint8_t)(0xA0 + i);
    }
    rig_open_driver(&rig);
    assert_int_equal(mprom_alif_mram_open(&rig.driver, FIRST, SIZE), 0);
    rig.mram.first_off = FIRST;
    rig.mram.end_off = END;
    return 0;
}

static int end(void **state)
{
    (void)state;
    rig_close(&rig);
    return 0;
}

static const struct mprom_flash *flash(void)
{
    return &rig.driver.flash;
}

static void what_is_not_ours_is_read_only(void **state)
{
    (void)state;
    static const uint32_t offs[] = {0, FIRST - 4096, END, 0x57F000};
    for (size_t i = 0; i < sizeof offs / sizeof offs[0]; i++) {
        assert_int_equal(mprom_flash_program(flash(), offs[i], pattern, GRANULE), -MPROM_EROFS);
        assert_int_equal(mprom_flash_erase(flash(), offs[i], 4096), -MPROM_EROFS);
    }
    assert_int_equal(flash()->ops->program(flash(), END - GRANULE, pattern, 2 * GRANULE), -MPROM_EROFS);
    assert_int_equal(rig.cells.number, 0);
    assert_int_equal(mprom_flash_program(flash(), FIRST, pattern, GRANULE), 0);
    assert_int_equal(mprom_flash_program(flash(), END - GRANULE, pattern, GRANULE), 0);
    assert_string_equal(bus.first_violation, "");
}

static void a_range_that_is_not_of_blocks_in_mram_is_refused(void **state)
{
    (void)state;
    static const uint32_t ranges[][2] = {
        {FIRST + 16, 4096}, {FIRST, 4100}, {0x580000, 4096}, {0x57F000, 0x2000}, {0xFFFFF000, 0x2000}};
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        struct mprom_alif_mram mram;
        assert_int_equal(mprom_alif_mram_open(&mram, ranges[i][0], ranges[i][1]), -MPROM_EINVAL);
    }
}

/* Also behind the back of the wrapper, which refuses the same. */
static void a_part_of_a_granule_is_refused(void **state)
{
    (void)state;
    assert_int_equal(mprom_flash_program(flash(), FIRST + 8, pattern, GRANULE), -MPROM_EINVAL);
    assert_int_equal(mprom_flash_program(flash(), FIRST, pattern, 8), -MPROM_EINVAL);
    assert_int_equal(flash()->ops->program(flash(), FIRST + 8, pattern, GRANULE), -MPROM_EINVAL);
    assert_int_equal(flash()->ops->program(flash(), FIRST, pattern, 8), -MPROM_EINVAL);
    assert_int_equal(rig.cells.number, 0);
}

/* From any alignment, over what was there, bits in both directions. */
static void programs_replace_what_is_there(void **state)
{
    (void)state;
    uint8_t other[2 * GRANULE];
    memset(other, 0x5A, sizeof other);
    assert_int_equal(mprom_flash_program(flash(), FIRST + 0x40, pattern + 1, 3 * GRANULE), 0);
    assert_int_equal(mprom_flash_program(flash(), FIRST + 0x50, other, GRANULE), 0);
    assert_memory_equal(rig.cells.bytes + FIRST + 0x40, pattern + 1, GRANULE);
    assert_memory_equal(rig.cells.bytes + FIRST + 0x50, other, GRANULE);
    assert_memory_equal(rig.cells.bytes + FIRST + 0x60, pattern + 1 + 2 * GRANULE, GRANULE);
    assert_string_equal(bus.first_violation, "");
}

static int masked_at_store;

static int note_masked(void *ctx, const struct cells_operation *operation)
{
    (void)ctx;
    (void)operation;
    masked_at_store += bus.masked;
    return 0;
}

static void interrupts_are_masked_for_one_granule_at_a_time(void **state)
{
    (void)state;
    masked_at_store = 0;
    rig.cells.hooks.operation = note_masked;
    assert_int_equal(mprom_flash_program(flash(), FIRST, pattern, 4 * GRANULE), 0);
    assert_int_equal(masked_at_store, 4);
    assert_int_equal(bus.masked, 0);
    bus.masked = 1; /* whoever had masked them keeps them masked */
    assert_int_equal(mprom_flash_program(flash(), FIRST, pattern, GRANULE), 0);
    assert_int_equal(bus.masked, 1);
    assert_int_equal(rig.worked_ns, 5000);
}

/* What a cut may leave: a granule that error correction gives up. Only a probe may look at it, and a write mends it. */
static void an_unreadable_granule_is_found_and_written_again(void **state)
{
    (void)state;
    uint8_t bytes[3 * GRANULE];
    assert_int_equal(mprom_flash_program(flash(), FIRST, pattern, 3 * GRANULE), 0);
    rig.cells.units[FIRST / GRANULE + 1] |= CELLS_UNIT_BAD;
    mram_model_reset(&rig.mram, &rig.cells);
    assert_int_equal(mprom_flash_read(flash(), FIRST, bytes, GRANULE), 0);
    assert_int_equal(mprom_flash_read(flash(), FIRST, bytes, sizeof bytes), -MPROM_EBADMSG);
    assert_int_equal(mprom_flash_probe(flash(), FIRST + GRANULE + 3, 1), -MPROM_EBADMSG);
    assert_int_equal(mprom_flash_probe(flash(), FIRST + 2 * GRANULE, GRANULE), 0);
    assert_string_equal(bus.first_violation, "");
    assert_int_equal(bus.faults_masked, 0);
    assert_int_equal(mprom_flash_program(flash(), FIRST + GRANULE, pattern, GRANULE), 0);
    assert_int_equal(mprom_flash_read(flash(), FIRST, bytes, sizeof bytes), 0);
    assert_string_equal(bus.first_violation, "");
}

/* The mistakes. MRAM is open for writing when they begin, but for the first two. */

static void store(uint32_t off, uint32_t value)
{
    mprom_mmio_write32(MRAM + off, value);
}

static void granule(uint32_t off)
{
    mprom_mmio_write64(MRAM + off, 1, 2);
    mprom_mmio_write64(MRAM + off + 8, 3, 4);
}

static void load(uint32_t off)
{
    (void)mprom_mmio_read32(MRAM + off);
}

static void fetch(uint32_t off)
{
    if (bus.window->guarded(bus.window->ctx)) {
        bus.window->access(bus.window->ctx, off, 4, MODEL_FETCH);
    }
}

static void store_while_closed(void)
{
    rig_close(&rig);
    rig_open_driver(&rig);
    granule(FIRST);
}

static void store_where_no_region_is(void)
{
    mprom_mmio_write32(MPU_CTRL_ADDRESS, 1);
    store(FIRST, 0);
}

static void store_a_byte(void)
{
    mprom_mmio_write8(MRAM + FIRST, 1);
}

static void begin_with_the_high_half(void)
{
    store(FIRST + 8, 0);
}

static void begin_at_an_odd_word(void)
{
    store(FIRST + 4, 0);
}

static void store_the_low_half_twice(void)
{
    mprom_mmio_write64(MRAM + FIRST, 1, 2);
    mprom_mmio_write64(MRAM + FIRST, 1, 2);
}

static void leave_a_word_out(void)
{
    store(FIRST, 0);
    store(FIRST + 8, 0);
}

static void leave_the_high_half_out(void)
{
    mprom_mmio_write64(MRAM + FIRST, 1, 2);
    granule(FIRST + GRANULE);
}

static void read_between_the_halves(void)
{
    mprom_mmio_write64(MRAM + FIRST, 1, 2);
    load(FIRST + GRANULE);
}

static void execute_between_the_halves(void)
{
    mprom_mmio_write64(MRAM + FIRST, 1, 2);
    fetch(0x20000);
}

static void execute_before_the_line_is_cleaned(void)
{
    granule(FIRST);
    fetch(0x20000);
}

static void clean_between_the_halves(void)
{
    mprom_mmio_write64(MRAM + FIRST, 1, 2);
    mprom_mmio_write32(DCCMVAC_ADDRESS, MRAM + FIRST);
}

static void go_on_without_cleaning(void)
{
    granule(FIRST);
    granule(FIRST + GRANULE);
}

static void clean_another_line(void)
{
    granule(FIRST);
    mprom_mmio_write32(DCCMVAC_ADDRESS, MRAM + FIRST + 32);
    granule(FIRST + GRANULE);
}

static void store_to_the_table_of_contents(void)
{
    granule(0x57E000);
}

static void store_to_the_firmware(void)
{
    granule(0x20000);
}

static void store_behind_ours(void)
{
    granule(END);
}

static void read_an_unreadable_granule(void)
{
    rig.cells.units[FIRST / GRANULE] |= CELLS_UNIT_BAD;
    mram_model_reset(&rig.mram, &rig.cells);
    load(FIRST + 4);
}

static void read_one_with_faults_masked_only(void)
{
    rig.cells.units[FIRST / GRANULE] |= CELLS_UNIT_BAD;
    mram_model_reset(&rig.mram, &rig.cells);
    (void)mprom_cpu_fault_mask();
    load(FIRST);
}

static void execute_an_unreadable_granule(void)
{
    rig.cells.units[FIRST / GRANULE] |= CELLS_UNIT_BAD;
    mram_model_reset(&rig.mram, &rig.cells);
    fetch(FIRST);
}

static void change_a_region_while_the_mpu_is_on(void)
{
    mprom_mmio_write32(MPU_CTRL_ADDRESS, 5);
    mprom_mmio_write32(MPU_CTRL_ADDRESS + 8, MRAM);
}

static void give_an_address_two_regions(void)
{
    for (uint32_t region = 0; region < 2; region++) {
        mprom_mmio_write32(MPU_CTRL_ADDRESS + 4, region);
        mprom_mmio_write32(MPU_CTRL_ADDRESS + 8, MRAM);
        mprom_mmio_write32(MPU_CTRL_ADDRESS + 12, 0x8057FFE1);
    }
    mprom_mmio_write32(MPU_CTRL_ADDRESS, 5);
    store(FIRST, 0);
}

static void name_a_region_that_is_not_there(void)
{
    mprom_mmio_write32(MPU_CTRL_ADDRESS + 4, 8);
}

#define MISTAKE(make, violation)                                                                                     \
    {                                                                                                                \
#make, make, violation                                                                                       \
    }

static const struct bus_mistake mistakes[] = {
    MISTAKE(store_while_closed, "which the MPU makes read-only"),
    MISTAKE(store_where_no_region_is, "which the MPU makes read-only"),
    MISTAKE(store_a_byte, "which is no half of 64 bits"),
    MISTAKE(begin_with_the_high_half, "not where a granule begins"),
    MISTAKE(begin_at_an_odd_word, "not where a granule begins"),
    MISTAKE(store_the_low_half_twice, "while a granule is half written"),
    MISTAKE(leave_a_word_out, "while a granule is half written"),
    MISTAKE(leave_the_high_half_out, "while a granule is half written"),
    MISTAKE(read_between_the_halves, "read of MRAM at 0x8047e010, while a granule is half written"),
    MISTAKE(execute_between_the_halves, "execution of MRAM at 0x80020000, while a granule is half written"),
    MISTAKE(execute_before_the_line_is_cleaned, "revision A"),
    MISTAKE(clean_between_the_halves, "is cleaned while a granule is half written"),
    MISTAKE(go_on_without_cleaning, "may still be in the data cache"),
    MISTAKE(clean_another_line, "may still be in the data cache"),
    MISTAKE(store_to_the_table_of_contents, "outside of what may be written"),
    MISTAKE(store_to_the_firmware, "outside of what may be written"),
    MISTAKE(store_behind_ours, "outside of what may be written"),
    MISTAKE(read_an_unreadable_granule, "a bus fault"),
    MISTAKE(read_one_with_faults_masked_only, "a bus fault"),
    MISTAKE(execute_an_unreadable_granule, "execution of MRAM at 0x8047e000, which error correction gives up"),
    MISTAKE(change_a_region_while_the_mpu_is_on, "while it is on"),
    MISTAKE(give_an_address_two_regions, "two regions of the MPU"),
    MISTAKE(name_a_region_that_is_not_there, "region 8"),
};

static void the_model_catches_each_mistake(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        rig_close(&rig);
        begin(NULL);
        mprom_mmio_write32(MPU_CTRL_ADDRESS, 0);
        bus_expect_caught("MRAM", &mistakes[i]);
        bus.faults_masked = 0;
    }
}

/* The same steps as they must be, in the order of Alif's HAL, are no mistake. */
static void the_model_takes_what_is_right(void **state)
{
    (void)state;
    mprom_mmio_write32(MPU_CTRL_ADDRESS, 0);
    for (uint32_t off = FIRST; off < FIRST + 4 * GRANULE; off += GRANULE) {
        granule(off);
        mprom_mmio_write32(DCCMVAC_ADDRESS, MRAM + off);
    }
    load(FIRST);
    fetch(0x20000);
    assert_string_equal(bus.first_violation, "");
    assert_int_equal(rig.cells.number, 4);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_not_ours_is_read_only),
        TEST(a_range_that_is_not_of_blocks_in_mram_is_refused),
        TEST(a_part_of_a_granule_is_refused),
        TEST(programs_replace_what_is_there),
        TEST(interrupts_are_masked_for_one_granule_at_a_time),
        TEST(an_unreadable_granule_is_found_and_written_again),
        TEST(the_model_catches_each_mistake),
        TEST(the_model_takes_what_is_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
