/* The SPI-NOR chip: what it does with what is right, and with what is nearly right. */
#include "nor_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* What a chip does when all is as it should be: no violation. */
static void what_is_right_is_done(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, "w25q64");
    const uint8_t data[] = {0x12, 0x34, 0x56};
    uint8_t value = 0;

    bench_send(&b, 0x06);
    assert_int_equal(bench_read_register(&b, 0x05), 0x02);
    bench_write_at(&b, 0x02, 0x1000, data, sizeof data);
    assert_int_equal(bench_read_register(&b, 0x05), 0x03); /* write enable falls at the end */
    nor_chip_tick(&b.chip, 399999);
    assert_int_equal(bench_read_register(&b, 0x05), 0x03);
    nor_chip_tick(&b.chip, 1);
    assert_int_equal(bench_read_register(&b, 0x05), 0x00);
    assert_int_equal(bench_read_at(&b, 0x1001), 0x34);
    assert_memory_equal(b.cells.bytes + 0x1000, data, sizeof data);

    bench_enable_quad(&b);
    assert_int_equal(bench_read_register(&b, 0x35), 0x02);
    struct nor_frame frame = bench_quad_read(&value, 0xFF);
    nor_frame_send(&frame, &b.chip);
    assert_int_equal(value, 0x12);
    assert_int_equal(nor_frame_clocks(&frame), 8 + 6 + 2 + 4 + 2);

    bench_send(&b, 0x06);
    bench_send_at(&b, 0x20, 0x1000);
    nor_chip_tick(&b.chip, 44999999);
    assert_int_equal(bench_read_register(&b, 0x05) & 1, 1);
    nor_chip_tick(&b.chip, 1);
    assert_int_equal(bench_read_at(&b, 0x1000), 0xFF);

    /* Continuous read: the mode bits 10 keep it, the next command has no opcode, others end it. */
    frame = bench_quad_read(&value, 0x20);
    nor_frame_send(&frame, &b.chip);
    frame.opcode_lanes = 0;
    b.cells.bytes[0x1000] = 0x77;
    nor_frame_send(&frame, &b.chip);
    assert_int_equal(value, 0x77);
    frame.mode = 0x00;
    nor_frame_send(&frame, &b.chip);
    assert_int_equal(bench_read_register(&b, 0x05), 0x00);

    bench_send(&b, 0xB9);
    bench_send(&b, 0xAB);
    nor_chip_tick(&b.chip, 3000);
    bench_send(&b, 0x66);
    bench_send(&b, 0x99);
    nor_chip_tick(&b.chip, 30000);
    assert_int_equal(bench_read_register(&b, 0x9F), 0xEF);
    assert_int_equal(b.chip.violations, 0);
    cells_close(&b.cells);
}

/* What wraps is reported, and then done as a chip does it. */
static void a_program_wraps_within_its_page(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, "w25q64");
    const uint8_t data[] = {1, 2, 3, 4};
    bench_send(&b, 0x06);
    bench_write_at(&b, 0x02, 0x10FE, data, sizeof data);
    bench_finish(&b);
    assert_string_equal(b.violation, "program of 4 bytes at 4350 wraps within its page");
    assert_int_equal(b.cells.bytes[0x10FE], 1);
    assert_int_equal(b.cells.bytes[0x10FF], 2);
    assert_int_equal(b.cells.bytes[0x1000], 3);
    assert_int_equal(b.cells.bytes[0x1001], 4);
    assert_int_equal(b.cells.bytes[0x1002], 0xFF);
    assert_int_equal(b.cells.bytes[0x1100], 0xFF);
    cells_close(&b.cells);
}

/* Whole pages that are mostly FFh, as boot ROMs send them: what was programmed before stays, and is no mistake. */
static void ones_program_nothing(void **state)
{
    (void)state;
    struct bench b;
    uint8_t first[NOR_PAGE_SIZE], second[NOR_PAGE_SIZE];
    memset(first, 0xFF, sizeof first);
    memset(second, 0xFF, sizeof second);
    first[10] = 0x0F;
    first[12] = 0x12;
    second[11] = 0x55;
    second[13] = 0x66;
    bench_open(&b, "w25q64");
    bench_send(&b, 0x06);
    bench_write_at(&b, 0x02, 0x1000, first, sizeof first);
    bench_finish(&b);
    bench_send(&b, 0x06);
    bench_write_at(&b, 0x02, 0x1000, second, sizeof second);
    bench_finish(&b);
    assert_memory_equal(b.cells.bytes + 0x1009, "\xFF\x0F\x55\x12\x66\xFF", 6);
    assert_int_equal(b.cells.bytes[0x1000], 0xFF);
    memset(first, 0xFF, sizeof first);
    bench_send(&b, 0x06);
    bench_write_at(&b, 0x02, 0x1000, first, sizeof first);
    bench_finish(&b);
    assert_memory_equal(b.cells.bytes + 0x1009, "\xFF\x0F\x55\x12\x66\xFF", 6);
    assert_int_equal(b.chip.violations, 0);
    cells_close(&b.cells);
}

