/*
 * SPI-NOR: the flash chips that nearly every board without enough internal flash has (W25Q, MX25, GD25Q, IS25,
 * S25FL).
 *
 * One driver for all of them: what a chip is, it says itself in its SFDP tables (JEDEC JESD216). What differs from
 * board to board is the controller that the chip hangs on; that is the bus, a handful of functions, below.
 *
 * Errors are negative values of enum mprom_error. Everything blocks; nothing is for interrupt handlers. Where code
 * runs from the same chip, this driver and the bus lie in RAM: by the linker script, there is no #if for it.
 */
#ifndef MPROM_SPI_NOR_H
#define MPROM_SPI_NOR_H

#include "mprom/flash.h"

/*
 * One command: chip select low, these phases in this order, chip select high. Bytes go most significant bit first,
 * an address most significant byte first.
 */
struct mprom_spi_nor_command {
    uint8_t opcode;
    uint8_t opcode_lanes;  /* 1; also 4 if the bus has 4 lanes */
    uint8_t address_size;  /* bytes: 0 for no address, 3 or 4 */
    uint8_t address_lanes; /* 1 or 4; of the mode byte too */
    uint8_t mode_size;     /* 1 if MPROM_SPI_NOR_MODE_BYTE follows the address, else 0 */
    uint8_t dummy_clocks;  /* clocks between that and the data, at most 31 */
    uint8_t data_lanes;    /* 1 or 4 */
    uint32_t address;
    uint8_t *in;        /* where data from the chip goes, or NULL */
    const uint8_t *out; /* data for the chip, or NULL; at most MPROM_SPI_NOR_OUT_SIZE_MAX bytes */
    uint32_t size;      /* bytes of data; 0 for none */
};

enum {
    MPROM_SPI_NOR_MODE_BYTE = 0xFF, /* anything but what keeps a chip in continuous read */
    MPROM_SPI_NOR_OUT_SIZE_MAX = 256,
    MPROM_SPI_NOR_ERASES_MAX = 4,
};

struct mprom_spi_nor_bus_ops {
    /*
     * Does one command; returns 0 or a negative error when it has ended. A read of the array (an address, and data
     * in) may be done as several commands, each going on where the last ended; any other command is one.
     */
    int (*transfer)(void *ctx, const struct mprom_spi_nor_command *command);
    /* Returns after at least us microseconds, and not much later; must not use this bus. All time-outs count by it.
     */
    void (*wait_us)(void *ctx, uint32_t us);
    /*
     * Called before the first and after the last command of every operation, at most one erase or page program: the
     * place to leave memory-mapped mode and mask interrupts, and to undo that and drop caches. Either may be NULL.
     * end is called if begin returned 0, also after errors; read is how memory-mapped mode is to read (address, in
     * and size mean nothing), NULL if the chip could not be started.
     */
    int (*begin)(void *ctx);
    int (*end)(void *ctx, const struct mprom_spi_nor_command *read);
    /*
     * Where the CPU reads the byte at off, and all that follow it, between operations; may be NULL. NULL too where
     * nothing can be read so now, as after an end that failed: then reads are commands.
     */
    const void *(*map)(void *ctx, uint32_t off);
};

struct mprom_spi_nor_bus {
    const struct mprom_spi_nor_bus_ops *ops;
    void *ctx;
    uint8_t lanes; /* 1, or 4 if all four data lines are connected */
};

/* The driver's state; read what you like, change nothing. It points into itself: it must not be copied or moved. */
struct mprom_spi_nor {
    struct mprom_flash flash; /* hand &nor->flash to whoever wants a flash */
    struct mprom_spi_nor_bus bus;
    struct mprom_flash_geometry geometry;
    struct mprom_flash_region region;
    struct mprom_spi_nor_command read; /* how the array is read */
    struct {
        uint32_t size; /* bytes, ascending; 0 ends the list */
        uint32_t timeout_us;
        uint8_t opcode;
    } erases[MPROM_SPI_NOR_ERASES_MAX];
    uint8_t page[MPROM_SPI_NOR_OUT_SIZE_MAX]; /* what is programmed */
    uint32_t program_timeout_us;
    uint32_t unfinished_us; /* time-out of an operation that has not been seen to end, else 0 */
    uint8_t id[3];          /* JEDEC: manufacturer, type, capacity */
    uint8_t program_opcode;
    uint8_t address_size;
    uint8_t quad_rule;      /* JESD216's quad enable requirement, 0 to 6, or MPROM_SPI_NOR_QUAD_UNKNOWN */
    uint8_t address_opcode; /* what switches the width of addresses at start, or 0 */
};

enum {
    MPROM_SPI_NOR_QUAD_UNKNOWN = 7 /* also what the standard has reserved */
};

/*
 * Finds out what chip hangs on the bus and makes it ready: out of continuous read, QPI, power-down and whatever else
 * an earlier program has left it in, reset, block protection off, quad reads on if bus and chip have them. Protection
 * and quad enable are bits that outlast power; they are written only if they are not already as wanted.
 *
 * The bus is copied, its ctx must live as long as nor. Blocks for less than a second. An operation that was running
 * (the CPU was reset, the chip was not) is broken off, as if power had failed.
 *
 * Returns 0, or
 *   -MPROM_ENODEV     no chip answers, or it is busy for ever
 *   -MPROM_EBADMSG    its tables contradict themselves
 *   -MPROM_EOPNOTSUPP its tables say nothing that this driver can use, or there are none and the id is no help either
 *   -MPROM_ETIMEDOUT  it was not ready in time
 *   -MPROM_EIO        it does not take write enable, or what the bus returned
 * After an error nor may be started again and serves for nothing else. A chip whose protection cannot be taken off,
 * or whose quad reads cannot be switched on, starts: programs of what is protected are -MPROM_EROFS, reads use one
 * lane.
 */
int mprom_spi_nor_start(struct mprom_spi_nor *nor, const struct mprom_spi_nor_bus *bus);

#endif
