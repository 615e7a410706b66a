/* The console's USART, which DMA empties into a ring, whatever the CPU does meanwhile. */
#include "arch/cortex_m/cortex_m7_regs.h"
#include "arch/cortex_m/nvic.h"
#include "arch/mmio.h"
#include "chips/stm32/port/family.h"
#include "chips/stm32/port/port.h"
#include "chips/stm32/regs/stm32f4_regs.h"

enum {
    CLOCKS_MIN = 32, /* of a bit: the rate is right within 1.6 % then; 16 is the least (RM0090 30.3.4) */
    RING_SIZE = 4096,
    LINE_SIZE = 32, /* of a Cortex-M7's data cache */
};

struct usart {
    uint32_t base;
    uint8_t number;
    bool on_apb2;
    uint8_t enable_bit;
    uint8_t interrupt;
    uint8_t dma; /* 1 or 2 */
    uint8_t stream;
    uint8_t channel; /* of F4 and F7 */
    uint8_t request; /* of the multiplexer of an H7 */
};

/* RM0090 2.3 (bases), 7.3.13 and 7.3.14 (clocks), table 62 (interrupts); the same in F7 and H7 (ST's headers).
   RM0090 tables 42 and 43 (DMA), ST's HAL for H7 (requests). */
static const struct usart usarts[] = {
    {0x40011000, 1, true, 4, 37, 2, 2, 4, 41},
    {0x40004400, 2, false, 17, 38, 1, 5, 4, 43},
    {0x40004800, 3, false, 18, 39, 1, 1, 4, 45},
    {0x40011400, 6, true, 5, 71, 2, 1, 5, 71},
};

static const struct usart *console = &usarts[0];

/* The CPU only reads it, so no line of it is ever written back. */
static _Alignas(LINE_SIZE) uint8_t ring[RING_SIZE];

static uint32_t stream_base(void)
{
    return mprom_stm32_family.dma_base + (console->dma - 1u) * DMA_DISTANCE + DMA_STREAM(console->stream);
}

/* Bytes go from the USART to the ring for ever, around and around (RM0090 10.3.17). */
static void ring_open(void)
{
    uint32_t enable = mprom_stm32_family.dma_enable;
    mprom_mmio_write32(enable, mprom_mmio_read32(enable) | 1u << (mprom_stm32_family.dma_bit + console->dma - 1u));
    uint32_t control = DMA_CR_MINC | DMA_CR_CIRC;
    if (mprom_stm32_family.dma_mux != 0) {
        mprom_mmio_write32(mprom_stm32_family.dma_mux + 4u * ((console->dma - 1u) * 8u + console->stream),
                           console->request);
    } else {
        control |= (uint32_t)console->channel << DMA_CR_CHSEL_POS;
    }
    mprom_mmio_write32(stream_base() + DMA_PAR, console->base + mprom_stm32_family.usart->receive);
    mprom_mmio_write32(stream_base() + DMA_M0AR, (uint32_t)(uintptr_t)ring);
    mprom_mmio_write32(stream_base() + DMA_NDTR, RING_SIZE);
    mprom_mmio_write32(stream_base() + DMA_CR, control);
    mprom_mmio_write32(stream_base() + DMA_CR, control | DMA_CR_EN);
    mprom_mmio_write32(console->base + mprom_stm32_family.usart->cr3, mprom_stm32_family.usart->cr3_bits);
}

static uint32_t uart_clock_hz(void)
{
    return console->on_apb2 ? mprom_stm32_rates()->apb2_hz : mprom_stm32_rates()->apb1_hz;
}

/* The rate can only be set while the USART is disabled: so says ST of F7 and H7, and an F4 does not mind. */
static void uart_start(uint32_t baud)
{
    const struct mprom_usart_layout *layout = mprom_stm32_family.usart;
    mprom_mmio_write32(console->base + layout->cr1, 0);
    mprom_mmio_write32(console->base + layout->brr, (uart_clock_hz() + baud / 2) / baud);
    mprom_mmio_write32(console->base + layout->cr1, layout->enable | USART_CR1_TE | USART_CR1_RE | USART_CR1_RXNEIE);
}

static void uart_open(uint32_t baud)
{
    const struct mprom_stm32_board *board = &mprom_stm32_board_facts;
    for (uint32_t i = 0; i < sizeof usarts / sizeof usarts[0]; i++) {
        if (usarts[i].number == board->uart) {
            console = &usarts[i];
        }
    }
    uint32_t enable = console->on_apb2 ? mprom_stm32_family.apb2_enable : mprom_stm32_family.apb1_enable;
    if (mprom_stm32_family.usart_clock != 0) {
        mprom_mmio_write32(mprom_stm32_family.usart_clock, 0); /* the USARTs run from their bus's clock */
    }
    mprom_stm32_pin_connect(board->tx, PIN_SLOW);
    mprom_stm32_pin_connect(board->rx, PIN_SLOW);
    mprom_mmio_write32(enable, mprom_mmio_read32(enable) | 1u << console->enable_bit);
    ring_open();
    uart_start(baud);
    mprom_nvic_enable(console->interrupt);
}

/* Where the DMA writes next. */
static uint32_t uart_end(void)
{
    return (RING_SIZE - mprom_mmio_read32(stream_base() + DMA_NDTR)) % RING_SIZE;
}

static void uart_rearm(void)
{
    mprom_nvic_clear(console->interrupt);
}

static void uart_refresh(const uint8_t *bytes, uint32_t size)
{
    if (mprom_mmio_read32(SCB_CCR) & SCB_CCR_DC) { /* 0 on a Cortex-M4 */
        uint32_t start = (uint32_t)(uintptr_t)bytes;
        for (uint32_t line = start & ~(LINE_SIZE - 1u); line < start + size; line += LINE_SIZE) {
            mprom_mmio_write32(SCB_DCCIMVAC, line);
        }
        mprom_cpu_barrier();
    }
}

static bool uart_has(uint32_t status)
{
    return mprom_mmio_read32(console->base + mprom_stm32_family.usart->status) & status;
}

static bool uart_write(uint8_t byte)
{
    if (!uart_has(USART_SR_TXE)) {
        return false;
    }
    mprom_mmio_write32(console->base + mprom_stm32_family.usart->transmit, byte);
    return true;
}

static void uart_set_baud(uint32_t baud)
{
    while (!uart_has(USART_SR_TC)) {
    }
    uart_start(baud);
}

static uint32_t uart_baud_max(void)
{
    return uart_clock_hz() / CLOCKS_MIN;
}

const struct mprom_uart_port mprom_stm32_uart = {
    .ring = ring,
    .ring_size = RING_SIZE,
    .room = RING_SIZE - 1, /* a ring that is full looks empty */
    .open = uart_open,
    .end = uart_end,
    .rearm = uart_rearm,
    .refresh = uart_refresh,
    .write = uart_write,
    .set_baud = uart_set_baud,
    .baud_max = uart_baud_max,
};
