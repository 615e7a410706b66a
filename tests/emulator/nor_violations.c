/* Everything that a SPI-NOR chip refuses is planted here, and must be caught and named. */
#include "nor_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Each begins with an idle w25q64 whose page at 0x1000 holds zeros; the array must stay as it was. */

static void program_without_enable(struct bench *b)
{
    const uint8_t data = 0;
    bench_write_at(b, 0x02, 0x2000, &data, 1);
}

static void erase_without_enable(struct bench *b)
{
    bench_send_at(b, 0x20, 0x1000);
}

static void second_erase_on_one_enable(struct bench *b)
{
    bench_send(b, 0x06);
    bench_send_at(b, 0x20, 0x3000);
    bench_finish(b);
    bench_send_at(b, 0x20, 0x1000);
}

static void enable_lost_by_disable(struct bench *b)
{
    bench_send(b, 0x06);
    bench_send(b, 0x04);
    bench_send_at(b, 0x20, 0x1000);
}

static void status_write_without_enable(struct bench *b)
{
    const uint8_t data = 0x1C;
    bench_write_register(b, 0x01, &data, 1);
}

static void read_while_busy(struct bench *b)
{
    bench_send(b, 0x06);
    bench_send_at(b, 0x20, 0x3000);
    assert_int_equal(bench_read_at(b, 0x1000), 0xFF);
}

static void id_while_busy(struct bench *b)
{
    bench_send(b, 0x06);
    bench_send_at(b, 0x20, 0x3000);
    assert_int_equal(bench_read_register(b, 0x9F), 0xFF);
}

static void enable_while_busy(struct bench *b)
{
    bench_send(b, 0x06);
    bench_send_at(b, 0x20, 0x3000);
    bench_send(b, 0x06);
}

static void set_bits(struct bench *b)
{
    const uint8_t data = 0x01;
    bench_send(b, 0x06);
    bench_write_at(b, 0x02, 0x1000, &data, 1);
}

static void program_protected(struct bench *b)
{
    const uint8_t data = 0x00;
    b->chip.status[0] = 0x1C;
    bench_send(b, 0x06);
    bench_write_at(b, 0x02, 0x2000, &data, 1);
    assert_int_equal(bench_read_register(b, 0x05), 0x1E);
}

static void erase_protected(struct bench *b)
{
    b->chip.status[0] = 0x24; /* the lower 64th: TB */
    bench_send(b, 0x06);
    bench_send_at(b, 0xD8, 0x0000);
}

static void erase_unaligned(struct bench *b)
{
    bench_send(b, 0x06);
    bench_send_at(b, 0x20, 0x3010);
}

static void beyond_the_end(struct bench *b)
{
    bench_read_at(b, 0x800000);
}

static void over_the_end(struct bench *b)
{
    uint8_t values[2];
    nor_frame_send(&(struct nor_frame){.opcode = 0x03,
                                       .opcode_lanes = 1,
                                       .address = 0x7FFFFF,
                                       .address_size = 3,
                                       .address_lanes = 1,
                                       .data_lanes = 1,
                                       .in = values,
                                       .size = 2},
                   &b->chip);
}

static void four_address_bytes(struct bench *b)
{
    bench_send(b, 0x06);
    nor_frame_send(
        &(struct nor_frame){
            .opcode = 0x20, .opcode_lanes = 1, .address = 0x1000, .address_size = 4, .address_lanes = 1},
        &b->chip);
}

static void no_address(struct bench *b)
{
    bench_send(b, 0x06);
    bench_send(b, 0x20);
}

static void quad_without_enable(struct bench *b)
{
    uint8_t value = 0;
    const struct nor_frame frame = bench_quad_read(&value, 0xFF);
    nor_frame_send(&frame, &b->chip);
    assert_int_equal(value, 0xFF);
}

static void change_quad_read(struct bench *b, uint8_t dummy_clocks, uint8_t mode_size, uint8_t data_lanes)
{
    uint8_t value = 0;
    bench_enable_quad(b);
    struct nor_frame frame = bench_quad_read(&value, 0xFF);
    frame.dummy_clocks = dummy_clocks;
    frame.mode_size = mode_size;
    frame.data_lanes = data_lanes;
    nor_frame_send(&frame, &b->chip);
    assert_int_equal(value, 0xFF);
}

static void too_few_dummy_clocks(struct bench *b)
{
    change_quad_read(b, 2, 1, 4);
}

static void no_mode_bits(struct bench *b)
{
    change_quad_read(b, 4, 0, 4);
}

static void wrong_data_lanes(struct bench *b)
{
    change_quad_read(b, 4, 1, 1);
}

static void address_on_the_wrong_lanes(struct bench *b)
{
    bench_send(b, 0x06);
    nor_frame_send(
        &(struct nor_frame){
            .opcode = 0x20, .opcode_lanes = 1, .address = 0x1000, .address_size = 3, .address_lanes = 4},
        &b->chip);
}

static void empty_program(struct bench *b)
{
    bench_send(b, 0x06);
    bench_write_at(b, 0x02, 0x2000, NULL, 0);
}

