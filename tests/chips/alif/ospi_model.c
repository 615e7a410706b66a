/*
 * The model of OSPI and of its window, driven by hand: streams in the styles of three published drivers succeed, and each
 * mistake is caught. Written from chips/alif/facts.md.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arch/mmio.h"
#include "ospi_hand.h"

static const uint32_t AES = 0x83001000;
static const uint32_t WINDOW = 0xA0000000;

/* Frames of 8 bits: with RXDS an entry has both edges, without it one. */
static void ids_are_read_in_frames_of_8_bits(void **state)
{
    (void)state;
    hand_open_macronix();
    hand_set_up(RECEIVE, 8, OPCODE_16 | ADDRESS | RXDS | hand_wait_clocks(4), 2);
    hand_set(0x60, 0x9F60);
    hand_set(0x60, 0);
    hand_set(0x10, 1);
    hand_finish();
    const uint8_t macronix[] = {0xC2, 0x80, 0x39};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(hand_get(0x60) & 0xFF, macronix[i]);
    }
    assert_string_equal(bus.first_violation, "");
    hand_close_all();
    hand_open_issi();
    hand_set_up(RECEIVE, 8, OPCODE_8 | hand_wait_clocks(8), 2);
    hand_set(0x10, 1); /* selected before there is anything to send */
    hand_set(0x60, 0x9F);
    hand_finish();
    const uint8_t issi[] = {0x9D, 0x5B, 0x19};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(hand_get(0x60), issi[i]);
    }
    assert_string_equal(bus.first_violation, "");
    hand_close_all();
}

/* A page of words, their bytes reversed, as MicroPython sends them to an ISSI; through any of the aliases of DR. */
static void a_page_is_sent_in_reversed_words(void **state)
{
    (void)state;
    hand_open_issi();
    hand_command_8(0x06);
    assert_int_equal(hand_status_16(OPCODE_8 | hand_wait_clocks(8), 0x05, false), 0x0202);
    hand_set_up(SEND, 32, OPCODE_8 | ADDRESS, 0);
    hand_set(0x60, 0xC2);
    hand_set(0x60, 0x1000);
    for (uint32_t i = 0; i < 64; i++) {
        hand_set(0x60 + i % 36 * 4, 0x00010203 + i * 0x04040404);
    }
    hand_set(0x10, 1);
    hand_finish();
    assert_int_equal(hand_status_16(OPCODE_8 | hand_wait_clocks(8), 0x05, false), 0x0303);
    hand_let_it_end();
    assert_int_equal(hand_status_16(OPCODE_8 | hand_wait_clocks(8), 0x70, false), 0x8080);
    for (uint32_t i = 0; i < 256; i++) {
        assert_int_equal(hand_rig.cells.bytes[0x1000 + i], i);
    }
    assert_string_equal(bus.first_violation, "");
    hand_close_all();
}

/* Halves of words exchanged, as MicroPython sends them to a Macronix. */
static void a_page_is_sent_in_rotated_words(void **state)
{
    (void)state;
    hand_open_macronix();
    hand_command_16(0x06F9);
    assert_int_equal(hand_status_16(OPCODE_16 | ADDRESS | hand_wait_clocks(4), 0x05FA, true), 0x0202);
    hand_set_up(SEND, 32, OPCODE_16 | ADDRESS, 0);
    hand_set(0x60, 0x12ED);
    hand_set(0x60, 0);
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t word = 0x03020100 + i * 0x04040404;
        hand_set(0x60, word << 16 | word >> 16);
    }
    hand_set(0x10, 1);
    hand_finish();
    for (uint32_t i = 0; i < 16; i++) {
        assert_int_equal(hand_rig.cells.bytes[i], i);
    }
    assert_string_equal(bus.first_violation, "");
    hand_close_all();
}

/* Frames of 16 bits from memory, as Alif's own drivers send and read them: each two bytes are swapped on the chip. */
static void a_page_is_sent_in_half_words(void **state)
{
    (void)state;
    hand_open_issi();
    hand_command_8(0x06);
    hand_set_up(SEND, 16, OPCODE_8 | ADDRESS, 0);
    hand_set(0x60, 0xC2);
    hand_set(0x60, 0);
    for (uint32_t i = 0; i < 8; i++) {
        hand_set(0x60, (2 * i + 1) << 8 | 2 * i);
    }
    hand_set(0x10, 1);
    hand_finish();
    assert_int_equal(hand_rig.cells.bytes[0], 1);
    assert_int_equal(hand_rig.cells.bytes[1], 0);
    hand_let_it_end();
    hand_set_up(RECEIVE, 16, OPCODE_8 | ADDRESS | RXDS | hand_wait_clocks(10), 7);
    hand_set(0x60, 0xFD);
    hand_set(0x60, 0);
    hand_set(0x10, 1);
    hand_finish();
    for (uint32_t i = 0; i < 8; i++) {
        assert_int_equal(hand_get(0x60), (2 * i + 1) << 8 | 2 * i);
    }
    assert_string_equal(bus.first_violation, "");
    hand_close_all();
}