/* Ranges as in the tables of the W25Q64JV's data sheet: status, CMP, first and last protected kilobyte. */
static void block_protection_holds_what_the_data_sheet_says(void **state)
{
    (void)state;
    static const struct {
        uint8_t status;
        uint8_t cmp;
        uint32_t first_kib, end_kib;
    } cases[] = {
        {0x00, 0x00, 0, 0},       {0x04, 0x00, 8064, 8192}, {0x08, 0x00, 7936, 8192}, {0x18, 0x00, 4096, 8192},
        {0x24, 0x00, 0, 128},     {0x38, 0x00, 0, 4096},    {0x1C, 0x00, 0, 8192},    {0x44, 0x00, 8188, 8192},
        {0x4C, 0x00, 8176, 8192}, {0x50, 0x00, 8160, 8192}, {0x64, 0x00, 0, 4},       {0x74, 0x00, 0, 32},
        {0x00, 0x40, 0, 8192},    {0x04, 0x40, 0, 8064},    {0x24, 0x40, 128, 8192},  {0x1C, 0x40, 0, 0},
    };
    struct bench b;
    bench_open(&b, "w25q64");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        b.chip.status[0] = cases[i].status;
        b.chip.status[1] = cases[i].cmp;
        for (uint32_t kib = 0; kib < 8192; kib += 4) {
            uint64_t before = b.chip.violations;
            b.chip.write_enabled = true;
            bench_send_at(&b, 0x20, kib * 1024);
            bench_finish(&b);
            bool held = kib >= cases[i].first_kib && kib < cases[i].end_kib;
            assert_int_equal(b.chip.violations - before, held);
        }
    }
    cells_close(&b.cells);
}

/* One byte of 01h clears the second register under rule 1, and leaves it under the others. */
static void a_short_status_write_follows_the_rule(void **state)
{
    (void)state;
    for (uint8_t rule = 0; rule <= 6; rule++) {
        struct bench b;
        bench_open(&b, "w25q64");
        struct nor_part part = *b.chip.part;
        part.quad_rule = rule;
        b.chip.part = &part;
        b.chip.status[1] = 0x02;
        const uint8_t status[] = {0x04, 0x03};
        bench_send(&b, 0x06);
        bench_write_register(&b, 0x01, status, 1);
        bench_finish(&b);
        assert_int_equal(b.chip.status[0], 0x04);
        assert_int_equal(b.chip.status[1], rule == 1 ? 0x00 : 0x02);
        assert_int_equal(b.chip.violations, 0);
        bench_send(&b, 0x06);
        bench_write_register(&b, 0x01, status, 2);
        bench_finish(&b);
        bool takes_two = rule == 1 || rule == 2 || rule == 4 || rule == 5;
        assert_int_equal(b.chip.violations, !takes_two);
        assert_int_equal(b.chip.status[1], rule == 2 || !takes_two ? 0x02 : 0x03);
        cells_close(&b.cells);
    }
}

/* One-time bits go one way; what is read only does not change. */
static void a_status_write_leaves_what_cannot_be_written(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, "w25q64");
    b.chip.status[1] = 0x08;
    const uint8_t status[] = {0x03, 0x84};
    bench_send(&b, 0x06);
    bench_write_register(&b, 0x01, status, 2);
    bench_finish(&b);
    assert_int_equal(bench_read_register(&b, 0x05), 0x00);
    assert_int_equal(bench_read_register(&b, 0x35), 0x08);
    b.chip.status_locked = true;
    bench_send(&b, 0x06);
    bench_write_register(&b, 0x01, status, 2);
    assert_int_equal(bench_read_register(&b, 0x05), 0x02);
    assert_int_equal(b.chip.violations, 0);
    cells_close(&b.cells);
}

