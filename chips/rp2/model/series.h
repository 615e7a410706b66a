/*
 * Where an RP2040 and an RP2350 have the blocks that both of them have, and what differs in them. Written from
 * chips/rp2/facts.md, as are all models of this family.
 */
#ifndef MPROM_RP2_SERIES_H
#define MPROM_RP2_SERIES_H

#include <stdbool.h>
#include <stdint.h>

/* A block of registers. reset is its number in RESETS, interrupt the first one that it asks for. */
struct rp2_place {
    uint32_t base;
    uint8_t reset;
    uint8_t interrupt;
};

struct rp2_series {
    const char *part; /* "RP2040" */
    struct rp2_place dma;
    struct rp2_place io_bank0;
    struct rp2_place io_qspi;
    struct rp2_place pads_bank0;
    struct rp2_place pads_qspi;
    struct rp2_place pll_sys;
    struct rp2_place timer;
    struct rp2_place uart0;
    uint32_t clocks;
    uint32_t xosc;
    uint32_t psm;
    uint32_t watchdog;
    uint32_t resets;
    uint32_t resets_all; /* a bit for each block in RESETS */

    /* CLOCKS */
    uint32_t sys_ctrl_reset;
    uint32_t sys_hz_max;
    uint32_t rosc_hz;
    uint32_t wake; /* WAKE_EN0, WAKE_EN1 behind it */

    /* DMA: CTRL */
    uint8_t dma_incr_write; /* positions of bits */
    uint8_t dma_ring_size;
    uint8_t dma_ring_writes;
    uint8_t dma_chain_to;
    uint8_t dma_treq;
    uint8_t dma_irq_quiet;
    uint8_t dma_busy;
    uint8_t dma_uart0_rx;     /* the request of UART0's receiver */
    uint32_t dma_others;      /* bits of CTRL that are not modelled */
    uint32_t dma_sniff;       /* offset of SNIFF_DATA */
    uint32_t dma_count_modes; /* bits of TRANS_COUNT that are no count */

    /* IO_QSPI and PADS_QSPI */
    uint8_t io_qspi_first; /* offset of SCLK's CTRL */
    uint8_t outover;       /* position */
    uint32_t io_ctrl_bits; /* FUNCSEL, OUTOVER, INOVER */
    uint16_t pad_sclk;     /* after a reset */
    uint16_t pad_ss;
    uint16_t pad_sd[4];
    uint16_t pad_bits;
    uint16_t pad_iso; /* the pad keeps what it was: 0 on a chip without */

    /* PADS_BANK0 */
    uint8_t gpios;
    uint16_t pad_gpio;

    /* TIMER, PSM */
    uint8_t timer_intr; /* offset of INTR, INTE behind it */
    uint32_t wdsel_bits;
    uint32_t wdsel_needed; /* all but the oscillators */
    bool has_watchdog_tick;
    uint32_t sio_select;     /* chip select of the flash in GPIO_HI_IN */
    uint8_t counts_per_tick; /* of the watchdog's LOAD */
};

extern const struct rp2_series rp2040_series;
extern const struct rp2_series rp2350_series;

#endif