static void long_program(struct bench *b)
{
    static const uint8_t data[257];
    bench_send(b, 0x06);
    bench_write_at(b, 0x02, 0x2000, data, sizeof data);
}

static void unknown_opcode(struct bench *b)
{
    bench_send(b, 0x12); /* a 4-byte opcode, on a part that has none */
}

static void chip_erase(struct bench *b)
{
    bench_send(b, 0x06);
    bench_send(b, 0xC7);
}

static void opcode_in_continuous_read(struct bench *b)
{
    uint8_t value = 0;
    bench_enable_quad(b);
    const struct nor_frame frame = bench_quad_read(&value, 0xA5);
    nor_frame_send(&frame, &b->chip);
    assert_int_equal(value, 0x00);
    assert_int_equal(bench_read_register(b, 0x05), 0xFF);
}

static void short_command_in_continuous_read(struct bench *b)
{
    b->chip.continuous = 0xEB;
    nor_frame_send(&(struct nor_frame){.opcode = 0x66, .opcode_lanes = 4}, &b->chip);
    bench_send(b, 0xFF); /* eight clocks of ones: out */
    b->chip.violations--;
    assert_int_equal(bench_read_register(b, 0x05), 0x00);
    b->chip.violations++;
}

static void opcode_in_qpi(struct bench *b)
{
    b->chip.qpi = true;
    bench_send(b, 0x06);
}

static void four_lanes_outside_qpi(struct bench *b)
{
    static const uint8_t zeros[3];
    const struct nor_frame frame = {
        .opcode = 0x06, .opcode_lanes = 4, .data_lanes = 4, .out = zeros, .size = sizeof zeros};
    nor_frame_send(&frame, &b->chip);
}

static void reset_alone(struct bench *b)
{
    bench_send(b, 0x99);
}

static void reset_with_something_between(struct bench *b)
{
    b->chip.mode_4byte = true;
    bench_send(b, 0x66);
    bench_read_register(b, 0x05);
    bench_send(b, 0x99);
    assert_true(b->chip.mode_4byte);
}

static void reset_with_ones_between(struct bench *b)
{
    bench_send(b, 0x66);
    bench_send(b, 0xFF);
    bench_send(b, 0x99);
}

static void command_during_reset(struct bench *b)
{
    bench_send(b, 0x66);
    bench_send(b, 0x99);
    nor_chip_tick(&b->chip, 29000);
    bench_send(b, 0x06);
}

static void command_in_power_down(struct bench *b)
{
    bench_send(b, 0xB9);
    bench_read_register(b, 0x05);
}

static void command_too_early_after_power_down(struct bench *b)
{
    bench_send(b, 0xB9);
    bench_send(b, 0xAB);
    bench_send(b, 0x06);
}

static const struct {
    void (*plant)(struct bench *bench);
    const char *text;
} violations[] = {
    {program_without_enable, "02h without write enable"},
    {erase_without_enable, "20h without write enable"},
    {second_erase_on_one_enable, "20h without write enable"},
    {enable_lost_by_disable, "20h without write enable"},
    {status_write_without_enable, "01h without write enable"},
    {read_while_busy, "03h while busy"},
    {id_while_busy, "9Fh while busy"},
    {enable_while_busy, "06h while busy"},
    {set_bits, "program at 4096 would set a bit, which only an erase can"},
    {program_protected, "program at 8192, which is protected"},
    {erase_protected, "erase of 65536 bytes at 0, which is protected"},
    {erase_unaligned, "erase of 4096 bytes at 12304, which is no block's start"},
    {beyond_the_end, "03h at 8388608, beyond the array"},
    {over_the_end, "read of 2 bytes at 8388607 runs over the end of the array"},
    {four_address_bytes, "20h with 4 address bytes, not 3"},
    {no_address, "20h with 0 address bytes, not 3"},
    {quad_without_enable, "EBh without quad enable"},
    {too_few_dummy_clocks, "EBh with the wrong number of dummy clocks"},
    {no_mode_bits, "EBh with the wrong number of mode bits"},
    {wrong_data_lanes, "EBh with data on the wrong lanes"},
    {address_on_the_wrong_lanes, "20h with an address on the wrong lanes"},
    {empty_program, "02h with data missing or that it does not take"},
    {long_program, "02h with too much data"},
    {unknown_opcode, "12h is no command of this chip"},
    {chip_erase, "C7h is no command of this chip"},
    {opcode_in_continuous_read, "05h in continuous read is taken for an address"},
    {short_command_in_continuous_read, "66h ends within the address of a continuous read"},
    {opcode_in_qpi, "06h in QPI is taken for EEh"},
    {four_lanes_outside_qpi, "06h on four lines is taken for 00h"},
    {reset_alone, "99h without 66h directly before it"},
    {reset_with_something_between, "99h without 66h directly before it"},
    {reset_with_ones_between, "99h without 66h directly before it"},
    {command_during_reset, "06h before the chip has come out of its reset or power-down"},
    {command_in_power_down, "05h in power-down"},
    {command_too_early_after_power_down, "06h before the chip has come out of its reset or power-down"},
};

static void every_violation_is_caught(void **state)
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_violation_is_caught),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
