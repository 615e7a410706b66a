/* What the models of QUADSPI and of OCTOSPI must catch alike: each mistake made once on each, by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/mmio.h"
#include "serial_hand.h"

static const uint32_t SYSTEM = 0xE000E000;

static const struct hand_controller *const controllers[] = {&hand_quadspi, &hand_octospi};
static struct serial_rig rig;

/* Clocks and pins */

static void clock_off(void)
{
    mprom_mmio_write32(hand->cr, hand->enabled);
}

static void held_in_reset(void)
{
    mprom_mmio_write32(hand->clock_enable, hand->clock_bit);
    mprom_mmio_write32(hand->clock_reset, hand->clock_bit);
    mprom_mmio_write32(hand->cr, hand->enabled);
}

static void pin_not_connected(void)
{
    hand_start();
    mprom_mmio_write32(hand->gpiod_moder, mprom_mmio_read32(hand->gpiod_moder) & ~(3u << 24));
    hand_write_enable();
}

/* While it is busy */

static void busy_cr(void)
{
    hand_start();
    hand_status_begin();
    mprom_mmio_write32(hand->cr, mprom_mmio_read32(hand->cr) | 31 << 8);
}

static void busy_ar(void)
{
    hand_start();
    hand_status_begin();
    mprom_mmio_write32(hand->ar, 0);
}

static void busy_dlr(void)
{
    hand_start();
    hand_status_begin();
    mprom_mmio_write32(hand->dlr, 3);
}

static void next_command(void)
{
    hand_start();
    hand_status_begin();
    hand_set_up(&HAND_WRITE_ENABLE);
}

/* Memory-mapped mode left wrongly */

static void window_open(void)
{
    hand_start();
    serial_mpu(SERIAL_OPEN);
    hand_set_up(&HAND_WRITE_ENABLE);
}

/* The CPU may have read, so the controller reads ahead. */
static void command_in_mapped_mode(void)
{
    hand_start();
    hand_map();
    hand_set_up(&HAND_WRITE_ENABLE);
}

/* Closing the window is not enough: only an abort ends the reading ahead. */
static void no_abort(void)
{
    hand_start();
    hand_map();
    serial_mpu(SERIAL_CLOSED);
    hand_set_up(&HAND_WRITE_ENABLE);
}

/* Nor is an abort while the CPU may read on. */
static void abort_with_the_window_open(void)
{
    hand_start();
    hand_map();
    hand_abort();
    hand_set_up(&HAND_WRITE_ENABLE);
}

static void abort_not_awaited(void)
{
    hand_start();
    hand_map();
    serial_mpu(SERIAL_CLOSED);
    hand_abort_begin();
    hand_set_up(&HAND_WRITE_ENABLE);
}

/* Sizes and data */

static void address_beyond_the_size(void)
{
    hand_start();
    hand_read_begin(8 << 20, 1);
}

static void read_over_the_end(void)
{
    hand_start();
    hand_read_begin((8 << 20) - 4, 5);
}

static void program_one_byte_too_many(void)
{
    hand_start();
    hand_program_begin(0, 4);
    mprom_mmio_write32(hand->dr, 0);
    mprom_mmio_write8(hand->dr, 0);
}

static void program_word_for_a_byte(void)
{
    hand_start();
    hand_program_begin(0, 1);
    mprom_mmio_write32(hand->dr, 0);
}

/* The last byte is waited for. */
static void program_one_byte_too_few(void)
{
    hand_start();
    hand_program_begin(0, 5);
    mprom_mmio_write32(hand->dr, 0);
    hand_finish();
    mprom_mmio_write32(hand->dlr, 0);
}

static void read_one_byte_too_many(void)
{
    hand_start();
    hand_read_begin(0, 3);
    hand_await(TCF, TCF);
    mprom_mmio_read32(hand->dr);
}

/* What stays in the FIFO keeps it busy. */
static void read_one_byte_too_few(void)
{
    hand_start();
    hand_read_begin(0, 5);
    hand_await(TCF, TCF);
    mprom_mmio_read32(hand->dr);
    hand_finish();
    mprom_mmio_write32(hand->dlr, 0);
}

static void load_from_an_empty_fifo(void)
{
    hand_start();
    hand_status_begin();
    mprom_mmio_read8(hand->dr);
}

static void load_wider_than_the_data(void)
{
    hand_start();
    hand_status_begin();
    hand_await(FTF, FTF);
    mprom_mmio_read32(hand->dr);
}

static void load_without_a_read(void)
{
    hand_start();
    mprom_mmio_read8(hand->dr);
}

static void data_without_a_command(void)
{
    hand_start();
    mprom_mmio_write8(hand->dr, 1);
}

static void store_to_a_full_fifo(void)
{
    hand_start();
    hand_program_begin(0, 64);
    for (int i = 0; i < 9; i++) {
        mprom_mmio_write32(hand->dr, 0);
    }
}

static void write_broken_off(void)
{
    hand_start();
    hand_program_begin(0, 8);
    mprom_mmio_write32(hand->dr, 0);
    hand_abort_begin();
}

