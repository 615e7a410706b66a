/*
 * The flash contract (include/mprom/flash.h) over each driver of a family and its model. The tests are in the order in
 * which a family is written; the first that fails says what is next, and those behind it are skipped.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "arch/mmio.h"
#include "contract.h"

enum {
    BYTES = 1024,
    OFFS_MAX = 16,
};

static const struct contract_flash *rig;
static const struct mprom_flash *flash;
static uint8_t pattern[BYTES + 1];

#define REQUIRE(ok, ...)                                                                                             \
    do {                                                                                                             \
        if (!(ok)) {                                                                                                 \
            print_error("next, %s: ", rig->name);                                                                    \
            print_error(__VA_ARGS__);                                                                                \
            print_error(", see docs/new-family.md\n");                                                               \
            fail();                                                                                                  \
        }                                                                                                            \
    } while (0)

static void expect_no_violation(const char *when)
{
    REQUIRE(bus.violations == 0,
            "the model reports \"%s\" %s: mend the driver, or the model if it misreads the manual",
            bus.first_violation, when);
    REQUIRE(bus.masked == 0 && bus.faults_masked == 0,
            "interrupts or faults stay masked %s: the driver must restore them", when);
}

static const struct mprom_flash_geometry *geometry(void)
{
    return flash->geometry;
}

/* The first and the last erase block of each region. */
static uint32_t block_offs(uint32_t *offs)
{
    uint32_t count = 0, off = 0;
    for (uint32_t i = 0; i < geometry()->region_count && count + 2 <= OFFS_MAX; i++) {
        const struct mprom_flash_region *region = &geometry()->regions[i];
        offs[count++] = off;
        off += region->erase_size * (region->count - 1);
        if (region->count > 1) {
            offs[count++] = off;
        }
        off += region->erase_size;
    }
    return count;
}

static void the_model_has_a_flash(void **state)
{
    (void)state;
    REQUIRE(rig->cells->bytes != NULL, "the model has no flash yet: write it from the manual, with the geometry");
}

static void the_driver_opens_the_flash(void **state)
{
    (void)state;
    REQUIRE(flash != NULL, "the driver does not open the flash: write it, for what the model says");
    expect_no_violation("when the driver opens it");
}

static bool promises_no_more(uint32_t driver_count, uint32_t model_count)
{
    return model_count == MPROM_FLASH_PROGRAM_ANY ||
           (driver_count != MPROM_FLASH_PROGRAM_ANY && driver_count <= model_count);
}

static void the_geometry_makes_sense_and_is_that_of_the_model(void **state)
{
    (void)state;
    REQUIRE(mprom_flash_check(flash) == 0,
            "mprom_flash_check() refuses it: sizes must add up, and no operation be missing");
    const struct mprom_flash_geometry *model = rig->cells->geometry;
    REQUIRE(rig->is_cells || (model != geometry() && model->regions != geometry()->regions),
            "driver and model share a table: one misreading of the manual would pass twice");
    REQUIRE(geometry()->size == model->size, "the driver says %u bytes, the model %u", geometry()->size, model->size);
    for (uint32_t off = 0; off < model->size;) {
        uint32_t ours = mprom_flash_erase_size(flash, off, UINT32_MAX);
        uint32_t theirs = mprom_flash_erase_size(&rig->cells->flash, off, UINT32_MAX);
        bool uses_fewer = ours < theirs && mprom_flash_erase_size(&rig->cells->flash, off, ours) == ours;
        REQUIRE(ours == theirs || uses_fewer,
                "the driver says that the erase block at 0x%x has %u bytes, the model %u", off, ours, theirs);
        uint32_t block_off = 0, block_size = 0;
        mprom_flash_block_at(flash, off, &block_off, &block_size);
        off += block_size;
    }
    REQUIRE(geometry()->program_size == model->program_size,
            "the driver says that a program unit has %u bytes, the model %u", geometry()->program_size,
            model->program_size);
    REQUIRE(geometry()->page_size <= model->page_size, "the driver programs %u bytes at once, the model takes %u",
            geometry()->page_size, model->page_size);
    REQUIRE(promises_no_more(geometry()->program_count, model->program_count),
            "the driver says that a unit may be programmed %u times (0: any), the model %u",
            geometry()->program_count, model->program_count);
    REQUIRE(geometry()->erased_value == model->erased_value && geometry()->overwrites == model->overwrites &&
                geometry()->bad_read_faults == model->bad_read_faults,
            "erased value, overwrites or bad reads differ between driver and model");
}

