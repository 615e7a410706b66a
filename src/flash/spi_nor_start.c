/* SPI-NOR: from a chip in an unknown state to one that is known and ready. */
#include "flash/spi_nor_internal.h"

#include <string.h>

enum {
    STATUS_TIMEOUT_US = 100000, /* of a status register's write: 15 ms W25Q64JV, 40 ms MX25L3233F */
};

/*
 * A chip in continuous read takes what comes for an address and mode bits: 8 clocks of ones on four lines end that
 * (10 with 4-byte addresses), 16 (20) on two. FFh also leaves QPI, and means nothing otherwise (W25Q family's sheets;
 * JESD216 BFPT DW15, bits 15:10). One line alone does as well where pull-ups hold the others at 1. A chip in deep
 * power-down may hear nothing but ABh (W25Q64JV, Release Power-down). The reset is 66h and directly behind it 99h
 * (JESD216 BFPT DW16, bit 12). Each step is harmless to a chip that does not need it.
 */
static const struct {
    uint8_t opcode;
    uint8_t lanes;
    uint8_t ones_size; /* bytes of ones behind the opcode */
    uint8_t wait_us;
} reset_steps[] = {
    {0xFF, 4, 4, 0},
    {MPROM_SPI_NOR_RESET_ENABLE, 4, 0, 0},
    {MPROM_SPI_NOR_RESET, 4, 0, 100}, /* W25Q64JV: 30; what is not ready then says so */
    {0xFF, 1, 2, 0},
    {MPROM_SPI_NOR_WAKE, 1, 0, 50}, /* MX25R6435F: 40, in its SFDP; W25Q64JV: 3 */
    {MPROM_SPI_NOR_RESET_ENABLE, 1, 0, 0},
    {MPROM_SPI_NOR_RESET, 1, 0, 100},
};

static int reset(struct mprom_spi_nor *nor)
{
    static const uint8_t ones[] = {0xFF, 0xFF, 0xFF, 0xFF};
    for (size_t i = 0; i < sizeof reset_steps / sizeof reset_steps[0]; i++) {
        const uint8_t lanes = reset_steps[i].lanes;
        if (lanes > nor->bus.lanes) {
            continue;
        }
        struct mprom_spi_nor_command command;
        mprom_spi_nor_prepare(&command, reset_steps[i].opcode, lanes, reset_steps[i].ones_size);
        command.out = ones;
        int err = mprom_spi_nor_transfer(nor, &command);
        if (err) {
            return err;
        }
        nor->bus.ops->wait_us(nor->bus.ctx, reset_steps[i].wait_us);
    }
    return 0;
}

static int identify(struct mprom_spi_nor *nor)
{
    /* A write of a status register is not broken off by a reset. Whether it never ends is told by the id. */
    int err = mprom_spi_nor_wait(nor, STATUS_TIMEOUT_US);
    if (err == 0 || err == -MPROM_ETIMEDOUT) {
        err = mprom_spi_nor_read_register(nor, MPROM_SPI_NOR_READ_ID, nor->id, sizeof nor->id);
    }
    if (err == 0 && nor->id[0] == nor->id[1] && nor->id[0] == nor->id[2] &&
        (nor->id[0] == 0x00 || nor->id[0] == 0xFF)) {
        err = -MPROM_ENODEV;
    }
    return err;
}

/*
 * Where quad enable and protection are, by JESD216's rule (BFPT DW15, bits 22:20), in two status registers, the
 * second in bits 15:8. read is the opcode for the second, 0 if the rule knows none; write the one that writes it
 * alone, 0 if 01h writes it behind the first.
 */
static const struct quad_rule {
    uint8_t read;
    uint8_t write;
    uint16_t quad;    /* the bit that enables */
    uint16_t protect; /* the bits that protect */
} quad_rules[] = {
    [0] = {0, 0, 0, MPROM_SPI_NOR_PROTECT | 0x40}, /* Micron's, where BP3 is bit 6 */
    [1] = {MPROM_SPI_NOR_READ_STATUS_2, 0, 0x0200, MPROM_SPI_NOR_PROTECT | MPROM_SPI_NOR_COMPLEMENT},
    [2] = {0, 0, 0x0040, MPROM_SPI_NOR_PROTECT},
    [3] = {MPROM_SPI_NOR_READ_STATUS_2_ALT, MPROM_SPI_NOR_WRITE_STATUS_2_ALT, 0x8000, MPROM_SPI_NOR_PROTECT},
    [4] = {MPROM_SPI_NOR_READ_STATUS_2, 0, 0x0200, MPROM_SPI_NOR_PROTECT | MPROM_SPI_NOR_COMPLEMENT},
    [5] = {MPROM_SPI_NOR_READ_STATUS_2, 0, 0x0200, MPROM_SPI_NOR_PROTECT | MPROM_SPI_NOR_COMPLEMENT},
    [6] = {MPROM_SPI_NOR_READ_STATUS_2, MPROM_SPI_NOR_WRITE_STATUS_2, 0x0200,
           MPROM_SPI_NOR_PROTECT | MPROM_SPI_NOR_COMPLEMENT},
    [MPROM_SPI_NOR_QUAD_UNKNOWN] = {0, 0, 0, MPROM_SPI_NOR_PROTECT}, /* all that is certain */
};

