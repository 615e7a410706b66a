#include "emulator/parts/nor_bus.h"

#include "emulator/parts/nor_frame.h"

enum {
    CLOCK_NS = 20,   /* 50 MHz */
    SELECT_NS = 100, /* chip select high between two commands */
};

static void pass_time(struct nor_bus *nor_bus, uint64_t ns)
{
    nor_bus->time_ns += ns;
    nor_chip_tick(nor_bus->chip, ns);
}

static int transfer(void *ctx, const struct mprom_spi_nor_command *command)
{
    struct nor_bus *nor_bus = ctx;
    const struct nor_frame frame = {
        .opcode = command->opcode,
        .opcode_lanes = command->opcode_lanes,
        .address = command->address,
        .address_size = command->address_size,
        .address_lanes = command->address_size != 0 ? command->address_lanes : 0,
        .mode = MPROM_SPI_NOR_MODE_BYTE,
        .mode_size = command->mode_size,
        .dummy_clocks = command->dummy_clocks,
        .data_lanes = command->size != 0 ? command->data_lanes : 0,
        .in = command->size != 0 ? command->in : NULL,
        .out = command->size != 0 ? command->out : NULL,
        .size = command->size,
    };
    nor_bus->transfers++;
    nor_bus->counts[command->opcode]++;
    nor_frame_send(&frame, nor_bus->chip);
    pass_time(nor_bus, (uint64_t)nor_frame_clocks(&frame) * CLOCK_NS + SELECT_NS);
    return 0;
}

static void wait_us(void *ctx, uint32_t us)
{
    pass_time(ctx, (uint64_t)us * 1000);
}

void nor_bus_open(struct nor_bus *nor_bus, struct nor_chip *chip, uint8_t lanes)
{
    static const struct mprom_spi_nor_bus_ops ops = {.transfer = transfer, .wait_us = wait_us};
    *nor_bus = (struct nor_bus){.bus = {.ops = &ops, .ctx = nor_bus, .lanes = lanes}, .chip = chip};
}
