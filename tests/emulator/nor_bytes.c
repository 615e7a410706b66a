/* The SPI-NOR chip under a controller that shifts bytes: what it does, and every wrong shape that a chip can see. */
#include "nor_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static uint8_t shift(struct bench *b, uint8_t byte)
{
    return nor_chip_exchange(&b->chip, NOR_SHIFT, 1, byte);
}

/* Opcode and three address bytes; the chip stays selected. */
static void begin_at(struct bench *b, uint8_t opcode, uint32_t address)
{
    nor_chip_select(&b->chip);
    shift(b, opcode);
    shift(b, (uint8_t)(address >> 16));
    shift(b, (uint8_t)(address >> 8));
    shift(b, (uint8_t)address);
}

static void send(struct bench *b, uint8_t opcode)
{
    nor_chip_select(&b->chip);
    shift(b, opcode);
    nor_chip_deselect(&b->chip);
}

static void ids_and_tables_are_read(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, "w25q64");
    nor_chip_select(&b.chip);
    assert_int_equal(shift(&b, 0x9F), 0xFF);
    assert_int_equal(shift(&b, 0), 0xEF);
    assert_int_equal(shift(&b, 0), 0x40);
    assert_int_equal(shift(&b, 0), 0x17);
    nor_chip_deselect(&b.chip);
    begin_at(&b, 0x5A, 1);
    assert_int_equal(shift(&b, 0), 0xFF); /* dummy clocks */
    assert_int_equal(shift(&b, 0), 'F');
    assert_int_equal(shift(&b, 0), 'D');
    nor_chip_deselect(&b.chip);
    assert_int_equal(b.chip.violations, 0);
    cells_close(&b.cells);
}

/* Eight bytes behind four that say nothing; a part without it says so. */
static void the_unique_id_is_read(void **state)
{
    (void)state;
    struct bench b;
    uint8_t id[2][8];
    bench_open(&b, "w25q64");
    for (int i = 0; i < 2; i++) {
        nor_chip_select(&b.chip);
        shift(&b, 0x4B);
        for (int n = 0; n < 4; n++) {
            assert_int_equal(shift(&b, 0), 0xFF);
        }
        for (int n = 0; n < 8; n++) {
            id[i][n] = shift(&b, 0);
        }
        nor_chip_deselect(&b.chip);
    }
    assert_memory_equal(id[0], id[1], 8);
    assert_memory_not_equal(id[0], "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8);
    assert_int_equal(b.chip.violations, 0);
    cells_close(&b.cells);
    bench_open(&b, "mx25r6435f");
    send(&b, 0x4B);
    assert_string_equal(b.violation, "4Bh is no command of this chip");
    cells_close(&b.cells);
}

static void bytes_are_programmed_read_and_erased(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, "w25q64");
    send(&b, 0x06);
    begin_at(&b, 0x02, 0x1000);
    shift(&b, 0x12);
    shift(&b, 0x34);
    assert_int_equal(b.chip.job, NOR_NOTHING); /* it begins when the chip is deselected */
    nor_chip_deselect(&b.chip);
    assert_int_equal(b.chip.job, NOR_PROGRAMS);
    bench_finish(&b);
    begin_at(&b, 0x03, 0x0FFF);
    assert_int_equal(shift(&b, 0), 0xFF);
    assert_int_equal(shift(&b, 0), 0x12);
    assert_int_equal(shift(&b, 0), 0x34);
    assert_int_equal(shift(&b, 0), 0xFF);
    nor_chip_deselect(&b.chip);
    begin_at(&b, 0x0B, 0x1001);
    shift(&b, 0);
    assert_int_equal(shift(&b, 0), 0x34);
    nor_chip_deselect(&b.chip);
    send(&b, 0x06);
    begin_at(&b, 0x20, 0x1000);
    nor_chip_deselect(&b.chip);
    bench_finish(&b);
    assert_int_equal(b.cells.bytes[0x1000], 0xFF);
    assert_int_equal(b.chip.violations, 0);
    cells_close(&b.cells);
}

/* The status is that of the moment, however long the chip stays selected. */
static void a_status_changes_while_it_is_read(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, "w25q64");
    send(&b, 0x06);
    begin_at(&b, 0xD8, 0x10000);
    nor_chip_deselect(&b.chip);
    nor_chip_select(&b.chip);
    shift(&b, 0x05);
    assert_int_equal(shift(&b, 0), 0x03);
    assert_int_equal(shift(&b, 0), 0x03);
    nor_chip_tick(&b.chip, 150000000);
    assert_int_equal(shift(&b, 0), 0x00);
    nor_chip_deselect(&b.chip);
    assert_int_equal(b.chip.violations, 0);
    cells_close(&b.cells);
}

