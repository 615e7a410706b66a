#include "ospi_hand.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arch/mmio.h"

static const uint32_t OSPI = 0x83000000;

struct octal_rig hand_rig;

void hand_set(uint32_t off, uint32_t value)
{
    mprom_mmio_write32(OSPI + off, value);
}

uint32_t hand_get(uint32_t off)
{
    return mprom_mmio_read32(OSPI + off);
}

uint32_t hand_wait_clocks(uint32_t clocks)
{
    return clocks << 11;
}

void hand_set_up(uint32_t mode, uint32_t bits, uint32_t lanes, uint32_t frames)
{
    hand_set(0x08, 0);
    hand_set(0x10, 0);
    hand_set(0x00, OCTAL | mode | (bits - 1));
    hand_set(0x04, frames);
    hand_set(0xF4, LANES | lanes);
    hand_set(0x14, 4);
    hand_set(0x08, 1);
}

void hand_finish(void)
{
    while (hand_get(0x28) & 1) {
    }
}

void hand_command_8(uint8_t opcode)
{
    hand_set_up(SEND, 32, OPCODE_8, 0);
    hand_set(0x60, opcode);
    hand_set(0x10, 1);
    hand_finish();
}

void hand_command_16(uint16_t opcode)
{
    hand_set_up(SEND, 32, OPCODE_16, 0);
    hand_set(0x60, opcode);
    hand_set(0x10, 1);
    hand_finish();
}

void hand_single(const uint8_t *bytes, uint32_t count)
{
    hand_set(0x08, 0);
    hand_set(0x10, 0);
    hand_set(0x00, 0x80000007);
    hand_set(0x04, count - 1);
    hand_set(0xF4, 0);
    hand_set(0x14, 40);
    hand_set(0x08, 1);
    for (uint32_t i = 0; i < count; i++) {
        hand_set(0x60, bytes[i]);
    }
    hand_set(0x10, 1);
    hand_finish();
}

void hand_open_part(const char *part)
{
    octal_rig_open(&hand_rig, part);
    hand_set(0x18, 0);
    hand_set(0xF8, 1);
}

void hand_open_issi_with(uint8_t dummy)
{
    const uint8_t steps[4][5] = {{0x06}, {0x81, 0, 0, 1, dummy}, {0x06}, {0x81, 0, 0, 0, 0xE7}};
    hand_open_part("is25wx256");
    for (int i = 0; i < 4; i++) {
        hand_single(steps[i], i % 2 == 0 ? 1 : 5);
        bus_pass(2000000);
    }
    assert_string_equal(bus.first_violation, "");
}

void hand_open_issi(void)
{
    hand_open_issi_with(10);
}

void hand_open_macronix(void)
{
    const uint8_t steps[4][6] = {{0x06}, {0x72, 0, 0, 3, 0, 5}, {0x06}, {0x72, 0, 0, 0, 0, 2}};
    hand_open_part("mx25um25645g");
    for (int i = 0; i < 4; i++) {
        hand_single(steps[i], i % 2 == 0 ? 1 : 6);
        bus_pass(2000000);
    }
    assert_string_equal(bus.first_violation, "");
}

void hand_close_all(void)
{
    octal_rig_close(&hand_rig);
}

void hand_let_it_end(void)
{
    bus_pass(400000000);
}

uint32_t hand_status_16(uint32_t lanes, uint32_t opcode, bool has_address)
{
    hand_set_up(RECEIVE, 16, lanes | RXDS, 0);
    hand_set(0x60, opcode);
    if (has_address) {
        hand_set(0x60, 0);
    }
    hand_set(0x10, 1);
    hand_finish();
    return hand_get(0x60);
}