/* Commands */

static void read_without_data(void)
{
    hand_start();
    hand_set_up(&(struct hand_command){.mode = HAND_READS, .opcode = 0x05});
}

static void quad_read_without_dummy(void)
{
    hand_start();
    hand_set_up(&(struct hand_command){.mode = HAND_READS, .opcode = 0x6B, .data_lanes = 4});
}

static void dummy_in_a_write(void)
{
    hand_start();
    hand_set_up(&(struct hand_command){.mode = HAND_WRITES, .opcode = 0x06, .dummy_clocks = 8});
}

static void automatic_polling(void)
{
    hand_start();
    hand_set_up(&(struct hand_command){.mode = HAND_POLLS, .opcode = 0x05, .data_lanes = 1});
}

/* The chip */

static void no_write_enable(void)
{
    hand_start();
    hand_set_up(&HAND_ERASE);
    mprom_mmio_write32(hand->ar, 0);
    hand_finish();
}

static void command_while_the_chip_is_busy(void)
{
    hand_start();
    hand_erase();
    hand_write_enable();
}

static void mapped_read_of_a_busy_chip(void)
{
    hand_start();
    hand_erase();
    hand_map();
    serial_access(0x90000000, MODEL_LOAD);
}

static void mapped_without_quad_enable(void)
{
    hand_start();
    hand_set_up(&(struct hand_command){
        .mode = HAND_MAPPED, .opcode = 0x6B, .has_address = true, .data_lanes = 4, .dummy_clocks = 8});
    serial_mpu(SERIAL_OPEN);
    serial_access(0x90000000, MODEL_LOAD);
}

static void page_wrapped(void)
{
    hand_start();
    hand_program_begin(0x10FE, 4);
    mprom_mmio_write32(hand->dr, 0);
    hand_finish();
}

/* The window */

static void read_in_indirect_mode(void)
{
    hand_start();
    serial_access(0x90000000, MODEL_LOAD);
}

static void execution_in_indirect_mode(void)
{
    hand_start();
    serial_access(0x90000000, MODEL_FETCH);
}

static void read_that_the_mpu_forbids(void)
{
    hand_start();
    hand_set_up(&HAND_MAPPED_READ);
    serial_access(0x90000000, MODEL_LOAD);
}

static void mapped_read_beyond_the_size(void)
{
    hand_start();
    mprom_mmio_write32(hand->dcr, 20 << SIZE_POS);
    hand_map();
    serial_access(0x90200000, MODEL_LOAD);
}

static void mapped_read_over_the_end(void)
{
    hand_start();
    mprom_mmio_write32(hand->dcr, 21 << SIZE_POS);
    hand_map();
    serial_access(0x903FFFFE, MODEL_LOAD);
}

static void store_to_the_window(void)
{
    hand_start();
    hand_map();
    mprom_mmio_write32(0x90000000, 0);
}

/* The caches */

/* Leaves the chip with 4K erased that a cache may hold, and memory-mapped. */
static void erase_and_map(void)
{
    serial_caches_start();
    hand_start();
    hand_map();
    hand_unmap();
    hand_erase();
    bus_pass(1000000000);
    hand_map();
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
        mprom_mmio_write32(SYSTEM + 0xF70, line);
    }
    serial_access(0x90001FDC, MODEL_LOAD);
    assert_string_equal(bus.first_violation, "");
    serial_access(0x90001FE0, MODEL_LOAD);
}

static void three_of_four_ways(void)
{
    erase_and_map();
    serial_caches_drop(3);
    serial_access(0x90001000, MODEL_LOAD);
}

static void dirty_lines_thrown_away(void)
{
    serial_caches_start();
    mprom_mmio_write32(SYSTEM + 0xF60, 0);
}

static void line_of_ram_thrown_away(void)
{
    serial_caches_start();
    mprom_mmio_write32(SYSTEM + 0xF5C, 0x20000000);
}

static void cache_on_with_rubbish(void)
{
    mprom_mmio_write32(SYSTEM + 0xD14, 0x10200);
}

