/* The console: a polled USART. Its interrupt is never taken; it ends the CPU's sleep. */
#include "chips/mmio.h"
#include "micropython/firmware/board.h"
#include "port.h"
#include "stm32f4_regs.h"

enum {
    CONSOLE_BAUD = 115200
};

struct usart {
    uint32_t base;
    uint32_t enable_register;
    uint8_t number;
    uint8_t enable_bit;
    uint8_t interrupt;
};

/* RM0090 2.3 (bases), 7.3.13 and 7.3.14 (clocks), table 62 (interrupts). */
static const struct usart usarts[] = {
    {0x40011000, RCC_APB2ENR, 1, 4, 37},
    {0x40004400, RCC_APB1ENR, 2, 17, 38},
    {0x40004800, RCC_APB1ENR, 3, 18, 39},
    {0x40011400, RCC_APB2ENR, 6, 5, 71},
};

/* Where a family's USARTs have their registers, and the one bit that is not where it was. */
struct usart_layout {
    uint8_t status;
    uint8_t receive;
    uint8_t transmit;
    uint8_t brr;
    uint8_t cr1;
    uint32_t enable;
};

static const struct usart_layout layout_f4 = {USART_SR, USART_DR, USART_DR, USART_BRR, USART_CR1, USART_CR1_UE};
static const struct usart_layout layout_f7 = {USART_F7_ISR, USART_F7_RDR, USART_F7_TDR,
                                              USART_F7_BRR, USART_F7_CR1, USART_F7_CR1_UE};

static const struct usart *console = &usarts[0];
static const struct usart_layout *layout = &layout_f4;

void console_open(const struct stm32_board *board)
{
    for (uint32_t i = 0; i < sizeof usarts / sizeof usarts[0]; i++) {
        if (usarts[i].number == board->uart) {
            console = &usarts[i];
        }
    }
    if (stm32_board_is_f7(board)) {
        layout = &layout_f7;
        mmio_write32(RCC_DCKCFGR2, 0); /* the USARTs run from their bus's clock */
    }
    pin_connect(board->tx, PIN_SLOW);
    pin_connect(board->rx, PIN_SLOW);
    mmio_write32(console->enable_register, mmio_read32(console->enable_register) | 1u << console->enable_bit);
    mmio_write32(console->base + layout->brr, (PORT_CLOCK_HZ + CONSOLE_BAUD / 2) / CONSOLE_BAUD);
    mmio_write32(console->base + layout->cr1, layout->enable | USART_CR1_TE | USART_CR1_RE | USART_CR1_RXNEIE);
    mmio_write32(NVIC_ISER + console->interrupt / 32u * 4u, 1u << (console->interrupt % 32u));
}

bool console_ready(void)
{
    return (mmio_read32(console->base + layout->status) & USART_SR_RXNE) != 0;
}

int board_console_read(void)
{
    clock_update();
    if (!console_ready()) {
        return -1;
    }
    if (layout == &layout_f7) {
        mmio_write32(console->base + USART_F7_ICR, USART_F7_ICR_ORECF); /* an overrun would keep further bytes out */
    }
    int byte = (int)(mmio_read32(console->base + layout->receive) & 0xFF);
    mmio_write32(NVIC_ICPR + console->interrupt / 32u * 4u, 1u << (console->interrupt % 32u));
    return byte;
}

void board_console_write(const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        while (!(mmio_read32(console->base + layout->status) & USART_SR_TXE)) {
        }
        mmio_write32(console->base + layout->transmit, (uint8_t)bytes[i]);
    }
}
