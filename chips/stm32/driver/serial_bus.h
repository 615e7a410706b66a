/*
 * What QUADSPI and OCTOSPI have in common as the bus of a SPI-NOR chip that the CPU reads at 0x90000000 between
 * operations: flags, FIFO, abort, and a window that is closed and opened again.
 *
 * Around each operation memory-mapped mode is left and entered again, and the MPU keeps the CPU from reading ahead
 * into the window: meanwhile neither code nor data there can be used, by interrupt handlers either. Firmware that
 * runs from the window must have the controller's driver, this one, cortex_m7.c and spi_nor in RAM.
 */
#ifndef MPROM_SERIAL_BUS_H
#define MPROM_SERIAL_BUS_H

#include "mprom/spi_nor.h"

enum {
    MPROM_SERIAL_FIFO_WORD =
        4, /* FTHRES is set to it: FTF says that so many bytes can be moved, or all that are left */
    MPROM_SERIAL_SELECT_GAP = 4, /* clocks between two commands; chips want 50 ns, at most 72 MHz */
    MPROM_SERIAL_PRESCALER_MAX = 16,
    MPROM_SERIAL_WINDOW_LOG2 = 28, /* 256 MB, the most that can be mapped */
};
#define MPROM_SERIAL_WINDOW 0x90000000u

/* FMODE, of the same values in both. */
enum mprom_serial_mode {
    MPROM_SERIAL_SENDS = 0,
    MPROM_SERIAL_RECEIVES = 1,
    MPROM_SERIAL_MAPPED = 3,
};

/* A controller, and what it does in its own way. Bits of CR and SR that this bus uses are the same in both. */
struct mprom_serial_controller {
    uint32_t rcc_enable; /* registers of RCC, and its bits in both */
    uint32_t rcc_reset;
    uint32_t rcc_bits;
    uint32_t base; /* of its registers, CR first */
    uint16_t sr;   /* offsets */
    uint16_t fcr;
    uint16_t dlr;
    uint16_t ar;
    uint16_t abr;
    uint16_t dr;
    uint8_t imode_pos; /* in CCR */
    uint8_t admode_pos;
    uint8_t abmode_pos;
    /*
     * Sets up a command, but for DLR and ABR, which are written before, and its address, which is after; without
     * address or data to send this starts it. format is CCR's IMODE, ADMODE, ADSIZE, ABMODE and DMODE.
     */
    void (*set_up)(const struct mprom_serial_controller *controller, const struct mprom_spi_nor_command *command,
                   uint32_t format, enum mprom_serial_mode mode);
    /*
     * Divides the clock of the bus by 1 to MPROM_SERIAL_PRESCALER_MAX from the next command on; nothing may be going
     * on.
     */
    void (*set_prescaler)(const struct mprom_serial_controller *controller, uint32_t prescaler);
};

struct mprom_serial_bus {
    struct mprom_spi_nor_bus bus; /* for mprom_spi_nor_start() */
    const struct mprom_serial_controller *controller;
    void (*wait_us)(uint32_t us);
    bool is_mapped;   /* the window is open */
    bool has_changed; /* the chip's contents, in this operation */
    uint32_t changed_off;
    uint32_t changed_size; /* 0 if it is not known */
};

/*
 * Closes the window, with region 7 of the MPU, which is used from now on, and resets the controller: the caller then
 * configures it. wait_us is as in struct mprom_spi_nor_bus_ops.
 */
void mprom_serial_bus_open(struct mprom_serial_bus *serial, const struct mprom_serial_controller *controller,
                           void (*wait_us)(uint32_t us));

/*
 * Changes the clock once the chip is started: until then it may be one that answers only slowly. read is how the
 * window reads the chip. Returns 0, or -MPROM_ETIMEDOUT or -MPROM_EIO if the controller does not obey; the window is
 * closed then.
 */
int mprom_serial_bus_set_prescaler(struct mprom_serial_bus *serial, uint32_t prescaler,
                                   const struct mprom_spi_nor_command *read);

#endif