static const struct bus_mistake mistakes[] = {
    {"clock off", clock_off, "access to @ while its clock is off"},
    {"held in reset", held_in_reset, "access to @ while it is held in reset"},
    {"a pin not connected", pin_not_connected, "IO1 is not connected"},
    {"CR while busy", busy_cr, "write of @'s CR while it is busy"},
    {"AR while busy", busy_ar, "write of @'s AR while it is busy"},
    {"DLR while busy", busy_dlr, "write of @'s DLR while it is busy"},
    {"command while busy", next_command, "write of @'s # while it is busy"},
    {"window open during a command", window_open, "may read ahead"},
    {"command in mapped mode", command_in_mapped_mode, "write of @'s # while it is busy"},
    {"no abort", no_abort, "write of @'s # while it is busy"},
    {"abort with the window open", abort_with_the_window_open, "write of @'s # while it is busy"},
    {"abort not awaited", abort_not_awaited, "write of @'s # while it is busy"},
    {"address beyond the size", address_beyond_the_size, "beyond the size that @ has been told"},
    {"read over the end", read_over_the_end, "beyond the size that @ has been told"},
    {"program, one byte too many", program_one_byte_too_many, "more data than the 4 bytes"},
    {"program, a word for a byte", program_word_for_a_byte, "more data than the 1 bytes"},
    {"program, one byte too few", program_one_byte_too_few, "write of @'s DLR while it is busy"},
    {"read, one byte too many", read_one_byte_too_many, "a load of 4 bytes from a FIFO with 3 in it"},
    {"read, one byte too few", read_one_byte_too_few, "write of @'s DLR while it is busy"},
    {"load from an empty FIFO", load_from_an_empty_fifo, "a load of 1 bytes from a FIFO with 0 in it"},
    {"load wider than the data", load_wider_than_the_data, "a load of 4 bytes from a FIFO with 1 in it"},
    {"load without a read", load_without_a_read, "read of @'s data, where there is none"},
    {"data without a command", data_without_a_command, "has no command that sends any"},
    {"store to a full FIFO", store_to_a_full_fifo, "a store of 4 bytes to a FIFO with 32 in it"},
    {"write broken off", write_broken_off, "abort of command 02h"},
    {"read without data", read_without_data, "a read without data"},
    {"quad read without dummy clocks", quad_read_without_dummy, "without dummy clocks"},
    {"dummy clocks in a write", dummy_in_a_write, "a write with dummy clocks"},
    {"automatic polling", automatic_polling, "automatic polling"},
    {"erase without write enable", no_write_enable, "flash chip: 20h without write enable"},
    {"command while the chip is busy", command_while_the_chip_is_busy, "flash chip: 06h while busy"},
    {"mapped read of a busy chip", mapped_read_of_a_busy_chip,
     "read of the flash at 0x90000000 while the chip is busy"},
    {"mapped without quad enable", mapped_without_quad_enable, "flash chip: 6Bh without quad enable"},
    {"page wrapped", page_wrapped, "flash chip: "},
    {"read in indirect mode", read_in_indirect_mode,
     "read of the flash at 0x90000000 while the controller is not in"},
    {"execution in indirect mode", execution_in_indirect_mode,
     "execution of the flash at 0x90000000 while the controller is"},
    {"read that the MPU forbids", read_that_the_mpu_forbids, "which the MPU forbids"},
    {"mapped read beyond the size", mapped_read_beyond_the_size, "read of the flash at 0x90200000, beyond the size"},
    {"mapped read over the end", mapped_read_over_the_end, "read of the flash at 0x903ffffe, beyond the size"},
    {"store to the window", store_to_the_window, "which can only be read"},
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
    for (size_t i = 0; i < sizeof controllers / sizeof controllers[0]; i++) {
        hand_expect_mistakes(&rig, controllers[i], mistakes, sizeof mistakes / sizeof mistakes[0]);
    }
}

static void expect_silence(const struct hand_controller *controller)
{
    hand_open(&rig, controller);
    rig.cells.bytes[0x1000] = 0x5A;
    erase_and_map();
    serial_caches_drop(4);
    serial_access(0x90001000, MODEL_LOAD);
    serial_access(0x90001000, MODEL_FETCH);
    serial_access(0x907FFFFC, MODEL_LOAD);
    assert_int_equal(rig.cells.bytes[0x1000], 0xFF);
    hand_unmap();
    hand_program_begin(0x1002, 5);
    mprom_mmio_write32(hand->dr, 0x44332211);
    mprom_mmio_write8(hand->dr, 0x55);
    hand_finish();
    bus_pass(1000000);
    assert_memory_equal(rig.cells.bytes + 0x1000, "\xFF\xFF\x11\x22\x33\x44\x55\xFF", 8);
    assert_string_equal(bus.first_violation, "");
    serial_rig_close(&rig);
}

static void what_is_allowed_is_silent(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof controllers / sizeof controllers[0]; i++) {
        expect_silence(controllers[i]);
    }
}

/* The chip is asked byte by byte: what did not fit into the FIFO is the status of later, as long as the read may be. */
static void expect_status_of_the_moment(const struct hand_controller *controller)
{
    enum {
        READ_SIZE = 100,
        FIFO_SIZE = 32,
    };
    hand_open(&rig, controller);
    hand_start();
    hand_erase();
    mprom_mmio_write32(hand->dlr, READ_SIZE - 1);
    hand_set_up(&HAND_STATUS);
    bus_pass(100000);
    bus_pass(60000000); /* the erase ends */
    for (int i = 0; i < READ_SIZE; i++) {
        hand_await(FTF, FTF);
        assert_int_equal(mprom_mmio_read8(hand->dr), i < FIFO_SIZE ? 0x03 : 0x00);
    }
    hand_finish();
    assert_string_equal(bus.first_violation, "");
    serial_rig_close(&rig);
}

static void a_status_is_that_of_the_moment(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof controllers / sizeof controllers[0]; i++) {
        expect_status_of_the_moment(controllers[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mistake_is_caught),
        cmocka_unit_test(what_is_allowed_is_silent),
        cmocka_unit_test(a_status_is_that_of_the_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
