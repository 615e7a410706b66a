/* SPI-NOR: commands, and the operations of the flash. */
#include "flash/spi_nor_internal.h"

#include <string.h>

/* In one time-out: pauses are short against what a chip typically needs, and their number is bounded. */
enum {
    POLLS = 2048
};

int mprom_spi_nor_transfer(struct mprom_spi_nor *nor, const struct mprom_spi_nor_command *command)
{
    int result = nor->bus.ops->transfer(nor->bus.ctx, command);
    return result > 0 ? -MPROM_EIO : result;
}

void mprom_spi_nor_prepare(struct mprom_spi_nor_command *command, uint8_t opcode, uint8_t lanes, uint32_t size)
{
    memset(command, 0, sizeof *command);
    command->opcode = opcode;
    command->opcode_lanes = lanes;
    command->address_lanes = lanes;
    command->data_lanes = lanes;
    command->size = size;
}

int mprom_spi_nor_send(struct mprom_spi_nor *nor, uint8_t opcode)
{
    return mprom_spi_nor_read_register(nor, opcode, NULL, 0);
}

int mprom_spi_nor_read_register(struct mprom_spi_nor *nor, uint8_t opcode, uint8_t *dst, uint32_t size)
{
    struct mprom_spi_nor_command command;
    mprom_spi_nor_prepare(&command, opcode, 1, size);
    command.in = dst;
    return mprom_spi_nor_transfer(nor, &command);
}

/*
 * A chip clears the write enable latch when an operation has ended, and leaves it set when it refused one because the
 * blocks are protected (data sheet W25Q64JV, WEL; that it stays set, Winbond's Verilog model of the W25Q32JV).
 */
static int look_for_refusal(struct mprom_spi_nor *nor, uint8_t status)
{
    if ((status & MPROM_SPI_NOR_ENABLED) == 0 || (status & MPROM_SPI_NOR_PROTECT) == 0) {
        return 0;
    }
    int err = mprom_spi_nor_send(nor, MPROM_SPI_NOR_WRITE_DISABLE);
    return err ? err : -MPROM_EROFS;
}

int mprom_spi_nor_wait(struct mprom_spi_nor *nor, uint32_t timeout_us)
{
    for (uint32_t polls = 0; polls <= POLLS; polls++) {
        uint8_t status = 0;
        int err = mprom_spi_nor_read_register(nor, MPROM_SPI_NOR_READ_STATUS, &status, 1);
        if (err) {
            return err;
        }
        if ((status & MPROM_SPI_NOR_BUSY) == 0) {
            nor->unfinished_us = 0;
            return look_for_refusal(nor, status);
        }
        nor->bus.ops->wait_us(nor->bus.ctx, timeout_us / POLLS + 1);
    }
    return -MPROM_ETIMEDOUT;
}

int mprom_spi_nor_enable_write(struct mprom_spi_nor *nor)
{
    uint8_t status = 0;
    int err = mprom_spi_nor_send(nor, MPROM_SPI_NOR_WRITE_ENABLE);
    if (err == 0) {
        err = mprom_spi_nor_read_register(nor, MPROM_SPI_NOR_READ_STATUS, &status, 1);
    }
    if (err == 0 && (status & (MPROM_SPI_NOR_ENABLED | MPROM_SPI_NOR_BUSY)) != MPROM_SPI_NOR_ENABLED) {
        err = -MPROM_EIO;
    }
    return err;
}

int mprom_spi_nor_write(struct mprom_spi_nor *nor, const struct mprom_spi_nor_command *command, uint32_t timeout_us)
{
    int err = mprom_spi_nor_enable_write(nor);
    if (err) {
        return err;
    }
    /* From here on the chip may be at work, even if the bus reports an error. */
    nor->unfinished_us = timeout_us;
    err = mprom_spi_nor_transfer(nor, command);
    return err ? err : mprom_spi_nor_wait(nor, timeout_us);
}

/*
 * One operation on the array: a read if there is no time-out. A chip that was left at work is waited for first; what
 * it is told before would be lost, what it is asked answered with nonsense.
 */
static int operate(struct mprom_spi_nor *nor, const struct mprom_spi_nor_command *command, uint32_t timeout_us)
{
    const struct mprom_spi_nor_bus *bus = &nor->bus;
    int err = bus->ops->begin != NULL ? bus->ops->begin(bus->ctx) : 0;
    if (err) {
        return err;
    }
    if (nor->unfinished_us != 0) {
        err = mprom_spi_nor_wait(nor, nor->unfinished_us);
    }
    if (err == 0 && command != NULL) {
        err = timeout_us == 0 ? mprom_spi_nor_transfer(nor, command) : mprom_spi_nor_write(nor, command, timeout_us);
    }
    int end_err = bus->ops->end != NULL ? bus->ops->end(bus->ctx, &nor->read) : 0;
    return err ? err : end_err;
}

static const void *op_map(const struct mprom_flash *flash, uint32_t off)
{
    const struct mprom_spi_nor_bus *bus = &((const struct mprom_spi_nor *)flash->ctx)->bus;
    return bus->ops->map == NULL ? NULL : bus->ops->map(bus->ctx, off);
}

/* Through the window where the CPU has one: a command for each piece would leave and enter memory-mapped mode. */
static int op_read(const struct mprom_flash *flash, uint32_t off, void *dst, uint32_t size)
{
    struct mprom_spi_nor *nor = flash->ctx;
    const void *mapped = nor->unfinished_us == 0 ? op_map(flash, off) : NULL;
    if (mapped != NULL) {
        memcpy(dst, mapped, size);
        return 0;
    }
    struct mprom_spi_nor_command command = nor->read;
    command.address = off;
    command.in = dst;
    command.size = size;
    return operate(nor, &command, 0);
}

static int op_program(const struct mprom_flash *flash, uint32_t off, const void *src, uint32_t size)
{
    struct mprom_spi_nor *nor = flash->ctx;
    struct mprom_spi_nor_command command;
    memcpy(nor->page, src, size); /* src may lie in the window, which is closed then */
    mprom_spi_nor_prepare(&command, nor->program_opcode, 1, size);
    command.address_size = nor->address_size;
    command.address = off;
    command.out = nor->page;
    return operate(nor, &command, nor->program_timeout_us);
}

static int op_erase(const struct mprom_flash *flash, uint32_t off, uint32_t size)
{
    struct mprom_spi_nor *nor = flash->ctx;
    for (int i = 0; i < MPROM_SPI_NOR_ERASES_MAX; i++) {
        if (nor->erases[i].size == size) {
            struct mprom_spi_nor_command command;
            mprom_spi_nor_prepare(&command, nor->erases[i].opcode, 1, 0);
            command.address_size = nor->address_size;
            command.address = off;
            return operate(nor, &command, nor->erases[i].timeout_us);
        }
    }
    return -MPROM_EINVAL;
}

/* Every operation is waited for, so there is something left only after a time-out. */
static int op_sync(const struct mprom_flash *flash)
{
    struct mprom_spi_nor *nor = flash->ctx;
    return nor->unfinished_us == 0 ? 0 : operate(nor, NULL, 0);
}

const struct mprom_flash_ops mprom_spi_nor_flash_ops = {
    .read = op_read, .program = op_program, .erase = op_erase, .sync = op_sync, .map = op_map};
