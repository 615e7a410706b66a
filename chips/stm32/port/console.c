/*
 * The console: a USART that DMA empties into a ring, whatever the CPU does meanwhile: 115200 baud are a byte each 87
 * us, and an erase stops the CPU for a second. No interrupt is taken; the USART's ends the CPU's sleep.
 */
#include "arch/cortex_m/cortex_m7_regs.h"
#include "arch/cortex_m/cortex_m_regs.h"
#include "arch/mmio.h"
#include "chips/stm32/port/family.h"
#include "chips/stm32/port/port.h"
#include "chips/stm32/regs/stm32f4_regs.h"
#include "micropython/firmware/board.h"

enum {
    CONSOLE_BAUD = 115200,
    CONSOLE_BAUD_MAX = 921600, /* what adapters to USB can do */
    CONSOLE_CLOCKS_MIN = 32,   /* of a bit: the rate is right within 1.6 % then; 16 is the least (RM0090 30.3.4) */
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
static uint32_t ring_pos; /* of the next byte to take */

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

static uint32_t console_clock_hz(void)
{
    return console->on_apb2 ? mprom_clock_rates()->apb2_hz : mprom_clock_rates()->apb1_hz;
}

/* The rate can only be set while the USART is disabled: so says ST of F7 and H7, and an F4 does not mind. */
static void console_start(uint32_t baud)
{
    const struct mprom_usart_layout *layout = mprom_stm32_family.usart;
    mprom_mmio_write32(console->base + layout->cr1, 0);
    mprom_mmio_write32(console->base + layout->brr, (console_clock_hz() + baud / 2) / baud);
    mprom_mmio_write32(console->base + layout->cr1, layout->enable | USART_CR1_TE | USART_CR1_RE | USART_CR1_RXNEIE);
}

void mprom_console_open(const struct mprom_stm32_board *board)
{
    for (uint32_t i = 0; i < sizeof usarts / sizeof usarts[0]; i++) {
        if (usarts[i].number == board->uart) {
            console = &usarts[i];
        }
    }
    uint32_t enable = console->on_apb2 ? mprom_stm32_family.apb2_enable : mprom_stm32_family.apb1_enable;
    if (mprom_stm32_family.usart_clock != 0) {
        mprom_mmio_write32(mprom_stm32_family.usart_clock, 0); /* the USARTs run from their bus's clock */
    }
    mprom_pin_connect(board->tx, PIN_SLOW);
    mprom_pin_connect(board->rx, PIN_SLOW);
    mprom_mmio_write32(enable, mprom_mmio_read32(enable) | 1u << console->enable_bit);
    ring_open();
    console_start(CONSOLE_BAUD);
    mprom_mmio_write32(NVIC_ISER + console->interrupt / 32u * 4u, 1u << (console->interrupt % 32u));
}

/* Where the DMA writes next. */
static uint32_t ring_end(void)
{
    return (RING_SIZE - mprom_mmio_read32(stream_base() + DMA_NDTR)) % RING_SIZE;
}

/* The interrupt that a byte leaves behind is cleared first: one that comes after this look ends the next sleep. */
bool mprom_console_ready(void)
{
    mprom_mmio_write32(NVIC_ICPR + console->interrupt / 32u * 4u, 1u << (console->interrupt % 32u));
    return ring_end() != ring_pos;
}

/* Lets the CPU see what the DMA has written meanwhile. */
static void ring_refresh(uint32_t pos, uint32_t size)
{
    if (mprom_mmio_read32(SCB_CCR) & SCB_CCR_DC) { /* 0 on a Cortex-M4 */
        for (uint32_t line = pos & ~(LINE_SIZE - 1u); line < pos + size; line += LINE_SIZE) {
            mprom_mmio_write32(SCB_DCCIMVAC, (uint32_t)(uintptr_t)&ring[line]);
        }
        mprom_cpu_barrier();
    }
}

/* What lies behind the ring's end is for the next call. */
size_t board_console_read(uint8_t *dst, size_t size)
{
    mprom_clock_update();
    if (!mprom_console_ready()) {
        return 0;
    }
    uint32_t end = ring_end();
    uint32_t there = (end > ring_pos ? end : RING_SIZE) - ring_pos;
    uint32_t count = size < there ? (uint32_t)size : there;
    ring_refresh(ring_pos, count);
    const volatile uint8_t *from = &ring[ring_pos];
    for (uint32_t i = 0; i < count; i++) {
        dst[i] = from[i];
    }
    ring_pos = (ring_pos + count) % RING_SIZE;
    return count;
}

/* A ring that is full looks empty. */
size_t board_console_room(void)
{
    return RING_SIZE - 1;
}

uint32_t board_console_baud_max(void)
{
    uint32_t baud = console_clock_hz() / CONSOLE_CLOCKS_MIN;
    return baud < CONSOLE_BAUD_MAX ? baud : CONSOLE_BAUD_MAX;
}

void board_console_set_baud(uint32_t baud)
{
    while (!(mprom_mmio_read32(console->base + mprom_stm32_family.usart->status) & USART_SR_TC)) {
    }
    console_start(baud > 0 ? baud : CONSOLE_BAUD);
}

void board_console_write(const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        while (!(mprom_mmio_read32(console->base + mprom_stm32_family.usart->status) & USART_SR_TXE)) {
        }
        mprom_mmio_write32(console->base + mprom_stm32_family.usart->transmit, (uint8_t)bytes[i]);
    }
}
