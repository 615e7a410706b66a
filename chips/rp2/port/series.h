/* Where a series has the blocks that the port uses, and what differs in them. Bits and offsets are those of regs/. */
#ifndef MPROM_RP2_PORT_SERIES_H
#define MPROM_RP2_PORT_SERIES_H

#include "mprom/flash.h"

/* Addresses of blocks, unless something else is said. */
struct mprom_rp2_series {
    uint32_t clocks;
    uint32_t io_bank0;
    uint32_t pads_bank0;
    uint32_t pll_sys;
    uint32_t psm;
    uint32_t resets;
    uint32_t timer;
    uint32_t uart0;
    uint32_t watchdog;
    uint32_t xosc;

    uint32_t held_pll; /* bits of RESETS */
    uint32_t held_timer;
    uint32_t held_console; /* UART0, DMA and the pins */

    uint32_t rosc_hz; /* about: until the crystal runs */
    uint32_t pll_hz;  /* the crystal times a whole number, by postdiv1 and postdiv2 */
    uint32_t postdiv1;
    uint32_t postdiv2;
    uint32_t wdsel_all; /* what a reset by the watchdog resets */

    uint32_t timer_intr; /* offset of INTR; INTE lies behind it */
    uint32_t timer_interrupt;
    uint32_t dma_interrupt;
    uint32_t dma_ring; /* CTRL of a channel that takes UART0's bytes into a ring: without its size and its chain */
    uint32_t dma_copy; /* CTRL of one that copies a word and makes no interrupt: without its chain */
    uint32_t dma_ring_size_pos;
    uint32_t dma_chain_to_pos;
    uint32_t dma_unused; /* a register that nobody uses */
    uint32_t pad;        /* what the pads of the console get; 0: as after a reset */

    /* A tick of a microsecond for timer and watchdog, of a clock that has so many cycles in one. */
    void (*start_ticks)(uint32_t cycles);
    int (*open_flash)(const struct mprom_flash **flash, uint32_t clock_hz);
};

/* The one that the firmware is for. */
extern const struct mprom_rp2_series mprom_rp2_series;

#endif