/* On four lines bytes have a meaning, for controllers that know their phases. */
static void four_lines_are_read(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, "w25q64");
    b.cells.bytes[0x1000] = 0x5A;
    bench_enable_quad(&b);
    nor_chip_select(&b.chip);
    nor_chip_exchange(&b.chip, NOR_OPCODE, 1, 0xEB);
    for (int i = 2; i >= 0; i--) {
        nor_chip_exchange(&b.chip, NOR_ADDRESS, 4, (uint8_t)(0x1000 >> 8 * i));
    }
    nor_chip_exchange(&b.chip, NOR_MODE, 4, 0x20);
    nor_chip_wait(&b.chip, 4);
    assert_int_equal(nor_chip_exchange(&b.chip, NOR_RECEIVE, 4, 0), 0x5A);
    nor_chip_deselect(&b.chip);
    /* It stays in continuous read: what comes is an address, for a controller that shifts too. */
    nor_chip_select(&b.chip);
    static const uint8_t header[] = {0x00, 0x10, 0x00, 0xFF, 0x00, 0x00};
    for (size_t i = 0; i < sizeof header; i++) {
        nor_chip_exchange(&b.chip, NOR_SHIFT, 4, header[i]);
    }
    assert_int_equal(nor_chip_exchange(&b.chip, NOR_SHIFT, 4, 0), 0x5A);
    nor_chip_deselect(&b.chip);
    assert_int_equal(bench_read_register(&b, 0x05), 0x00);
    assert_int_equal(b.chip.violations, 0);
    cells_close(&b.cells);
}

/* Mistakes. Each begins with an idle chip whose page at 0x1000 holds zeros. */

static void erase_with_two_address_bytes(struct bench *b)
{
    send(b, 0x06);
    nor_chip_select(&b->chip);
    shift(b, 0x20);
    shift(b, 0x00);
    shift(b, 0x10);
    nor_chip_deselect(&b->chip);
}

static void erase_with_a_byte_behind_it(struct bench *b)
{
    send(b, 0x06);
    begin_at(b, 0x20, 0x1000);
    shift(b, 0);
    nor_chip_deselect(&b->chip);
}

static void program_without_data(struct bench *b)
{
    send(b, 0x06);
    begin_at(b, 0x02, 0x1000);
    nor_chip_deselect(&b->chip);
}

static void program_of_more_than_a_page(struct bench *b)
{
    send(b, 0x06);
    begin_at(b, 0x02, 0x1000);
    for (int i = 0; i <= NOR_PAGE_SIZE; i++) {
        shift(b, 0);
    }
    nor_chip_deselect(&b->chip);
}

static void read_without_data(struct bench *b)
{
    begin_at(b, 0x03, 0x1000);
    nor_chip_deselect(&b->chip);
}

static void read_without_dummy_clocks(struct bench *b)
{
    begin_at(b, 0x0B, 0x1000);
    nor_chip_deselect(&b->chip);
}

static void enable_with_a_byte_behind_it(struct bench *b)
{
    nor_chip_select(&b->chip);
    shift(b, 0x06);
    shift(b, 0x00);
    nor_chip_deselect(&b->chip);
    assert_false(b->chip.write_enabled);
}

static void id_of_four_bytes(struct bench *b)
{
    nor_chip_select(&b->chip);
    shift(b, 0x9F);
    for (int i = 0; i < 3; i++) {
        shift(b, 0);
    }
    assert_int_equal(shift(b, 0), 0xFF);
    assert_int_equal(shift(b, 0), 0xFF);
    nor_chip_deselect(&b->chip);
}

static void read_over_the_end(struct bench *b)
{
    begin_at(b, 0x03, 0x7FFFFF);
    for (int i = 0; i < 3; i++) {
        shift(b, 0);
    }
    nor_chip_deselect(&b->chip);
}

static void data_both_ways(struct bench *b)
{
    send(b, 0x06);
    nor_chip_select(&b->chip);
    nor_chip_exchange(&b->chip, NOR_OPCODE, 1, 0x01);
    nor_chip_exchange(&b->chip, NOR_SEND, 1, 0x00);
    nor_chip_exchange(&b->chip, NOR_RECEIVE, 1, 0x00);
    nor_chip_deselect(&b->chip);
    assert_int_equal(b->chip.job, NOR_NOTHING);
}