static void a_blank_flash_reads_blank(void **state)
{
    (void)state;
    uint8_t bytes[BYTES];
    uint32_t offs[OFFS_MAX];
    for (uint32_t i = 0, count = block_offs(offs); i < count; i++) {
        REQUIRE(mprom_flash_read(flash, offs[i], bytes, sizeof bytes) == 0, "read() fails at 0x%x", offs[i]);
        for (uint32_t at = 0; at < sizeof bytes; at++) {
            REQUIRE(bytes[at] == geometry()->erased_value, "a blank byte reads as 0x%02x at 0x%x", bytes[at],
                    offs[i] + at);
        }
    }
    expect_no_violation("in read()");
}

/* What the cells, read() and map() say of size bytes from off on, which hold the pattern, between blank ones. */
static void expect_programmed(uint32_t off, uint32_t size)
{
    uint8_t bytes[BYTES];
    const uint8_t *cells = rig->cells->bytes;
    uint8_t blank = geometry()->erased_value;
    REQUIRE(memcmp(cells + off, pattern + 1, size) == 0,
            "program() of %u bytes at 0x%x left other bytes in the flash", size, off);
    REQUIRE((off == 0 || cells[off - 1] == blank) && (off + size == geometry()->size || cells[off + size] == blank),
            "program() of %u bytes at 0x%x changed the bytes beside them", size, off);
    REQUIRE(mprom_flash_read(flash, off, bytes, size) == 0 && memcmp(bytes, pattern + 1, size) == 0,
            "read() at 0x%x does not see what was programmed: is it held in a cache?", off);
    const uint8_t *mapped = mprom_flash_map(flash, off);
    REQUIRE(mapped == NULL || memcmp(mapped, pattern + 1, size) == 0,
            "map() of 0x%x is the address of something else", off);
}

static void what_is_programmed_is_there_and_nothing_beside_it(void **state)
{
    (void)state;
    uint32_t unit = geometry()->program_size, page = geometry()->page_size;
    uint32_t offs[OFFS_MAX];
    for (uint32_t i = 0, count = block_offs(offs); i < count; i++) {
        uint32_t block_off = 0, block_size = 0;
        mprom_flash_block_at(flash, offs[i], &block_off, &block_size);
        const uint32_t starts[] = {offs[i] + unit, offs[i] + (page < block_size / 2 ? page : block_size / 2) - unit,
                                   offs[i] + block_size - unit};
        const uint32_t sizes[] = {unit, 3 * unit, unit};
        for (uint32_t n = 0; n < 3; n++) {
            if (mprom_flash_is_blank(flash, starts[n], sizes[n]) != 1) {
                continue; /* the block is too small for all of them */
            }
            int err = mprom_flash_program(flash, starts[n], pattern + 1, sizes[n]);
            REQUIRE(err == 0, "program() of %u bytes at 0x%x fails with %d", sizes[n], starts[n], err);
            expect_programmed(starts[n], sizes[n]);
        }
    }
    expect_no_violation("in program()");
}

static void a_unit_is_programmed_as_often_as_the_geometry_says(void **state)
{
    (void)state;
    uint8_t unit[MPROM_FLASH_PROGRAM_SIZE_MAX];
    if (geometry()->program_count == 1) {
        return;
    }
    memset(unit, 0x5A, sizeof unit);
    REQUIRE(mprom_flash_program(flash, 0, unit, geometry()->program_size) == 0, "program() fails");
    memset(unit, 0x42, sizeof unit);
    int err = mprom_flash_program(flash, 0, unit, geometry()->program_size);
    REQUIRE(err == 0, "a second program() of a unit fails with %d: is program_count right?", err);
    expect_no_violation("when a unit is programmed a second time");
}

/* The cells say which erase it was: of this block alone. Where programs overwrite, it is one that fills its end. */
static void expect_erased(uint32_t off, uint32_t size, uint64_t before_ns)
{
    const struct cells_operation *last = &bus.operation;
    bool fills = geometry()->overwrites && last->kind == CELLS_PROGRAM && last->off >= off &&
                 last->off + last->size == off + size;
    REQUIRE(fills || (last->kind == CELLS_ERASE && last->off == off && last->size == size),
            "erase() of 0x%x bytes at 0x%x became one of 0x%x bytes at 0x%x", size, off, last->size, last->off);
    REQUIRE(mprom_flash_is_blank(flash, off, size) == 1, "the block at 0x%x is not blank after erase()", off);
    REQUIRE(rig->is_cells || bus.now_ns > before_ns,
            "erase() takes no time: the model must be busy as long as the chip is");
}