/* The register that MicroPython writes at its end has bits that can only be read: they stay. */
static void bits_that_can_only_be_read_stay(void **state)
{
    (void)state;
    hand_open_issi();
    hand_set(0x08, 0);
    hand_set(0xF4, 0x2C180000 | LANES);
    assert_int_equal(hand_get(0xF4), LANES);
    assert_string_equal(bus.first_violation, "");
    hand_close_all();
}

/* Opens the window for an ISSI. Registers that are given get these values instead. */
static void open_window(uint32_t off, uint32_t value)
{
    const struct {
        uint32_t off;
        uint32_t value;
    } steps[] = {{0x00, OCTAL | RECEIVE | 7},
                 {0x14, 4},
                 {0x108, 0x00EC048B | 10 << 13},
                 {0xFC, 0},
                 {0x100, 0xFD},
                 {0x104, 0xFD},
                 {0x10C, 1},
                 {0x114, 100}};
    hand_set(0x08, 0);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        hand_set(steps[i].off, steps[i].off == off ? value : steps[i].value);
    }
    hand_set(0x08, 1);
    mprom_mmio_write32(AES, 0x10);
    mprom_mmio_write32(0xE000EDC4, 0x44000000);
    mprom_mmio_write32(0xE000ED98, 7);
    mprom_mmio_write32(0xE000ED9C, WINDOW | 6);
    mprom_mmio_write32(0xE000EDA0, (WINDOW + 0x1FFFFFE0) | 7 << 1 | 1);
    mprom_mmio_write32(0xE000ED94, 7);
}

static uint32_t look(void)
{
    return mprom_mmio_read32(WINDOW);
}

static void the_window_shows_the_array(void **state)
{
    (void)state;
    hand_open_issi();
    memcpy(hand_rig.cells.bytes, "\x11\x22\x33\x44", 4);
    open_window(UINT32_MAX, 0);
    assert_int_equal(look(), 0x44332211);
    assert_string_equal(bus.first_violation, "");
    hand_close_all();
}

/* The mistakes. Each begins with an ISSI on eight lines, but where another is opened. */

#define MISTAKE_OF(name, steps)                                                                                      \
    static void name(void)                                                                                           \
    {                                                                                                                \
        steps                                                                                                        \
    }

static void erase(uint8_t opcode, uint32_t address)
{
    hand_set_up(SEND, 32, OPCODE_8 | ADDRESS, 0);
    hand_set(0x60, opcode);
    hand_set(0x60, address);
    hand_set(0x10, 1);
    hand_finish();
}

static void read_id(uint32_t bits, uint32_t lanes, uint32_t frames)
{
    hand_set_up(RECEIVE, bits, lanes, frames);
    hand_set(0x60, 0x9F);
    hand_set(0x10, 1);
}

static void another_chip(const char *part)
{
    octal_rig_close(&hand_rig);
    if (part[0] == 'm') {
        hand_open_macronix();
    } else {
        hand_open_part(part);
    }
}