static void data_to_a_chip_that_answers(struct bench *b)
{
    nor_chip_select(&b->chip);
    nor_chip_exchange(&b->chip, NOR_OPCODE, 1, 0x05);
    nor_chip_exchange(&b->chip, NOR_RECEIVE, 1, 0x00);
    nor_chip_exchange(&b->chip, NOR_SEND, 1, 0x00);
    nor_chip_exchange(&b->chip, NOR_RECEIVE, 1, 0x00);
    nor_chip_deselect(&b->chip);
}

static void lanes_that_change(struct bench *b)
{
    send(b, 0x06);
    nor_chip_select(&b->chip);
    nor_chip_exchange(&b->chip, NOR_OPCODE, 1, 0x20);
    nor_chip_exchange(&b->chip, NOR_ADDRESS, 1, 0x00);
    nor_chip_exchange(&b->chip, NOR_ADDRESS, 4, 0x10);
    nor_chip_exchange(&b->chip, NOR_ADDRESS, 1, 0x00);
    nor_chip_deselect(&b->chip);
}

static void an_address_that_the_chip_takes_for_data(struct bench *b)
{
    send(b, 0x06);
    nor_chip_select(&b->chip);
    nor_chip_exchange(&b->chip, NOR_OPCODE, 1, 0x02);
    for (int i = 0; i < 4; i++) {
        nor_chip_exchange(&b->chip, NOR_ADDRESS, 1, 0x10);
    }
    nor_chip_exchange(&b->chip, NOR_SEND, 1, 0x00);
    nor_chip_deselect(&b->chip);
}

static void a_byte_without_select(struct bench *b)
{
    assert_int_equal(shift(b, 0x9F), 0xFF);
}

static void selected_twice(struct bench *b)
{
    nor_chip_select(&b->chip);
    nor_chip_select(&b->chip);
    nor_chip_deselect(&b->chip);
}

static const struct {
    void (*plant)(struct bench *b);
    const char *text;
} violations[] = {
    {erase_with_two_address_bytes, "20h with 2 address bytes, not 3"},
    {erase_with_a_byte_behind_it, "20h with data missing or that it does not take"},
    {program_without_data, "02h with data missing or that it does not take"},
    {program_of_more_than_a_page, "02h with too much data"},
    {read_without_data, "03h with data missing or that it does not take"},
    {read_without_dummy_clocks, "0Bh with the wrong number of dummy clocks"},
    {enable_with_a_byte_behind_it, "06h with data missing or that it does not take"},
    {id_of_four_bytes, "9Fh with too much data"},
    {read_over_the_end, "read of 3 bytes at 8388607 runs over the end of the array"},
    {data_both_ways, "01h with data missing or that it does not take"},
    {data_to_a_chip_that_answers, "05h with data missing or that it does not take"},
    {lanes_that_change, "20h with an address on the wrong lanes"},
    {an_address_that_the_chip_takes_for_data, "02h with 4 address bytes, not 3"},
    {a_byte_without_select, "9Fh for a chip that is not selected"},
    {selected_twice, "the chip is selected while it is selected"},
};

static void every_wrong_shape_is_caught(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof violations / sizeof violations[0]; i++) {
        struct bench b;
        bench_open(&b, "w25q64");
        memset(b.cells.bytes + 0x1000, 0, NOR_PAGE_SIZE);
        violations[i].plant(&b);
        assert_string_equal(b.violation, violations[i].text);
        assert_int_equal(b.chip.violations, 1);
        bench_finish(&b);
        for (uint32_t off = 0; off < 0x4000; off++) {
            assert_int_equal(b.cells.bytes[off], off / NOR_PAGE_SIZE == 0x10 ? 0x00 : 0xFF);
        }
        cells_close(&b.cells);
    }
}

/* Power fails while the chip is selected: it forgets that, and what it had heard. */
static void a_cut_ends_a_selection(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, "w25q64");
    send(&b, 0x06);
    begin_at(&b, 0x20, 0x1000);
    b.cells.power = false;
    assert_int_equal(shift(&b, 0), 0xFF);
    nor_chip_deselect(&b.chip);
    assert_int_equal(b.chip.job, NOR_NOTHING);
    begin_at(&b, 0x03, 0x1000);
    nor_chip_power_on(&b.chip);
    assert_false(b.chip.is_selected);
    assert_int_equal(bench_read_register(&b, 0x9F), 0xEF);
    assert_int_equal(b.chip.violations, 0);
    cells_close(&b.cells);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_and_tables_are_read),
        cmocka_unit_test(bytes_are_programmed_read_and_erased),
        cmocka_unit_test(a_status_changes_while_it_is_read),
        cmocka_unit_test(four_lines_are_read),
        cmocka_unit_test(every_wrong_shape_is_caught),
        cmocka_unit_test(the_unique_id_is_read),
        cmocka_unit_test(a_cut_ends_a_selection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
