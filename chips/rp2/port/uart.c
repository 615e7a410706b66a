/*
 * The console's UART. Channel 0 of the DMA takes what it receives into a ring, byte by byte: after each it asks for its
 * interrupt, which ends the CPU's sleep, and starts channel 1. That copies a register that nobody uses onto itself, and starts
 * channel 0 again.
 */
#include "arch/cortex_m/nvic.h"
#include "arch/mmio.h"
#include "chips/rp2/port/port.h"
#include "chips/rp2/regs/rp2040_regs.h"

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
    uint32_t divider = (8 * mprom_rp2_clock_hz() / baud + 1) / 2;
    mprom_mmio_write32(UART0_CR, 0);
    mprom_mmio_write32(UART0_IBRD, divider >> 6);
    mprom_mmio_write32(UART0_FBRD, divider & 0x3F);
    mprom_mmio_write32(UART0_LCR_H, UART_LCR_H_8N1_FIFO);
    mprom_mmio_write32(UART0_CR, UART_CR_ON);
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
    channel_set_up(DMA_NEXT, DMA_SNIFF_DATA, DMA_SNIFF_DATA);
    mprom_mmio_write32(DMA_CH0_AL1_CTRL + DMA_NEXT, DMA_CTRL_WORDS | DMA_CTRL_IRQ_QUIET |
                                                        DMA_TREQ_NONE << DMA_CTRL_TREQ_POS |
                                                        0u << DMA_CTRL_CHAIN_TO_POS | DMA_CTRL_EN);
    channel_set_up(0, UART0_DR, (uint32_t)(uintptr_t)ring);
    mprom_mmio_write32(DMA_INTE0, 1u << 0);
    mprom_mmio_write32(DMA_CH0_CTRL_TRIG, DMA_CTRL_INCR_WRITE | DMA_CTRL_RING_WRITES |
                                              (uint32_t)RING_SIZE_LOG2 << DMA_CTRL_RING_SIZE_POS |
                                              DMA_TREQ_UART0_RX << DMA_CTRL_TREQ_POS | 1u << DMA_CTRL_CHAIN_TO_POS |
                                              DMA_CTRL_EN);
    mprom_mmio_write32(UART0_DMACR, UART_DMACR_RX);
}

static void uart_open(uint32_t baud)
{
    const struct mprom_rp2_board *board = &mprom_rp2_board_facts;
    mprom_rp2_release(RESETS_IO_BANK0 | RESETS_PADS_BANK0 | RESETS_UART0 | RESETS_DMA);
    uart_start(baud);
    mprom_mmio_write32(IO_BANK0_GPIO0_CTRL + board->tx * IO_BANK0_NEXT, IO_CTRL_UART);
    mprom_mmio_write32(IO_BANK0_GPIO0_CTRL + board->rx * IO_BANK0_NEXT, IO_CTRL_UART);
    ring_open();
    mprom_nvic_enable(DMA_INTERRUPT);
}

static uint32_t uart_end(void)
{
    return mprom_mmio_read32(DMA_CH0_WRITE_ADDR) % RING_SIZE;
}

static void uart_rearm(void)
{
    mprom_mmio_write32(DMA_INTR, 1u << 0);
    mprom_nvic_clear(DMA_INTERRUPT);
}

static bool uart_has(uint32_t flag)
{
    return mprom_mmio_read32(UART0_FR) & flag;
}

static bool uart_write(uint8_t byte)
{
    if (uart_has(UART_FR_TXFF)) {
        return false;
    }
    mprom_mmio_write32(UART0_DR, byte);
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
