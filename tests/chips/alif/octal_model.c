/* The models of the octal chips: each mistake that they catch, in commands given by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ospi_hand.h"

/* The mistakes. Each begins with an ISSI on eight lines, but where another is opened. */

#define MISTAKE_OF(name, steps)                                                                                      \
    static void name(void)                                                                                           \
    {                                                                                                                \
        steps                                                                                                        \
    }

static void program(uint32_t address, uint32_t words)
{
    hand_set_up(SEND, 32, OPCODE_8 | ADDRESS, 0);
    hand_set(0x60, 0xC2);
    hand_set(0x60, address);
    for (uint32_t i = 0; i < words; i++) {
        hand_set(0x60, 0);
    }
    hand_set(0x10, 1);
    hand_finish();
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

static void read_array(uint32_t address, uint32_t clocks)
{
    hand_set_up(RECEIVE, 16, OPCODE_8 | ADDRESS | RXDS | hand_wait_clocks(clocks), 1);
    hand_set(0x60, 0xFD);
    hand_set(0x60, address);
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

MISTAKE_OF(talk_on_one_line_to_eight, { hand_single((const uint8_t[]){0x06}, 1); })
MISTAKE_OF(talk_on_eight_lines_to_one, {
    another_chip("is25wx256");
    hand_command_8(0x06);
})
MISTAKE_OF(forget_the_complement, {
    another_chip("mx25um25645g");
    hand_command_16(0x0606);
})
MISTAKE_OF(send_one_byte_to_a_macronix, {
    another_chip("mx25um25645g");
    hand_command_8(0x06);
})
MISTAKE_OF(send_two_bytes_to_an_issi, { hand_command_16(0x06F9); })
MISTAKE_OF(read_a_register_too_early, { read_id(16, OPCODE_8 | RXDS | hand_wait_clocks(4), 2); })
MISTAKE_OF(read_the_array_too_early, { read_array(0, 9); })
MISTAKE_OF(read_from_an_odd_address, { read_array(1, 10); })
MISTAKE_OF(read_beyond_the_array, { read_array(0x01FFFFFE, 10); })
MISTAKE_OF(read_nine_dummies_at_100_mhz, {
    octal_rig_close(&hand_rig);
    hand_open_issi_with(9);
    read_array(0, 9);
})
MISTAKE_OF(set_a_register_without_enable, {
    another_chip("is25wx256");
    hand_single((const uint8_t[]){0x81, 0, 0, 1, 10}, 5);
})
MISTAKE_OF(set_a_register_that_is_not_there, {
    another_chip("is25wx256");
    hand_single((const uint8_t[]){0x06}, 1);
    hand_single((const uint8_t[]){0x81, 0, 0, 2, 10}, 5);
})
MISTAKE_OF(leave_the_lines_in_an_unknown_way, {
    another_chip("is25wx256");
    hand_single((const uint8_t[]){0x06}, 1);
    hand_single((const uint8_t[]){0x81, 0, 0, 0, 0xB7}, 5);
})
MISTAKE_OF(program_without_enable, { program(0, 4); })
MISTAKE_OF(erase_without_enable, { erase(0x21, 0); })
MISTAKE_OF(program_nothing, {
    hand_command_8(6);
    program(0, 0);
})
MISTAKE_OF(program_from_an_odd_address, {
    hand_command_8(6);
    program(1, 4);
})
MISTAKE_OF(program_over_a_page, {
    hand_command_8(6);
    program(0xF0, 8);
})
MISTAKE_OF(program_a_part_of_a_unit, {
    hand_command_8(6);
    program(0, 2);
})
MISTAKE_OF(program_twice, {
    hand_command_8(6);
    program(0, 4);
    hand_let_it_end();
    hand_command_8(6);
    program(0, 4);
})
MISTAKE_OF(program_beyond_the_array, {
    hand_command_8(6);
    program(0x02000000, 4);
})
MISTAKE_OF(erase_what_is_not_aligned, {
    hand_command_8(6);
    erase(0x5C, 0x1000);
})
MISTAKE_OF(erase_with_an_opcode_of_another_chip, {
    hand_command_8(6);
    erase(0x52, 0);
})
MISTAKE_OF(erase_while_busy, {
    hand_command_8(6);
    erase(0x21, 0);
    erase(0x21, 0x1000);
})
MISTAKE_OF(enable_while_busy, {
    hand_command_8(6);
    program(0, 4);
    hand_command_8(6);
})
MISTAKE_OF(enable_with_an_address, { erase(0x06, 0); })
MISTAKE_OF(erase_without_address, {
    hand_command_8(6);
    hand_command_8(0x21);
})
MISTAKE_OF(reset_without_asking, { hand_command_8(0x99); })
MISTAKE_OF(ask_for_a_reset_too_early, {
    hand_command_8(0x66);
    (void)hand_status_16(OPCODE_8 | hand_wait_clocks(8), 0x05, false);
    hand_command_8(0x99);
})
MISTAKE_OF(talk_after_a_reset, {
    hand_command_8(0x66);
    hand_command_8(0x99);
    hand_command_8(0x06);
})

#define M(make, violation)                                                                                           \
    {                                                                                                                \
#make, make, violation                                                                                       \
    }

static const struct bus_mistake mistakes[] = {
    M(talk_on_one_line_to_eight, "06h on one line for a chip that is on eight"),
    M(talk_on_eight_lines_to_one, "does not understand now"),
    M(forget_the_complement, "does not understand now"),
    M(send_one_byte_to_a_macronix, "does not understand now"),
    M(send_two_bytes_to_an_issi, "does not understand now"),
    M(read_a_register_too_early, "with 4 dummy clocks, not 8"),
    M(read_the_array_too_early, "with 9 dummy clocks, not 10"),
    M(read_from_an_odd_address, "it must be even"),
    M(read_beyond_the_array, "in the array"),
    M(read_nine_dummies_at_100_mhz, "which are for 95"),
    M(set_a_register_without_enable, "81h without write enable"),
    M(set_a_register_that_is_not_there, "register 0x2"),
    M(leave_the_lines_in_an_unknown_way, "has no value B7h"),
    M(program_without_enable, "program at 0x0 without write enable"),
    M(erase_without_enable, "erase at 0x0 without write enable"),
    M(program_nothing, "program of 0 bytes"),
    M(program_from_an_odd_address, "both must be even"),
    M(program_over_a_page, "crosses a page"),
    M(program_a_part_of_a_unit, "is not made of units of 16"),
    M(program_twice, "was programmed 1 times"),
    M(program_beyond_the_array, "leaves the array"),
    M(erase_what_is_not_aligned, "is not aligned"),
    M(erase_with_an_opcode_of_another_chip, "52h is no command"),
    M(erase_while_busy, "21h while the chip is busy"),
    M(enable_while_busy, "06h while the chip is busy"),
    M(enable_with_an_address, "06h with an address"),
    M(erase_without_address, "21h without address"),
    M(reset_without_asking, "99h without 66h"),
    M(ask_for_a_reset_too_early, "99h without 66h"),
    M(talk_after_a_reset, "for a chip that is deaf"),
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
        cmocka_unit_test(the_models_catch_each_mistake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
