/* The model of OCTOSPI catches what the manual forbids: commands, sizes, and what the chip makes of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chips/mmio.h"
#include "ospi.h"

static struct serial_rig rig;

/* Commands */

static void status_read_as_a_write(void)
{
    ospi_start();
    ospi_put(DLR, 0);
    ospi_set_up(WRITES, OPCODE | DATA, 0, 0x05);
    mmio_read8(DR);
}

static void status_read_in_mapped_mode(void)
{
    ospi_start();
    ospi_set_up(MAPPED, OPCODE | DATA, 0, 0x05);
    mmio_read8(DR);
}

static void erase_as_a_read(void)
{
    ospi_start();
    ospi_write_enable();
    ospi_set_up(READS, OPCODE | ADDRESS, 0, 0x20);
    ospi_put(AR, 0x1000);
}

static void program_as_a_read(void)
{
    ospi_start();
    ospi_write_enable();
    ospi_put(DLR, 3);
    ospi_set_up(READS, OPCODE | ADDRESS | DATA, 8, 0x0B);
    ospi_put(DR, 0);
}

static void dlr_one_too_small(void)
{
    ospi_start();
    ospi_program_begin(4);
    ospi_put(DR, 0);
    mmio_write8(DR, 0);
}

/* The last byte is waited for. */
static void dlr_one_too_large(void)
{
    ospi_start();
    ospi_program_begin(5);
    ospi_put(DR, 0);
    ospi_finish();
    ospi_put(DLR, 0);
}

static void dlr_one_too_small_for_a_read(void)
{
    ospi_start();
    ospi_put(DLR, 2);
    ospi_set_up(READS, FAST_READ, 8, 0x0B);
    ospi_put(AR, 0);
    ospi_await(TCF, TCF);
    mmio_read32(DR);
}

/* What stays in the FIFO keeps it busy. */
static void dlr_one_too_large_for_a_read(void)
{
    ospi_start();
    ospi_put(DLR, 4);
    ospi_set_up(READS, FAST_READ, 8, 0x0B);
    ospi_put(AR, 0);
    ospi_await(TCF, TCF);
    mmio_read32(DR);
    ospi_finish();
    ospi_put(DLR, 0);
}

static void load_from_an_empty_fifo(void)
{
    ospi_start();
    ospi_status_begin();
    mmio_read8(DR);
}

static void load_wider_than_the_data(void)
{
    ospi_start();
    ospi_status_begin();
    ospi_await(FTF, FTF);
    mmio_read32(DR);
}

static void load_without_a_read(void)
{
    ospi_start();
    mmio_read8(DR);
}

static void data_without_a_command(void)
{
    ospi_start();
    mmio_write8(DR, 1);
}

static void store_to_a_full_fifo(void)
{
    ospi_start();
    ospi_program_begin(64);
    for (int i = 0; i < 9; i++) {
        ospi_put(DR, 0);
    }
}

static void write_broken_off(void)
{
    ospi_start();
    ospi_program_begin(8);
    ospi_put(DR, 0);
    ospi_put(CR, WRITES | ABORT);
}

static void register_by_bytes(void)
{
    ospi_start();
    mmio_write8(DLR, 1);
}

static void register_that_is_not_modelled(void)
{
    ospi_start();
    ospi_put(CR + 0x180, OPCODE); /* WCCR */
}

static void read_without_data(void)
{
    ospi_start();
    ospi_set_up(READS, OPCODE, 0, 0x05);
}

static void without_an_opcode(void)
{
    ospi_start();
    ospi_set_up(READS, DATA, 0, 0x05);
}

static void quad_read_without_dummy(void)
{
    ospi_start();
    ospi_set_up(READS, OPCODE | 3 << 24, 0, 0x6B);
}

static void dummy_in_a_write(void)
{
    ospi_start();
    ospi_set_up(WRITES, OPCODE, 8, 0x06);
}

static void mode_byte_on_one_lane(void)
{
    ospi_start();
    ospi_set_up(READS, OPCODE | 0x2300 | 1 << 16 | 3 << 24, 4, 0xEB);
    ospi_put(AR, 0);
}