MISTAKE_OF(set_up_while_on, {
    hand_set_up(SEND, 32, OPCODE_8, 0);
    hand_set(0x00, OCTAL);
})
MISTAKE_OF(change_the_clock_while_on, {
    hand_set_up(SEND, 32, OPCODE_8, 0);
    hand_set(0x14, 8);
})
MISTAKE_OF(send_while_off, {
    hand_set(0x08, 0);
    hand_set(0x60, 0x05);
})
MISTAKE_OF(read_nothing, {
    hand_set_up(RECEIVE, 16, OPCODE_8, 0);
    (void)hand_get(0x60);
})
MISTAKE_OF(read_before_it_has_come, {
    read_id(16, OPCODE_8 | RXDS | hand_wait_clocks(8), 2);
    (void)hand_get(0x60);
})
MISTAKE_OF(read_one_more, {
    read_id(16, OPCODE_8 | RXDS | hand_wait_clocks(8), 0);
    hand_finish();
    (void)hand_get(0x60);
    (void)hand_get(0x60);
})
MISTAKE_OF(divide_by_an_odd_number, {
    hand_set(0x08, 0);
    hand_set(0x14, 5);
})
MISTAKE_OF(have_no_clock, {
    hand_set_up(SEND, 32, OPCODE_8, 0);
    hand_set(0x08, 0);
    hand_set(0x14, 0);
    hand_set(0x08, 1);
    hand_set(0x60, 6);
    hand_set(0x10, 1);
})
MISTAKE_OF(send_too_much, {
    hand_set_up(SEND, 32, OPCODE_8 | ADDRESS, 0);
    for (int i = 0; i < 257; i++) {
        hand_set(0x60, 0);
    }
})
MISTAKE_OF(receive_too_much, { read_id(16, OPCODE_8 | RXDS | hand_wait_clocks(8), 256); })
MISTAKE_OF(go_both_ways_on_eight_lines, {
    hand_set_up(0, 16, OPCODE_8, 0);
    hand_set(0x60, 0x9F);
    hand_set(0x10, 1);
})
MISTAKE_OF(have_frames_of_12_bits, { read_id(12, OPCODE_8 | RXDS, 2); })
MISTAKE_OF(send_the_opcode_on_one_line, {
    hand_set_up(SEND, 32, OPCODE_8, 0);
    hand_set(0x08, 0);
    hand_set(0xF4, 0x10200);
    hand_set(0x08, 1);
    hand_set(0x60, 6);
    hand_set(0x10, 1);
})
MISTAKE_OF(send_neither_opcode_nor_address, {
    hand_set_up(SEND, 32, 0, 0);
    hand_set(0x60, 6);
    hand_set(0x10, 1);
})
MISTAKE_OF(send_an_opcode_of_8_bits_at_both_edges, {
    hand_set_up(SEND, 32, OPCODE_8 | 1 << 17, 0);
    hand_set(0x60, 6);
    hand_set(0x10, 1);
})
MISTAKE_OF(say_how_much_is_sent, {
    hand_set_up(SEND, 32, OPCODE_8, 3);
    hand_set(0x60, 6);
    hand_set(0x10, 1);
})
MISTAKE_OF(send_frames_of_8_bits, {
    hand_set_up(SEND, 8, OPCODE_8, 0);
    hand_set(0x60, 6);
    hand_set(0x10, 1);
})
MISTAKE_OF(drive_too_late, {
    hand_set(0x08, 0);
    hand_set(0xF8, 2);
    hand_command_8(6);
})
MISTAKE_OF(select_another_chip, {
    hand_set_up(SEND, 32, OPCODE_8, 0);
    hand_set(0x60, 6);
    hand_set(0x10, 2);
})
MISTAKE_OF(send_data_with_a_read, {
    hand_set_up(RECEIVE, 16, OPCODE_8 | RXDS, 0);
    hand_set(0x60, 0x9F);
    hand_set(0x60, 0);
    hand_set(0x10, 1);
})
MISTAKE_OF(switch_off_during_a_transfer, {
    read_id(16, OPCODE_8 | RXDS | hand_wait_clocks(8), 2);
    hand_set(0x08, 0);
})
MISTAKE_OF(select_before_the_data_are_there, {
    hand_command_8(6);
    hand_set_up(SEND, 32, OPCODE_8 | ADDRESS, 0);
    hand_set(0x10, 1);
    hand_set(0x60, 0xC2);
    hand_set(0x60, 0);
    hand_set(0x60, 0);
})
MISTAKE_OF(write_a_register_that_can_only_be_read, { hand_set(0x28, 0); })
MISTAKE_OF(connect_the_window_while_off, {
    hand_set(0x08, 0);
    mprom_mmio_write32(AES, 0x10);
})
MISTAKE_OF(write_a_key, { mprom_mmio_write32(AES + 0x0C, 1); })
MISTAKE_OF(decrypt, { mprom_mmio_write32(AES, 1); })
MISTAKE_OF(delay_too_much, { mprom_mmio_write32(AES + 0x20, 17); })

