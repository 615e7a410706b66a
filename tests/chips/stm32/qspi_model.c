/* The model of QUADSPI catches what the manual forbids: each mistake made once, by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chips/mmio.h"
#include "serial.h"

/* Registers and fields, from the fact sheet's sections 13 and 17. */
enum {
    RCC_RSTR = 0x40023818,
    RCC_ENR = 0x40023838,
    GPIOD_MODER = 0x40020C00,
    READ = 1 << 26,
    SENDS = 1 << 24,   /* data on one lane */
    ADDRESS = 0x2400,  /* 24 bits on one lane */
    OPCODE = 1 << 8,   /* on one lane */
    DUMMY_8 = 8 << 18, /* clocks */
    TCF = 2,
    FTF = 4,
    BUSY = 32,
    ABORT = 2,
    ENABLED = 0x00000311, /* FTHRES 4 bytes, sample shift */
    STATUS = OPCODE | 0x05 | READ | SENDS,
    WRITE_ENABLE = OPCODE | 0x06,
    ERASE_4K = OPCODE | 0x20 | ADDRESS,
    PROGRAM = OPCODE | 0x02 | ADDRESS | SENDS,
    FAST_READ = OPCODE | 0x0B | ADDRESS | READ | SENDS | DUMMY_8,
    MAPPED = FAST_READ | 3 << 26,
};
static const uint32_t CR = 0xA0001000;
static const uint32_t DCR = 0xA0001004;
static const uint32_t SR = 0xA0001008;
static const uint32_t FCR = 0xA000100C;
static const uint32_t DLR = 0xA0001010;
static const uint32_t CCR = 0xA0001014;
static const uint32_t AR = 0xA0001018;
static const uint32_t DR = 0xA0001020;
static const uint32_t SIZE_8M = 22u << 16;
static const uint32_t SYSTEM = 0xE000E000;

static struct serial_rig rig;

/* From reset to where commands can be given. */
static void start(void)
{
    mmio_write32(RCC_ENR, 2);
    serial_mpu(SERIAL_CLOSED);
    mmio_write32(DCR, SIZE_8M);
    mmio_write32(CR, ENABLED);
}

/* What was refused never comes. */
static void await(uint32_t mask, uint32_t wanted)
{
    for (int polls = 0; polls < 100 && (mmio_read32(SR) & mask) != wanted; polls++) {
    }
}

static void finish(void)
{
    await(TCF, TCF);
    await(BUSY, 0);
    mmio_write32(FCR, TCF);
}

static void command(uint32_t ccr)
{
    mmio_write32(CCR, ccr);
    finish();
}

static void erase(void)
{
    command(WRITE_ENABLE);
    mmio_write32(CCR, ERASE_4K);
    mmio_write32(AR, 0x1000);
    finish();
}

static void map(void)
{
    mmio_write32(CCR, MAPPED);
    serial_mpu(SERIAL_OPEN);
}

static void unmap(void)
{
    serial_mpu(SERIAL_CLOSED);
    mmio_write32(CR, ENABLED | ABORT);
    while (mmio_read32(CR) & ABORT) {
    }
    await(BUSY, 0);
}

static void clock_off(void)
{
    mmio_write32(CR, ENABLED);
}

static void held_in_reset(void)
{
    mmio_write32(RCC_ENR, 2);
    mmio_write32(RCC_RSTR, 2);
    mmio_write32(CR, ENABLED);
}

static void pin_not_connected(void)
{
    start();
    mmio_write32(GPIOD_MODER, mmio_read32(GPIOD_MODER) & ~(3u << 24));
    command(WRITE_ENABLE);
}

static void not_enabled(void)
{
    start();
    mmio_write32(CR, 0);
    mmio_write32(CCR, WRITE_ENABLE);
}

static void window_open(void)
{
    start();
    serial_mpu(SERIAL_OPEN);
    mmio_write32(CCR, WRITE_ENABLE);
}

static void ccr_while_busy(void)
{
    start();
    mmio_write32(CCR, STATUS);
    mmio_write32(CCR, WRITE_ENABLE);
}

static void ar_while_busy(void)
{
    start();
    mmio_write32(CCR, STATUS);
    mmio_write32(AR, 0);
}

static void dlr_while_busy(void)
{
    start();
    mmio_write32(CCR, STATUS);
    mmio_write32(DLR, 3);
}

static void cr_while_busy(void)
{
    start();
    mmio_write32(CCR, STATUS);
    mmio_write32(CR, ENABLED | 1u << 24);
}