static void automatic_polling(void)
{
    ospi_start();
    ospi_set_up(POLLS, OPCODE | DATA, 0, 0x05);
}

static void double_data_rate(void)
{
    ospi_start();
    ospi_set_up(READS, OPCODE | DATA | 1 << 27, 0, 0x05);
}

static void data_strobe(void)
{
    ospi_start();
    ospi_set_up(READS, OPCODE | DATA | 1 << 29, 0, 0x05);
}

static void eight_lanes(void)
{
    ospi_start();
    ospi_set_up(READS, OPCODE | 4 << 24, 8, 0x8B);
}

static void opcode_of_two_bytes(void)
{
    ospi_start();
    ospi_set_up(WRITES, OPCODE | 1 << 4, 0, 0x06);
}

static void hyperbus(void)
{
    ospi_start();
    ospi_put(DCR1, SIZE_8M | 4 << 24);
}

static void clock_mode_3(void)
{
    ospi_start();
    ospi_put(DCR1, SIZE_8M | 1);
}

static void refresh(void)
{
    ospi_start();
    ospi_put(DCR4, 100);
}

static void direct_memory_access(void)
{
    ospi_start();
    ospi_put(CR, ENABLED | 4);
}

static void time_out_counter(void)
{
    ospi_start();
    ospi_put(CR, MAPPED | 8);
}

static void chip_select_too_short(void)
{
    ospi_start();
    ospi_put(DCR2, 1);
    ospi_write_enable();
}

static void tables_read_too_fast(void)
{
    ospi_start();
    ospi_put(DCR1, SIZE_8M | 7 << 8);
    ospi_put(DCR2, 0);
    ospi_put(DLR, 0);
    ospi_set_up(READS, FAST_READ, 8, 0x5A);
    ospi_put(AR, 0);
}

/* Sizes */

static void address_beyond_devsize(void)
{
    ospi_start();
    ospi_put(DLR, 0);
    ospi_set_up(READS, FAST_READ, 8, 0x0B);
    ospi_put(AR, 8 << 20);
}

static void read_over_the_end(void)
{
    ospi_start();
    ospi_put(DLR, 4);
    ospi_set_up(READS, FAST_READ, 8, 0x0B);
    ospi_put(AR, (8 << 20) - 4);
}

/* MicroPython's value for this board: 23, taken for the logarithm of bytes, is that of bits. */
static void window_of_1_mb(void)
{
    ospi_start();
    ospi_put(DCR1, (23 - 3 - 1) << 16);
    ospi_map();
    serial_access(0x900FFFFC, MODEL_LOAD);
    assert_string_equal(bus.first_violation, "");
    serial_access(0x90100000, MODEL_LOAD);
}

static void access_over_the_end(void)
{
    ospi_start();
    ospi_put(DCR1, 21 << 16);
    ospi_map();
    serial_access(0x903FFFFE, MODEL_LOAD);
}

/* The chip */

static void no_write_enable(void)
{
    ospi_start();
    ospi_set_up(WRITES, OPCODE | ADDRESS, 0, 0x20);
    ospi_put(AR, 0);
    ospi_finish();
}

static void command_while_the_chip_is_busy(void)
{
    ospi_start();
    ospi_erase();
    ospi_write_enable();
}

static void mapped_read_of_a_busy_chip(void)
{
    ospi_start();
    ospi_erase();
    ospi_map();
    serial_access(0x90000000, MODEL_LOAD);
}

static void mapped_without_quad_enable(void)
{
    ospi_start();
    ospi_set_up(MAPPED, OPCODE | ADDRESS | 3 << 24, 8, 0x6B);
    serial_mpu(SERIAL_OPEN);
    serial_access(0x90000000, MODEL_LOAD);
}

static void page_wrapped(void)
{
    ospi_start();
    ospi_write_enable();
    ospi_put(DLR, 3);
    ospi_set_up(WRITES, OPCODE | ADDRESS | DATA, 0, 0x02);
    ospi_put(AR, 0x10FE);
    ospi_put(DR, 0);
    ospi_finish();
}

