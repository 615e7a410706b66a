/*
 * FlexSPI of the i.MX RT as the bus of a SPI-NOR chip from which the program runs.
 *
 * The window in which the CPU reads the chip stays as the boot ROM or a loader has set it up: clock, pins and the sequence of
 * reads are theirs. Commands use a sequence of their own, the last one, and the way in which every such chip understands them:
 * one line. So a chip is driven that can already be read, and it stays readable, whatever fails.
 *
 * During an operation the window is closed by the MPU, and interrupts are masked. This file, cortex_m7.c, spi_nor, memcpy and
 * memset and what wait_us calls must lie in RAM, with their constants (chips/imxrt/port/imxrt_ram.ld).
 */
#ifndef MPROM_FLEXSPI_H
#define MPROM_FLEXSPI_H

#include "mprom/spi_nor.h"

struct mprom_flexspi {
    struct mprom_spi_nor_bus bus; /* for mprom_spi_nor_start() */
    uint32_t registers;
    uint32_t window; /* 256 MB of it are closed and opened */
    void (*wait_us)(uint32_t us);
    uint32_t reach; /* bytes that the window shows: 16 MiB if it reads with three address bytes */
    uint32_t irq;   /* what masked interrupts before the operation */
    uint32_t
        mcr0; /* as it was found, but with the FIFOs for registers: the boot ROM leaves that in a state of its own */
    bool is_started; /* a chip was found; before that, the clock is an eighth: below 50 MHz, which its tables need */
    bool is_mapped;
    bool is_busy;     /* the chip said so when it was last asked */
    bool has_changed; /* the chip's contents, in this operation */
    uint32_t changed_off;
    uint32_t changed_size; /* 0 if it is not known */
};

/*
 * Takes over the FlexSPI that the program runs from: where its registers are, and where the CPU sees the chip. The MPU is this driver's from now on: it uses the last region, and turns
 * the others off. wait_us is as in struct mprom_spi_nor_bus_ops. Registers are only read.
 *
 * Returns 0, or -MPROM_EOPNOTSUPP for a chip that is not read as SPI-NOR is: HyperFlash, eight lines, double data rate, opcodes
 * on four lines.
 */
int mprom_flexspi_open(struct mprom_flexspi *flexspi, uint32_t registers, uint32_t window,
                       void (*wait_us)(uint32_t us));

#endif
