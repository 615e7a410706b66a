/*
 * The console's UART. Channel 0 of the DMA takes what it receives into a ring, byte by byte: after each it asks for its
 * interrupt, which ends the CPU's sleep, and starts channel 1. That copies a register that nobody uses onto itself, and starts
 * channel 0 again.
 */
#include "arch/cortex_m/nvic.h"
#include "arch/mmio.h"
#include "chips/rp2/port/port.h"
#include "chips/rp2/port/series.h"
#include "chips/rp2/regs/rp2_regs.h"

enum {
    RING_SIZE_LOG2 = 11,
    RING_SIZE = 1 << RING_SIZE_LOG2,
    SAMPLES = 16, /* of a bit */
};

/* DMA goes round in what is aligned to its size. */
static uint8_t ring[RING_SIZE] __attribute__((aligned(RING_SIZE)));

/* Rate and format count together, while the UART is off. Of the divider 6 bits are a fraction. */
static void uart_start(uint32_t baud)
{
    uint32_t uart = mprom_rp2_series.uart0;
    uint32_t divider = (8 * mprom_rp2_clock_hz() / baud + 1) / 2;
    mprom_mmio_write32(uart + UART_CR_OFF, 0);
    mprom_mmio_write32(uart + UART_IBRD_OFF, divider >> 6);
    mprom_mmio_write32(uart + UART_FBRD_OFF, divider & 0x3F);
    mprom_mmio_write32(uart + UART_LCR_H_OFF, UART_LCR_H_8N1_FIFO);
    mprom_mmio_write32(uart + UART_CR_OFF, UART_CR_ON);
}

static void channel_set_up(uint32_t place, uint32_t from, uint32_t to)
{
    mprom_mmio_write32(DMA_CH0_READ_ADDR + place, from);
    mprom_mmio_write32(DMA_CH0_WRITE_ADDR + place, to);
    mprom_mmio_write32(DMA_CH0_TRANS_COUNT + place, 1);
}

/* Channel 0 comes last, because it starts at once. */
static void ring_open(void)
{
    const struct mprom_rp2_series *series = &mprom_rp2_series;
    channel_set_up(DMA_NEXT, series->dma_unused, series->dma_unused);
    mprom_mmio_write32(DMA_CH0_AL1_CTRL + DMA_NEXT, series->dma_copy | 0u << series->dma_chain_to_pos);
    channel_set_up(0, series->uart0 + UART_DR_OFF, (uint32_t)(uintptr_t)ring);
    mprom_mmio_write32(DMA_INTE0, 1u << 0);
    mprom_mmio_write32(DMA_CH0_CTRL_TRIG, series->dma_ring | (uint32_t)RING_SIZE_LOG2 << series->dma_ring_size_pos |
                                              1u << series->dma_chain_to_pos);
    mprom_mmio_write32(series->uart0 + UART_DMACR_OFF, UART_DMACR_RX);
}

/* The pad comes last: an RP2350 holds it as it was until its isolation ends. */
static void pin_connect(uint32_t pin)
{
    const struct mprom_rp2_series *series = &mprom_rp2_series;
    mprom_mmio_write32(series->io_bank0 + IO_BANK0_GPIO0_CTRL_OFF + pin * IO_BANK0_NEXT, IO_CTRL_UART);
    if (series->pad != 0) {
        mprom_mmio_write32(series->pads_bank0 + PADS_BANK0_GPIO0_OFF + pin * PADS_BANK0_NEXT, series->pad);
    }
}

static void uart_open(uint32_t baud)
{
    mprom_rp2_release(mprom_rp2_series.held_console);
    uart_start(baud);
    pin_connect(mprom_rp2_board_facts.tx);
    pin_connect(mprom_rp2_board_facts.rx);
    ring_open();
    mprom_nvic_enable(mprom_rp2_series.dma_interrupt);
}

static uint32_t uart_end(void)
{
    return mprom_mmio_read32(DMA_CH0_WRITE_ADDR) % RING_SIZE;
}

static void uart_rearm(void)
{
    mprom_mmio_write32(DMA_INTR, 1u << 0);
    mprom_nvic_clear(mprom_rp2_series.dma_interrupt);
}

static bool uart_has(uint32_t flag)
{
    return mprom_mmio_read32(mprom_rp2_series.uart0 + UART_FR_OFF) & flag;
}

static bool uart_write(uint8_t byte)
{
    if (uart_has(UART_FR_TXFF)) {
        return false;
    }
    mprom_mmio_write32(mprom_rp2_series.uart0 + UART_DR_OFF, byte);
    return true;
}

static void uart_set_baud(uint32_t baud)
{
    while (uart_has(UART_FR_BUSY)) {
    }
    uart_start(baud);
}

static uint32_t uart_baud_max(void)
{
    return mprom_rp2_clock_hz() / SAMPLES;
}

const struct mprom_uart_port mprom_rp2_uart = {
    .ring = ring,
    .ring_size = RING_SIZE,
    .room = RING_SIZE - 1, /* a ring that is full looks empty */
    .open = uart_open,
    .end = uart_end,
    .rearm = uart_rearm,
    .write = uart_write,
    .set_baud = uart_set_baud,
    .baud_max = uart_baud_max,
};