static const struct serial_mistake mistakes[] = {
    {"status read as a write", status_read_as_a_write, "read of OCTOSPI's data, where there is none"},
    {"status read in mapped mode", status_read_in_mapped_mode, "read of OCTOSPI's data, where there is none"},
    {"erase as a read", erase_as_a_read, "a read without data"},
    {"program as a read", program_as_a_read, "has no command that sends any"},
    {"DLR one too small", dlr_one_too_small, "more data than the 4 bytes"},
    {"DLR one too large", dlr_one_too_large, "write of OCTOSPI's DLR while it is busy"},
    {"DLR one too small, read", dlr_one_too_small_for_a_read, "a load of 4 bytes from a FIFO with 3 in it"},
    {"DLR one too large, read", dlr_one_too_large_for_a_read, "write of OCTOSPI's DLR while it is busy"},
    {"load from an empty FIFO", load_from_an_empty_fifo, "a load of 1 bytes from a FIFO with 0 in it"},
    {"load wider than the data", load_wider_than_the_data, "a load of 4 bytes from a FIFO with 1 in it"},
    {"load without a read", load_without_a_read, "read of OCTOSPI's data, where there is none"},
    {"data without a command", data_without_a_command, "has no command that sends any"},
    {"store to a full FIFO", store_to_a_full_fifo, "a store of 4 bytes to a FIFO with 32 in it"},
    {"write broken off", write_broken_off, "abort of command 02h"},
    {"register by bytes", register_by_bytes, "write of 1 bytes to OCTOSPI at 0x040"},
    {"register that is not modelled", register_that_is_not_modelled, "write of 4 bytes to OCTOSPI at 0x180"},
    {"read without data", read_without_data, "a read without data"},
    {"without an opcode", without_an_opcode, "a command without an opcode"},
    {"quad read without dummy clocks", quad_read_without_dummy, "without dummy clocks"},
    {"dummy clocks in a write", dummy_in_a_write, "a write with dummy clocks"},
    {"mode byte on one lane", mode_byte_on_one_lane, "not on the lanes of the address"},
    {"automatic polling", automatic_polling, "automatic polling"},
    {"double data rate", double_data_rate, "OCTOSPI is asked for what is not modelled"},
    {"data strobe", data_strobe, "OCTOSPI is asked for what is not modelled"},
    {"eight lanes", eight_lanes, "OCTOSPI is asked for what is not modelled"},
    {"opcode of two bytes", opcode_of_two_bytes, "OCTOSPI is asked for what is not modelled"},
    {"HyperBus", hyperbus, "to OCTOSPI's DCR1, which is not modelled"},
    {"clock mode 3", clock_mode_3, "to OCTOSPI's DCR1, which is not modelled"},
    {"refresh", refresh, "to OCTOSPI's DCR4, which is not modelled"},
    {"DMA", direct_memory_access, "to OCTOSPI's CR, which is not modelled"},
    {"time-out counter", time_out_counter, "to OCTOSPI's CR, which is not modelled"},
    {"nCS high for too short", chip_select_too_short, "nCS is high for less than 50 ns"},
    {"tables read too fast", tables_read_too_fast, "5Ah at more than 50 MHz"},
    {"address beyond DEVSIZE", address_beyond_devsize, "beyond the size that OCTOSPI has been told"},
    {"read over the end", read_over_the_end, "beyond the size that OCTOSPI has been told"},
    {"window of 1 MB", window_of_1_mb, "read of the flash at 0x90100000, beyond the size"},
    {"access over the end", access_over_the_end, "read of the flash at 0x903ffffe, beyond the size"},
    {"erase without write enable", no_write_enable, "flash chip: 20h without write enable"},
    {"command while the chip is busy", command_while_the_chip_is_busy, "flash chip: 06h while busy"},
    {"mapped read of a busy chip", mapped_read_of_a_busy_chip, "read of the flash at 0x90000000 while the chip"},
    {"mapped without quad enable", mapped_without_quad_enable, "flash chip: 6Bh without quad enable"},
    {"page wrapped", page_wrapped, "flash chip: "},
};

static void each_mistake_is_caught(void **state)
{
    (void)state;
    serial_expect_mistakes(&rig, SERIAL_OCTOSPI, mistakes, sizeof mistakes / sizeof mistakes[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mistake_is_caught),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