static void an_erase_blanks_its_block_and_no_other(void **state)
{
    (void)state;
    uint32_t unit = geometry()->program_size;
    uint32_t offs[OFFS_MAX];
    for (uint32_t i = 0, count = block_offs(offs); i < count; i++) {
        uint32_t off = offs[i], size = 0, start = 0;
        mprom_flash_block_at(flash, off, &start, &size);
        bool has_before = off != 0, has_after = off + size < geometry()->size;
        REQUIRE(mprom_flash_erase(flash, off, size) == 0, "erase() of the block at 0x%x fails", off);
        mprom_flash_program(flash, off, pattern + 1, unit);
        mprom_flash_program(flash, off + size - unit, pattern + 1, unit);
        uint8_t beside[2] = {has_before ? rig->cells->bytes[off - 1] : 0,
                             has_after ? rig->cells->bytes[off + size] : 0};
        uint64_t before_ns = bus.now_ns;
        int err = mprom_flash_erase(flash, off, size);
        REQUIRE(err == 0, "erase() of the block at 0x%x fails with %d", off, err);
        expect_erased(off, size, before_ns);
        REQUIRE((!has_before || beside[0] == rig->cells->bytes[off - 1]) &&
                    (!has_after || beside[1] == rig->cells->bytes[off + size]),
                "erase() of the block at 0x%x changed the blocks beside it", off);
    }
    expect_no_violation("in erase()");
}

static void ranges_that_are_not_in_the_flash_are_refused(void **state)
{
    (void)state;
    uint32_t size = geometry()->size, unit = geometry()->program_size;
    uint64_t before = rig->cells->number;
    const uint32_t ranges[][2] = {
        {size, unit}, {size - unit, 2 * unit}, {0, size + unit}, {UINT32_MAX - unit + 1, 2 * unit}};
    for (uint32_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        uint8_t byte;
        REQUIRE(mprom_flash_program(flash, ranges[i][0], pattern, ranges[i][1]) == -MPROM_EINVAL &&
                    mprom_flash_erase(flash, ranges[i][0], ranges[i][1]) == -MPROM_EINVAL &&
                    mprom_flash_read(flash, ranges[i][0], &byte, ranges[i][1]) == -MPROM_EINVAL,
                "0x%x bytes at 0x%x are not refused: is the geometry's size right?", ranges[i][1], ranges[i][0]);
    }
    REQUIRE(rig->cells->number == before, "a refused range was programmed or erased");
    expect_no_violation("for ranges outside the flash");
}

static void the_controller_is_left_closed(void **state)
{
    (void)state;
    REQUIRE(mprom_flash_program(flash, 0, pattern, geometry()->program_size) == 0, "program() fails");
    uint64_t before = rig->cells->number;
    if (rig->stray == NULL || bus.window == NULL) {
        return;
    }
    mprom_mmio_write32(bus.window->base + 4 * geometry()->program_size, 0);
    REQUIRE(rig->cells->number == before,
            "a store to the flash programs it after program(): lock the controller again");
    REQUIRE(strstr(bus.first_violation, rig->stray) != NULL,
            "the model says \"%s\" of a store to closed flash, not \"%s\"", bus.first_violation, rig->stray);
}

/* Of a unit that holds zeros: most flash cannot make ones of them, and some takes a unit only once. */
static void the_model_refuses_to_program_what_is_not_erased(void **state)
{
    (void)state;
    uint8_t unit[MPROM_FLASH_PROGRAM_SIZE_MAX] = {0};
    if (geometry()->overwrites) {
        return;
    }
    REQUIRE(mprom_flash_program(flash, 0, unit, geometry()->program_size) == 0, "program() fails");
    memset(unit, 0xFE, sizeof unit);
    int err = mprom_flash_program(flash, 0, unit, geometry()->program_size);
    REQUIRE(err < 0, "program() of a unit that is not erased succeeds");
    REQUIRE(bus.violations > 0, "the model does not report a program of a unit that is not erased: report it");
}

static uint64_t busy_number;

/* The first look at a register after an erase has begun is at a controller that is busy. */
static void execute_while_busy(void)
{
    if (rig->cells->number != busy_number) {
        bus.polled = NULL;
        if (bus.window->guarded(bus.window->ctx)) {
            bus.window->access(bus.window->ctx, 0, 4, MODEL_FETCH);
        }
    }
}

static void the_model_refuses_what_a_busy_flash_cannot(void **state)
{
    (void)state;
    if (rig->busy == NULL) {
        return;
    }
    busy_number = rig->cells->number;
    bus.polled = execute_while_busy;
    (void)flash->ops->erase(flash, 0, mprom_flash_erase_size(flash, 0, 1u << 16));
    REQUIRE(bus.polled == NULL, "the driver does not look whether an erase has ended");
    REQUIRE(strstr(bus.first_violation, rig->busy) != NULL,
            "the model says \"%s\" when the CPU executes from flash that is busy, not \"%s\"", bus.first_violation,
            rig->busy);
}