static void a_reset_tears_what_was_going_on(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, "w25q64");
    memset(b.cells.bytes + 0x3000, 0, 4096);
    bench_send(&b, 0x06);
    bench_send_at(&b, 0x20, 0x3000);
    bench_send(&b, 0x66);
    bench_send(&b, 0x99);
    bench_finish(&b);
    uint32_t left = 0;
    for (uint32_t i = 0; i < 4096; i++) {
        left += b.cells.bytes[0x3000 + i] != 0xFF;
    }
    assert_in_range(left, 1, 4096);
    assert_memory_not_equal(b.cells.bytes + 0x3000, b.cells.bytes + 0x1000, 4096);
    assert_int_equal(bench_read_register(&b, 0x05), 0x00);
    assert_int_equal(b.chip.violations, 0);
    cells_close(&b.cells);
}

static void a_chip_without_power_does_not_answer(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, "w25q64");
    const struct cells_cut cut = {.number = 0, .phase = CELLS_DURING, .pattern = CELLS_TORN_PREFIX, .seed = 1};
    static const uint8_t zeros[NOR_PAGE_SIZE];
    cells_set_cut(&b.cells, &cut);
    bench_send(&b, 0x06);
    bench_write_at(&b, 0x02, 0x1000, zeros, sizeof zeros);
    bench_finish(&b);
    assert_false(b.cells.power);
    assert_int_equal(b.cells.bytes[0x1000], 0x00);
    assert_int_equal(b.cells.bytes[0x10FF], 0xFF);
    assert_int_equal(bench_read_register(&b, 0x05), 0xFF);
    nor_chip_power_on(&b.chip);
    assert_int_equal(bench_read_register(&b, 0x05), 0x00);
    assert_int_equal(bench_read_register(&b, 0x9F), 0xEF);
    assert_int_equal(b.chip.violations, 0);
    cells_close(&b.cells);
}

/* In 4-byte mode the ordinary opcodes take four address bytes, opcodes of their own always do, SFDP never. */
static void the_mode_decides_the_address_bytes(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, "w25q256jv");
    b.cells.bytes[0x1000] = 0x11;
    b.cells.bytes[0x1001000] = 0x22;
    uint8_t value = 0;
    struct nor_frame frame = {.opcode = 0x0C,
                              .opcode_lanes = 1,
                              .address = 0x1001000,
                              .address_size = 4,
                              .address_lanes = 1,
                              .dummy_clocks = 8,
                              .data_lanes = 1,
                              .in = &value,
                              .size = 1};
    nor_frame_send(&frame, &b.chip);
    assert_int_equal(value, 0x22);
    assert_int_equal(bench_read_at(&b, 0x1000), 0x11);
    bench_send(&b, 0xB7);
    nor_frame_send(&frame, &b.chip);
    assert_int_equal(value, 0x22);
    frame.opcode = 0x0B;
    nor_frame_send(&frame, &b.chip);
    assert_int_equal(value, 0x22);
    frame.opcode = 0x5A;
    frame.address_size = 3;
    frame.address = 1;
    nor_frame_send(&frame, &b.chip);
    assert_int_equal(value, 'F');
    assert_int_equal(b.chip.violations, 0);
    bench_read_at(&b, 0x1000);
    assert_string_equal(b.violation, "03h with 3 address bytes, not 4");
    bench_send(&b, 0xE9);
    assert_int_equal(bench_read_at(&b, 0x1000), 0x11);
    assert_int_equal(b.chip.violations, 1);
    cells_close(&b.cells);
}

static void faults_of_the_cells_show(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, "w25q64");
    const struct cells_fault fault = {.kind = CELLS_FAULT_NOT_READY, .first = 0, .last = 0};
    b.cells.faults = &fault;
    b.cells.fault_count = 1;
    bench_send(&b, 0x06);
    bench_send_at(&b, 0x20, 0x1000);
    bench_finish(&b);
    bench_finish(&b);
    assert_int_equal(bench_read_register(&b, 0x05), 0x03);
    cells_close(&b.cells);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_right_is_done),
        cmocka_unit_test(a_program_wraps_within_its_page),
        cmocka_unit_test(ones_program_nothing),
        cmocka_unit_test(block_protection_holds_what_the_data_sheet_says),
        cmocka_unit_test(a_short_status_write_follows_the_rule),
        cmocka_unit_test(a_status_write_leaves_what_cannot_be_written),
        cmocka_unit_test(a_reset_tears_what_was_going_on),
        cmocka_unit_test(a_chip_without_power_does_not_answer),
        cmocka_unit_test(the_mode_decides_the_address_bytes),
        cmocka_unit_test(faults_of_the_cells_show),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