static void command_in_mapped_mode(void)
{
    start();
    map();
    mmio_write32(CCR, WRITE_ENABLE);
}

/* Closing the window is not enough: only an abort ends the reading ahead. */
static void mapped_mode_left_without_abort(void)
{
    start();
    map();
    serial_mpu(SERIAL_CLOSED);
    mmio_write32(CCR, WRITE_ENABLE);
}

/* Nor is an abort while the CPU may read on. */
static void mapped_mode_left_with_the_window_open(void)
{
    start();
    map();
    mmio_write32(CR, ENABLED | ABORT);
    while (mmio_read32(CR) & ABORT) {
    }
    mmio_write32(CCR, WRITE_ENABLE);
}

static void command_before_the_abort_is_over(void)
{
    start();
    map();
    serial_mpu(SERIAL_CLOSED);
    mmio_write32(CR, ENABLED | ABORT);
    mmio_write32(CCR, WRITE_ENABLE);
}

static void address_beyond_fsize(void)
{
    start();
    mmio_write32(CCR, FAST_READ);
    mmio_write32(AR, 8 << 20);
}

static void read_over_the_end_by_fsize(void)
{
    start();
    mmio_write32(DLR, 4);
    mmio_write32(CCR, FAST_READ);
    mmio_write32(AR, (8 << 20) - 4);
}

static void load_from_an_empty_fifo(void)
{
    start();
    mmio_write32(CCR, STATUS);
    mmio_read8(DR);
}

static void load_wider_than_the_data(void)
{
    start();
    mmio_write32(CCR, STATUS);
    await(FTF, FTF);
    mmio_read32(DR);
}

static void load_without_a_read(void)
{
    start();
    mmio_read8(DR);
}

static void data_without_a_command(void)
{
    start();
    mmio_write8(DR, 1);
}

static void data_beyond_dlr(void)
{
    start();
    command(WRITE_ENABLE);
    mmio_write32(DLR, 0);
    mmio_write32(CCR, PROGRAM);
    mmio_write32(AR, 0);
    mmio_write32(DR, 0);
}

static void store_to_a_full_fifo(void)
{
    start();
    command(WRITE_ENABLE);
    mmio_write32(DLR, 63);
    mmio_write32(CCR, PROGRAM);
    mmio_write32(AR, 0);
    for (int i = 0; i < 9; i++) {
        mmio_write32(DR, 0);
    }
}

static void write_broken_off(void)
{
    start();
    command(WRITE_ENABLE);
    mmio_write32(DLR, 7);
    mmio_write32(CCR, PROGRAM);
    mmio_write32(AR, 0);
    mmio_write32(DR, 0);
    mmio_write32(CR, ENABLED | ABORT);
}

static void register_by_bytes(void)
{
    start();
    mmio_write8(DLR, 1);
}

static void read_without_data(void)
{
    start();
    mmio_write32(CCR, OPCODE | 0x05 | READ);
}

static void quad_read_without_dummy(void)
{
    start();
    mmio_write32(CCR, OPCODE | 0x6B | READ | 3u << 24);
}

static void dummy_in_a_write(void)
{
    start();
    mmio_write32(CCR, WRITE_ENABLE | DUMMY_8);
}

static void automatic_polling(void)
{
    start();
    mmio_write32(CCR, OPCODE | 0x05 | SENDS | 2u << 26);
}

static void no_write_enable(void)
{
    start();
    mmio_write32(CCR, ERASE_4K);
    mmio_write32(AR, 0);
    finish();
}

static void program_while_the_chip_is_busy(void)
{
    start();
    erase();
    command(WRITE_ENABLE);
}

static void mapped_read_of_a_busy_chip(void)
{
    start();
    erase();
    map();
    serial_access(0x90000000, MODEL_LOAD);
}

static void read_in_indirect_mode(void)
{
    start();
    serial_access(0x90000000, MODEL_LOAD);
}

static void execution_in_indirect_mode(void)
{
    start();
    serial_access(0x90000000, MODEL_FETCH);
}

static void read_that_the_mpu_forbids(void)
{
    start();
    mmio_write32(CCR, MAPPED);
    serial_access(0x90000000, MODEL_LOAD);
}

static void mapped_read_beyond_fsize(void)
{
    start();
    mmio_write32(DCR, 20u << 16);
    map();
    serial_access(0x90200000, MODEL_LOAD);
}

static void store_to_the_window(void)
{
    start();
    map();
    mmio_write32(0x90000000, 0);
}

static void mapped_with_an_odd_address(void)
{
    start();
    mmio_write32(CCR, FAST_READ);
    mmio_write32(AR, 2);
    await(FTF, FTF);
    mmio_read8(DR);
    finish();
    map();
}