static int read_registers(struct mprom_spi_nor *nor, const struct quad_rule *rule, uint32_t *status)
{
    uint8_t bytes[2] = {0, 0};
    int err = mprom_spi_nor_read_register(nor, MPROM_SPI_NOR_READ_STATUS, &bytes[0], 1);
    if (err == 0 && rule->read != 0) {
        err = mprom_spi_nor_read_register(nor, rule->read, &bytes[1], 1);
    }
    *status = bytes[0] | (uint32_t)bytes[1] << 8;
    return err;
}

static int write_register(struct mprom_spi_nor *nor, uint8_t opcode, uint32_t value, uint32_t size)
{
    const uint8_t bytes[] = {(uint8_t)value, (uint8_t)(value >> 8)};
    struct mprom_spi_nor_command command;
    mprom_spi_nor_prepare(&command, opcode, 1, size);
    command.out = bytes;
    int err = mprom_spi_nor_write(nor, &command, STATUS_TIMEOUT_US);
    /* Refused: the registers are locked, and what they protect stays protected. */
    return err == -MPROM_EROFS ? 0 : err;
}

/* Both registers together if they can be: under rule 1 the first alone clears the second. */
static int write_changed(struct mprom_spi_nor *nor, const struct quad_rule *rule, uint32_t changed, uint32_t wanted)
{
    bool together = rule->read != 0 && rule->write == 0;
    int err = 0;
    if ((together ? changed : changed & 0xFF) != 0) {
        err = write_register(nor, MPROM_SPI_NOR_WRITE_STATUS, wanted, together ? 2 : 1);
    }
    if (err == 0 && !together && changed >> 8 != 0) {
        err = write_register(nor, rule->write, wanted >> 8, 1);
    }
    return err;
}

/* Takes the protection off and switches quad reads on; falls back to one lane where that fails. */
static int unlock(struct mprom_spi_nor *nor)
{
    const struct quad_rule *rule = &quad_rules[nor->quad_rule];
    uint32_t status;
    int err = read_registers(nor, rule, &status);
    if (status >> 8 == 0xFF) {
        /* No second register says this, for its bits exclude each other: the chip does not answer that opcode. */
        rule = &quad_rules[MPROM_SPI_NOR_QUAD_UNKNOWN];
        status &= 0xFF;
        mprom_spi_nor_use_single_read(nor);
    }
    uint32_t wanted = (status & ~(uint32_t)rule->protect) | (nor->read.data_lanes == 4 ? rule->quad : 0);
    if (err == 0) {
        err = write_changed(nor, rule, status ^ wanted, wanted);
    }
    if (err == 0) {
        err = read_registers(nor, rule, &status);
    }
    if ((status & rule->quad) != rule->quad) {
        mprom_spi_nor_use_single_read(nor);
    }
    return err;
}

/* Some chips want write enable before B7h or E9h (JESD216 BFPT DW16, bits 25 and 15), the others do not mind. */
static int set_address_size(struct mprom_spi_nor *nor)
{
    if (nor->address_opcode == 0) {
        return 0;
    }
    int err = mprom_spi_nor_enable_write(nor);
    if (err == 0) {
        err = mprom_spi_nor_send(nor, nor->address_opcode);
    }
    return err ? err : mprom_spi_nor_send(nor, MPROM_SPI_NOR_WRITE_DISABLE);
}

static int find_out(struct mprom_spi_nor *nor)
{
    int err = reset(nor);
    if (err == 0) {
        err = identify(nor);
    }
    if (err == 0) {
        err = mprom_spi_nor_read_tables(nor);
    }
    if (err == 0) {
        err = unlock(nor);
    }
    return err ? err : set_address_size(nor);
}

int mprom_spi_nor_start(struct mprom_spi_nor *nor, const struct mprom_spi_nor_bus *bus)
{
    memset(nor, 0, sizeof *nor);
    nor->bus = *bus;
    int err = bus->ops->begin != NULL ? bus->ops->begin(bus->ctx) : 0;
    if (err) {
        return err;
    }
    err = find_out(nor);
    int end_err = bus->ops->end != NULL ? bus->ops->end(bus->ctx, err ? NULL : &nor->read) : 0;
    nor->flash = (struct mprom_flash){.ops = &mprom_spi_nor_flash_ops, .geometry = &nor->geometry, .ctx = nor};
    return err ? err : end_err;
}
