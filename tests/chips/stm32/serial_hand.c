#include "serial_hand.h"

#include <stdio.h>
#include <string.h>

#include "arch/mmio.h"

const struct hand_controller *hand;

void hand_open(struct serial_rig *rig, const struct hand_controller *controller)
{
    hand = controller;
    serial_rig_open(rig, controller->kind, "w25q64");
}

void hand_start(void)
{
    hand->start();
}

void hand_await(uint32_t mask, uint32_t wanted)
{
    for (int polls = 0; polls < 100 && (mprom_mmio_read32(hand->sr) & mask) != wanted; polls++) {
    }
}

void hand_finish(void)
{
    hand_await(TCF, TCF);
    hand_await(BUSY, 0);
    mprom_mmio_write32(hand->fcr, TCF);
}

void hand_set_up(const struct hand_command *command)
{
    hand->set_up(command);
}

void hand_status_begin(void)
{
    mprom_mmio_write32(hand->dlr, 0);
    hand_set_up(&HAND_STATUS);
}

void hand_write_enable(void)
{
    hand_set_up(&HAND_WRITE_ENABLE);
    hand_finish();
}

void hand_erase(void)
{
    hand_write_enable();
    hand_set_up(&HAND_ERASE);
    mprom_mmio_write32(hand->ar, 0x1000);
    hand_finish();
}

static void transfer_begin(const struct hand_command *command, uint32_t address, uint32_t size)
{
    mprom_mmio_write32(hand->dlr, size - 1);
    hand_set_up(command);
    mprom_mmio_write32(hand->ar, address);
}

void hand_program_begin(uint32_t address, uint32_t size)
{
    hand_write_enable();
    transfer_begin(&HAND_PROGRAM, address, size);
}

void hand_read_begin(uint32_t address, uint32_t size)
{
    transfer_begin(&HAND_READ, address, size);
}

void hand_map(void)
{
    hand_set_up(&HAND_MAPPED_READ);
    serial_mpu(SERIAL_OPEN);
}

void hand_unmap(void)
{
    serial_mpu(SERIAL_CLOSED);
    hand_abort();
    hand_await(BUSY, 0);
}

void hand_abort_begin(void)
{
    mprom_mmio_write32(hand->cr, mprom_mmio_read32(hand->cr) | ABORT);
}

void hand_abort(void)
{
    hand_abort_begin();
    while (mprom_mmio_read32(hand->cr) & ABORT) {
    }
}

static uint32_t lanes_field(uint32_t lanes)
{
    return lanes == 4 ? 3 : lanes;
}

/* QUADSPI, that of the F7 */

static void quadspi_start(void)
{
    mprom_mmio_write32(hand->clock_enable, hand->clock_bit);
    serial_mpu(SERIAL_CLOSED);
    mprom_mmio_write32(hand->dcr, SIZE_8M);
    mprom_mmio_write32(hand->cr, hand->enabled);
}

static void quadspi_set_up(const struct hand_command *command)
{
    uint32_t ccr = command->opcode | 1u << 8 | (command->has_address ? 0x2400u : 0u);
    ccr |= (uint32_t)command->dummy_clocks << 18 | lanes_field(command->data_lanes) << 24;
    mprom_mmio_write32(0xA0001014, ccr | (uint32_t)command->mode << 26);
}

const struct hand_controller hand_quadspi = {
    .kind = SERIAL_QUADSPI_F7,
    .name = "QUADSPI",
    .mode_register = "CCR",
    .clock_enable = 0x40023838,
    .clock_reset = 0x40023818,
    .clock_bit = 1 << 1,
    .gpiod_moder = 0x40020C00,
    .cr = 0xA0001000,
    .dcr = 0xA0001004,
    .sr = 0xA0001008,
    .fcr = 0xA000100C,
    .dlr = 0xA0001010,
    .ar = 0xA0001018,
    .dr = 0xA0001020,
    .enabled = 0x00000311, /* FTHRES 4 bytes, sample shift */
    .start = quadspi_start,
    .set_up = quadspi_set_up,
};

/* OCTOSPI */

static void octospi_start(void)
{
    mprom_mmio_write32(hand->clock_enable, hand->clock_bit | 1u << 21); /* the manager's, too */
    serial_mpu(SERIAL_CLOSED);
    mprom_mmio_write32(hand->dcr, SIZE_8M);
    mprom_mmio_write32(0x5200500C, 3); /* DCR2: 16 MHz */
    mprom_mmio_write32(hand->cr, hand->enabled);
}

static void octospi_set_up(const struct hand_command *command)
{
    uint32_t ccr = 1u | (command->has_address ? 0x2100u : 0u) | lanes_field(command->data_lanes) << 24;
    mprom_mmio_write32(hand->cr, hand->enabled | (uint32_t)command->mode << 28);
    mprom_mmio_write32(0x52005108, command->dummy_clocks); /* TCR */
    mprom_mmio_write32(0x52005100, ccr);
    mprom_mmio_write32(0x52005110, command->opcode); /* IR */
}

const struct hand_controller hand_octospi = {
    .kind = SERIAL_OCTOSPI,
    .name = "OCTOSPI",
    .mode_register = "CR",
    .clock_enable = 0x580244D4,
    .clock_reset = 0x5802447C,
    .clock_bit = 1 << 14,
    .gpiod_moder = 0x58020C00,
    .cr = 0x52005000,
    .dcr = 0x52005008,
    .sr = 0x52005020,
    .fcr = 0x52005024,
    .dlr = 0x52005040,
    .ar = 0x52005048,
    .dr = 0x52005050,
    .enabled = 0x00000301, /* FTHRES 4 bytes */
    .start = octospi_start,
    .set_up = octospi_set_up,
};

/* Puts names in the place of @ and #. */
static void fill_in(char *text, size_t size, const char *pattern)
{
    text[0] = '\0';
    for (; *pattern != '\0'; pattern++) {
        const char one[2] = {*pattern, '\0'};
        const char *part = *pattern == '@' ? hand->name : *pattern == '#' ? hand->mode_register : one;
        strncat(text, part, size - 1 - strlen(text));
    }
}

void hand_expect_mistakes(struct serial_rig *rig, const struct hand_controller *controller,
                          const struct bus_mistake *mistakes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char violation[sizeof bus.first_violation];
        hand_open(rig, controller);
        fill_in(violation, sizeof violation, mistakes[i].violation);
        bus_expect_caught(controller->name, &(struct bus_mistake){mistakes[i].name, mistakes[i].make, violation});
        serial_rig_close(rig);
    }
    printf("%s: %zu mistakes caught\n", controller->name, count);
}