static void mapped_by_a_quad_read_without_quad_enable(void)
{
    start();
    mmio_write32(CCR, OPCODE | 0x6B | ADDRESS | 3u << 24 | 3u << 26 | DUMMY_8);
    serial_mpu(SERIAL_OPEN);
    serial_access(0x90000000, MODEL_LOAD);
}

/* Leaves the chip with 4K erased that a cache may hold, and memory-mapped. */
static void erase_and_map(void)
{
    serial_caches_start();
    start();
    map();
    unmap();
    erase();
    bus_pass(1000000000);
    map();
}

static void stale_data(void)
{
    erase_and_map();
    serial_access(0x90001000, MODEL_LOAD);
}

static void stale_code(void)
{
    erase_and_map();
    serial_access(0x90001000, MODEL_FETCH);
}

static void stale_last_line(void)
{
    erase_and_map();
    for (uint32_t line = 0x90001000; line < 0x90001FE0; line += 32) {
        mmio_write32(SYSTEM + 0xF70, line);
    }
    serial_access(0x90001FDC, MODEL_LOAD);
    assert_string_equal(bus.first_violation, "");
    serial_access(0x90001FE0, MODEL_LOAD);
}

static void three_of_four_ways(void)
{
    erase_and_map();
    for (uint32_t i = 0; i < 128 * 3; i++) {
        mmio_write32(SYSTEM + 0xF74, i / 128 << 30 | i % 128 << 5);
    }
    serial_access(0x90001000, MODEL_LOAD);
}

static void dirty_lines_thrown_away(void)
{
    serial_caches_start();
    mmio_write32(SYSTEM + 0xF60, 0);
}

static void line_of_ram_thrown_away(void)
{
    serial_caches_start();
    mmio_write32(SYSTEM + 0xF5C, 0x20000000);
}

static void cache_on_with_rubbish(void)
{
    mmio_write32(SYSTEM + 0xD14, 0x10200);
}

static const struct serial_mistake mistakes[] = {
    {"clock off", clock_off, "access to QUADSPI while its clock is off"},
    {"held in reset", held_in_reset, "held in reset"},
    {"a pin not connected", pin_not_connected, "IO1 is not connected"},
    {"not enabled", not_enabled, "while QUADSPI is not enabled"},
    {"window open during a command", window_open, "may read ahead"},
    {"CCR while busy", ccr_while_busy, "write of QUADSPI's CCR while it is busy"},
    {"AR while busy", ar_while_busy, "write of QUADSPI's AR while it is busy"},
    {"DLR while busy", dlr_while_busy, "write of QUADSPI's DLR while it is busy"},
    {"CR while busy", cr_while_busy, "write of QUADSPI's CR while it is busy"},
    {"command in mapped mode", command_in_mapped_mode, "write of QUADSPI's CCR while it is busy"},
    {"no abort", mapped_mode_left_without_abort, "write of QUADSPI's CCR while it is busy"},
    {"abort with the window open", mapped_mode_left_with_the_window_open, "write of QUADSPI's CCR while it is busy"},
    {"abort not awaited", command_before_the_abort_is_over, "write of QUADSPI's CCR while it is busy"},
    {"address beyond FSIZE", address_beyond_fsize, "beyond the size"},
    {"read over the end", read_over_the_end_by_fsize, "beyond the size"},
    {"load from an empty FIFO", load_from_an_empty_fifo, "a load of 1 bytes from a FIFO with 0 in it"},
    {"load wider than the data", load_wider_than_the_data, "a load of 4 bytes from a FIFO with 1 in it"},
    {"load without a read", load_without_a_read, "read of QUADSPI's data, where there is none"},
    {"data without a command", data_without_a_command, "has no command that sends any"},
    {"data beyond DLR", data_beyond_dlr, "more data than the 1 bytes"},
    {"store to a full FIFO", store_to_a_full_fifo, "a store of 4 bytes to a FIFO with 32 in it"},
    {"write broken off", write_broken_off, "abort of command 02h"},
    {"register by bytes", register_by_bytes, "write of 1 bytes to QUADSPI at 0x10"},
    {"read without data", read_without_data, "a read without data"},
    {"quad read without dummy clocks", quad_read_without_dummy, "without dummy clocks"},
    {"dummy clocks in a write", dummy_in_a_write, "a write with dummy clocks"},
    {"automatic polling", automatic_polling, "automatic polling"},
    {"erase without write enable", no_write_enable, "flash chip: 20h without write enable"},
    {"command while the chip is busy", program_while_the_chip_is_busy, "flash chip: 06h while busy"},
    {"mapped read of a busy chip", mapped_read_of_a_busy_chip,
     "read of the flash at 0x90000000 while the chip is busy"},
    {"read in indirect mode", read_in_indirect_mode,
     "read of the flash at 0x90000000 while the controller is not in"},
    {"execution in indirect mode", execution_in_indirect_mode,
     "execution of the flash at 0x90000000 while the controller is"},
    {"read that the MPU forbids", read_that_the_mpu_forbids, "which the MPU forbids"},
    {"mapped read beyond FSIZE", mapped_read_beyond_fsize, "read of the flash at 0x90200000, beyond the size"},
    {"store to the window", store_to_the_window, "which can only be read"},
    {"mapped mode with AR 2", mapped_with_an_odd_address, "memory-mapped mode with AR 0x00000002"},
    {"mapped without quad enable", mapped_by_a_quad_read_without_quad_enable, "flash chip: 6Bh without quad enable"},
    {"stale data", stale_data, "read of the flash at 0x90001000, which the cache may hold"},
    {"stale code", stale_code, "execution of the flash at 0x90001000, which the cache may hold"},
    {"stale last line", stale_last_line, "read of the flash at 0x90001fe0, which the cache may hold"},
    {"three of four ways", three_of_four_ways, "read of the flash at 0x90001000, which the cache may hold"},
    {"dirty lines thrown away", dirty_lines_thrown_away, "invalidation by set and way"},
    {"a line of RAM thrown away", line_of_ram_thrown_away, "invalidation of the line at 0x20000000"},
    {"cache turned on with rubbish", cache_on_with_rubbish, "with what it held at power-up"},
};

