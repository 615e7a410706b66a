/*
 * What the sources of the SPI-NOR driver share.
 *
 * Opcodes and bits: JEDEC JESD216 where the standard fixes them, else the data sheet of the W25Q64JV (Winbond,
 * revision J) and, for other makers, what U-Boot's and flashrom's tables of chips agree on.
 */
#ifndef MPROM_FLASH_SPI_NOR_INTERNAL_H
#define MPROM_FLASH_SPI_NOR_INTERNAL_H

#include "mprom/spi_nor.h"

enum mprom_spi_nor_opcode {
    MPROM_SPI_NOR_WRITE_STATUS = 0x01,
    MPROM_SPI_NOR_PROGRAM = 0x02,
    MPROM_SPI_NOR_WRITE_DISABLE = 0x04,
    MPROM_SPI_NOR_READ_STATUS = 0x05,
    MPROM_SPI_NOR_WRITE_ENABLE = 0x06,
    MPROM_SPI_NOR_READ = 0x0B,          /* with 8 dummy clocks, good for any clock of the bus; 03h is not */
    MPROM_SPI_NOR_READ_4BYTE = 0x0C,    /* JESD216 4-byte address instruction table, bit 1 */
    MPROM_SPI_NOR_PROGRAM_4BYTE = 0x12, /* bit 6 */
    MPROM_SPI_NOR_ERASE_4K = 0x20,
    MPROM_SPI_NOR_WRITE_STATUS_2 = 0x31,
    MPROM_SPI_NOR_READ_STATUS_2 =
        0x35, /* enters QPI on Macronix and ISSI: only where JESD216's rule 1, 4, 5 or 6 holds */
    MPROM_SPI_NOR_WRITE_STATUS_2_ALT = 0x3E, /* rule 3 */
    MPROM_SPI_NOR_READ_STATUS_2_ALT = 0x3F,
    MPROM_SPI_NOR_READ_SFDP = 0x5A,
    MPROM_SPI_NOR_RESET_ENABLE = 0x66,
    MPROM_SPI_NOR_QUAD_READ_4BYTE = 0x6C, /* 1-1-4; bit 4 */
    MPROM_SPI_NOR_RESET = 0x99,
    MPROM_SPI_NOR_READ_ID = 0x9F,
    MPROM_SPI_NOR_WAKE = 0xAB,
    MPROM_SPI_NOR_ENTER_4BYTE = 0xB7,
    MPROM_SPI_NOR_ERASE_64K = 0xD8,
    MPROM_SPI_NOR_LEAVE_4BYTE = 0xE9,
    MPROM_SPI_NOR_QUAD_IO_READ_4BYTE = 0xEC, /* 1-4-4; bit 5 */
};

enum mprom_spi_nor_status {
    MPROM_SPI_NOR_BUSY = 0x01,    /* data sheet W25Q64JV, status registers */
    MPROM_SPI_NOR_ENABLED = 0x02, /* the write enable latch */
    /* BP0 to BP2, and TB or BP3: with these 0 no bit above protects anything, but on Micron's. */
    MPROM_SPI_NOR_PROTECT = 0x3C,
    MPROM_SPI_NOR_COMPLEMENT = 0x4000, /* of register 2, CMP: what BP protects is what it does not */
};

extern const struct mprom_flash_ops mprom_spi_nor_flash_ops;

/* One command; a positive result of the bus is no success. */
int mprom_spi_nor_transfer(struct mprom_spi_nor *nor, const struct mprom_spi_nor_command *command);

/* Makes it a command without an address, all of it on so many lanes, with so much data still to come from somewhere.
 */
void mprom_spi_nor_prepare(struct mprom_spi_nor_command *command, uint8_t opcode, uint8_t lanes, uint32_t size);

/* A command with neither address nor data. */
int mprom_spi_nor_send(struct mprom_spi_nor *nor, uint8_t opcode);

/* Reads a register of size bytes. */
int mprom_spi_nor_read_register(struct mprom_spi_nor *nor, uint8_t opcode, uint8_t *dst, uint32_t size);

/* Waits until the chip is ready: 0, -MPROM_ETIMEDOUT, or -MPROM_EROFS if it refused what it was told. */
int mprom_spi_nor_wait(struct mprom_spi_nor *nor, uint32_t timeout_us);

/* Sends 06h and sees that it was taken. */
int mprom_spi_nor_enable_write(struct mprom_spi_nor *nor);

/* Write enable, the command, and the wait for its end. */
int mprom_spi_nor_write(struct mprom_spi_nor *nor, const struct mprom_spi_nor_command *command, uint32_t timeout_us);

/*
 * Fills in all that the chip's tables say: size, erases, program, read, rule for quad enable, time-outs. What they
 * leave open becomes what every chip can do. Errors as mprom_spi_nor_start().
 */
int mprom_spi_nor_read_tables(struct mprom_spi_nor *nor);

/* Makes the read the one that every chip has. */
void mprom_spi_nor_use_single_read(struct mprom_spi_nor *nor);

#endif