MISTAKE_OF(look_without_enable, {
    open_window(UINT32_MAX, 0);
    hand_set(0x08, 0);
    (void)look();
})
MISTAKE_OF(look_without_aes, {
    open_window(UINT32_MAX, 0);
    mprom_mmio_write32(AES, 0);
    (void)look();
})
MISTAKE_OF(look_while_busy, {
    hand_command_8(6);
    erase(0x21, 0);
    open_window(UINT32_MAX, 0);
    (void)look();
})
MISTAKE_OF(look_at_a_chip_on_one_line, {
    another_chip("is25wx256");
    open_window(UINT32_MAX, 0);
    (void)look();
})
MISTAKE_OF(look_without_a_region, {
    open_window(UINT32_MAX, 0);
    mprom_mmio_write32(0xE000ED94, 0);
    (void)look();
})
MISTAKE_OF(look_with_other_dummy_clocks, {
    open_window(0x108, 0x00EC048B | 9 << 13);
    (void)look();
})
MISTAKE_OF(look_by_another_opcode, {
    open_window(0x100, 0x0B);
    (void)look();
})
MISTAKE_OF(look_in_frames_of_16_bits, {
    open_window(0x00, OCTAL | RECEIVE | 15);
    (void)look();
})
MISTAKE_OF(look_too_fast, {
    open_window(0x14, 2);
    (void)look();
})
MISTAKE_OF(look_without_rxds, {
    open_window(0x108, 0x00CC048B | 10 << 13);
    (void)look();
})
MISTAKE_OF(look_in_macronix_by_frames_of_8_bits, {
    another_chip("mx25um25645g");
    open_window(0x108, 0x00FC068B | 10 << 13);
    hand_set(0x08, 0);
    hand_set(0x100, 0xEE11);
    hand_set(0x104, 0xEE11);
    hand_set(0x08, 1);
    (void)look();
})
MISTAKE_OF(store_to_the_window, {
    open_window(UINT32_MAX, 0);
    mprom_mmio_write32(WINDOW, 0);
})

#define M(make, violation)                                                                                           \
    {                                                                                                                \
#make, make, violation                                                                                       \
    }

static const struct bus_mistake mistakes[] = {
    M(set_up_while_on, "0x000 while ENR is 1, which is ignored"),
    M(change_the_clock_while_on, "0x014 while ENR is 1, which is ignored"),
    M(send_while_off, "DR is written while ENR is 0"),
    M(read_nothing, "receive FIFO is empty"),
    M(read_before_it_has_come, "receive FIFO is empty"),
    M(read_one_more, "receive FIFO is empty"),
    M(divide_by_an_odd_number, "BAUDR 5 is odd"),
    M(have_no_clock, "there is no clock"),
    M(send_too_much, "transmit FIFO overflows"),
    M(receive_too_much, "more frames than the receive FIFO takes"),
    M(go_both_ways_on_eight_lines, "TMOD 0 and 3"),
    M(have_frames_of_12_bits, "8, 16 or 32 bits"),
    M(send_the_opcode_on_one_line, "must go on eight lines"),
    M(send_neither_opcode_nor_address, "neither opcode nor address"),
    M(send_an_opcode_of_8_bits_at_both_edges, "one of 8 is held for both"),
    M(say_how_much_is_sent, "CTRLR1 is not 0"),
    M(send_frames_of_8_bits, "leave the other edge open"),
    M(drive_too_late, "DDR_DRIVE_EDGE"),
    M(select_another_chip, "selected that is not there"),
    M(send_data_with_a_read, "by a command that reads"),
    M(switch_off_during_a_transfer, "while a transfer goes on"),
    M(select_before_the_data_are_there, "program of 0 bytes"),
    M(write_a_register_that_can_only_be_read, "OSPI at 0x028"),
    M(connect_the_window_while_off, "XIP_EN is set while OSPI is off"),
    M(write_a_key, "the Secure Enclave's"),
    M(decrypt, "the Secure Enclave's"),
    M(delay_too_much, "the Secure Enclave's"),
    M(look_without_enable, "which is closed"),
    M(look_without_aes, "which is closed"),
    M(look_while_busy, "while the chip is busy"),
    M(look_at_a_chip_on_one_line, "does not listen to eight lines"),
    M(look_without_a_region, "it is a device"),
    M(look_with_other_dummy_clocks, "the data are shifted"),
    M(look_by_another_opcode, "another opcode"),
    M(look_in_frames_of_16_bits, "frames that swap its bytes"),
    M(look_too_fast, "at a clock that the chip does not bear"),
    M(look_without_rxds, "not set up for eight lines"),
    M(look_in_macronix_by_frames_of_8_bits, "frames that swap its bytes"),
    M(store_to_the_window, "which can only be read"),
};

static void the_models_catch_each_mistake(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        hand_open_issi();
        bus_expect_caught("OSPI", &mistakes[i]);
        hand_close_all();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_read_in_frames_of_8_bits), cmocka_unit_test(a_page_is_sent_in_reversed_words),
        cmocka_unit_test(a_page_is_sent_in_rotated_words),  cmocka_unit_test(a_page_is_sent_in_half_words),
        cmocka_unit_test(bits_that_can_only_be_read_stay),  cmocka_unit_test(the_window_shows_the_array),
        cmocka_unit_test(the_models_catch_each_mistake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