static void each_mistake_is_caught(void **state)
{
    (void)state;
    serial_expect_mistakes(&rig, SERIAL_QUADSPI_F7, mistakes, sizeof mistakes / sizeof mistakes[0]);
}

static void what_is_allowed_is_silent(void **state)
{
    (void)state;
    serial_rig_open(&rig, SERIAL_QUADSPI_F7, "w25q64");
    rig.cells.bytes[0x1000] = 0x5A;
    erase_and_map();
    serial_caches_drop();
    serial_access(0x90001000, MODEL_LOAD);
    serial_access(0x90001000, MODEL_FETCH);
    assert_int_equal(rig.cells.bytes[0x1000], 0xFF);
    unmap();
    command(WRITE_ENABLE);
    mmio_write32(DLR, 4);
    mmio_write32(CCR, PROGRAM);
    mmio_write32(AR, 0x1002);
    mmio_write32(DR, 0x44332211);
    mmio_write8(DR, 0x55);
    finish();
    bus_pass(1000000);
    assert_memory_equal(rig.cells.bytes + 0x1000, "\xFF\xFF\x11\x22\x33\x44\x55\xFF", 8);
    assert_string_equal(bus.first_violation, "");
    serial_rig_close(&rig);
}

/* 16 MHz, one lane: 8 clocks of 62.5 ns for the opcode and for each byte, of which the FIFO holds 32. */
static void bytes_come_as_fast_as_the_lines_bring_them(void **state)
{
    (void)state;
    serial_rig_open(&rig, SERIAL_QUADSPI_F7, "w25q64");
    start();
    mmio_write32(DLR, 39);
    mmio_write32(CCR, STATUS);
    rig.serial.quadspi.model.busy_ns = NULL; /* a poll takes no time here */
    bus_pass(500);
    assert_int_equal(mmio_read32(SR) >> 8, 0);
    bus_pass(500 * 3);
    assert_int_equal(mmio_read32(SR) >> 8, 3);
    assert_int_equal(mmio_read32(SR) & (FTF | BUSY), BUSY);
    bus_pass(500);
    assert_int_equal(mmio_read32(SR) & (FTF | BUSY), FTF | BUSY);
    bus_pass(500000);
    assert_int_equal(mmio_read32(SR) >> 8, 32);
    assert_int_equal(mmio_read32(SR) & TCF, 0);
    for (int i = 0; i < 10; i++) {
        mmio_read32(DR);
        bus_pass(500 * 4);
    }
    assert_int_equal(mmio_read32(SR) & (TCF | BUSY), TCF);
    assert_string_equal(bus.first_violation, "");
    serial_rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mistake_is_caught),
        cmocka_unit_test(what_is_allowed_is_silent),
        cmocka_unit_test(bytes_come_as_fast_as_the_lines_bring_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