static void a_flash_that_never_gets_ready_is_given_up(void **state)
{
    (void)state;
    if (rig->always_ready) {
        return;
    }
    REQUIRE(rig->hang != NULL, "the model cannot hang: give it a switch, and the table a hang()");
    rig->hang();
    int err = mprom_flash_program(flash, 0, pattern, geometry()->program_size);
    REQUIRE(err == -MPROM_ETIMEDOUT, "program() says %d of a flash that stays busy, not -MPROM_ETIMEDOUT", err);
    REQUIRE(bus.masked == 0 && bus.faults_masked == 0, "interrupts stay masked after a time-out");
    rig->close();
    flash = rig->open();
    rig->hang();
    err = mprom_flash_erase(flash, 0, mprom_flash_erase_size(flash, 0, UINT32_MAX));
    REQUIRE(err == -MPROM_ETIMEDOUT, "erase() says %d of a flash that stays busy, not -MPROM_ETIMEDOUT", err);
    expect_no_violation("after a time-out");
}

static void what_was_not_done_is_an_error(void **state)
{
    (void)state;
    uint32_t unit = geometry()->program_size, size = 0, off = 0;
    mprom_flash_block_at(flash, 0, &off, &size);
    REQUIRE(mprom_flash_program(flash, 0, pattern, unit) == 0, "program() fails");
    static const enum cells_fault_kind kinds[] = {CELLS_FAULT_LIES, CELLS_FAULT_FAILS};
    for (uint32_t i = 0; i < 2; i++) {
        const struct cells_fault fault = {.kind = kinds[i], .last = UINT64_MAX};
        rig->cells->faults = &fault;
        rig->cells->fault_count = 1;
        int programmed = mprom_flash_program(flash, 8 * unit, pattern, unit);
        int erased = mprom_flash_erase(flash, 0, size);
        rig->cells->fault_count = 0;
        REQUIRE(programmed < 0, "program() succeeds when the flash %s", i == 0 ? "does nothing" : "reports an error");
        REQUIRE(erased < 0, "erase() succeeds when the flash %s", i == 0 ? "does nothing" : "reports an error");
    }
    REQUIRE(mprom_flash_erase(flash, 0, size) == 0 && mprom_flash_program(flash, 0, pattern, unit) == 0,
            "the flash stays unusable after an error: clear what the controller says of it");
}

static bool has_failed;

static int begin(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < sizeof pattern; i++) {
        pattern[i] = (uint8_t)(i * 37 + 1);
    }
    flash = rig->open();
    return 0;
}

static int end(void **state)
{
    (void)state;
    rig->close();
    return 0;
}

/* A test of the contract, unless one before it failed. */
#define CONTRACT(test)                                                                                               \
    static void contract_##test(void **state)                                                                        \
    {                                                                                                                \
        if (has_failed) {                                                                                            \
            skip();                                                                                                  \
        }                                                                                                            \
        has_failed = true;                                                                                           \
        test(state);                                                                                                 \
        has_failed = false;                                                                                          \
    }

CONTRACT(the_model_has_a_flash)
CONTRACT(the_driver_opens_the_flash)
CONTRACT(the_geometry_makes_sense_and_is_that_of_the_model)
CONTRACT(a_blank_flash_reads_blank)
CONTRACT(what_is_programmed_is_there_and_nothing_beside_it)
CONTRACT(a_unit_is_programmed_as_often_as_the_geometry_says)
CONTRACT(an_erase_blanks_its_block_and_no_other)
CONTRACT(ranges_that_are_not_in_the_flash_are_refused)
CONTRACT(the_controller_is_left_closed)
CONTRACT(the_model_refuses_to_program_what_is_not_erased)
CONTRACT(the_model_refuses_what_a_busy_flash_cannot)
CONTRACT(a_flash_that_never_gets_ready_is_given_up)
CONTRACT(what_was_not_done_is_an_error)

#define TEST(test) cmocka_unit_test_setup_teardown(contract_##test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_model_has_a_flash),
        TEST(the_driver_opens_the_flash),
        TEST(the_geometry_makes_sense_and_is_that_of_the_model),
        TEST(a_blank_flash_reads_blank),
        TEST(what_is_programmed_is_there_and_nothing_beside_it),
        TEST(a_unit_is_programmed_as_often_as_the_geometry_says),
        TEST(an_erase_blanks_its_block_and_no_other),
        TEST(ranges_that_are_not_in_the_flash_are_refused),
        TEST(the_controller_is_left_closed),
        TEST(the_model_refuses_to_program_what_is_not_erased),
        TEST(the_model_refuses_what_a_busy_flash_cannot),
        TEST(a_flash_that_never_gets_ready_is_given_up),
        TEST(what_was_not_done_is_an_error),
    };
    int failures = 0;
    for (rig = contract_flashes; rig->name != NULL; rig++) {
        has_failed = false;
        failures += cmocka_run_group_tests_name(rig->name, tests, NULL, NULL);
    }
    return failures;
}
