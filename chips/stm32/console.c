/* The console: a polled USART. Its interrupt is never taken; it ends the CPU's sleep. */
#include "chips/mmio.h"
#include "family.h"
#include "micropython/firmware/board.h"
#include "port.h"
#include "stm32f4_regs.h"

enum {
    CONSOLE_BAUD = 115200
};

struct usart {
    uint32_t base;
    uint8_t number;
    bool on_apb2;
    uint8_t enable_bit;
    uint8_t interrupt;
};

/* RM0090 2.3 (bases), 7.3.13 and 7.3.14 (clocks), table 62 (interrupts); the same in F7 and H7 (ST's headers). */
static const struct usart usarts[] = {
    {0x40011000, 1, true, 4, 37},
    {0x40004400, 2, false, 17, 38},
    {0x40004800, 3, false, 18, 39},
    {0x40011400, 6, true, 5, 71},
};

static const struct usart *console = &usarts[0];

void console_open(const struct stm32_board *board)
{
    for (uint32_t i = 0; i < sizeof usarts / sizeof usarts[0]; i++) {
        if (usarts[i].number == board->uart) {
            console = &usarts[i];
        }
    }
    const struct usart_layout *layout = stm32_family.usart;
    uint32_t enable = console->on_apb2 ? stm32_family.apb2_enable : stm32_family.apb1_enable;
    if (stm32_family.usart_clock != 0) {
        mmio_write32(stm32_family.usart_clock, 0); /* the USARTs run from their bus's clock */
    }
    pin_connect(board->tx, PIN_SLOW);
    pin_connect(board->rx, PIN_SLOW);
    mmio_write32(enable, mmio_read32(enable) | 1u << console->enable_bit);
    uint32_t clock_hz = console->on_apb2 ? clock_rates()->apb2_hz : clock_rates()->apb1_hz;
    mmio_write32(console->base + layout->brr, (clock_hz + CONSOLE_BAUD / 2) / CONSOLE_BAUD);
    mmio_write32(console->base + layout->cr1, layout->enable | USART_CR1_TE | USART_CR1_RE | USART_CR1_RXNEIE);
    mmio_write32(NVIC_ISER + console->interrupt / 32u * 4u, 1u << (console->interrupt % 32u));
}

bool console_ready(void)
{
    return (mmio_read32(console->base + stm32_family.usart->status) & USART_SR_RXNE) != 0;
}

int board_console_read(void)
{
    clock_update();
    if (!console_ready()) {
        return -1;
    }
    if (stm32_family.usart->clear != 0) {
        mmio_write32(console->base + stm32_family.usart->clear,
                     USART_F7_ICR_ORECF); /* an overrun would keep further bytes out */
    }
    int byte = (int)(mmio_read32(console->base + stm32_family.usart->receive) & 0xFF);
    mmio_write32(NVIC_ICPR + console->interrupt / 32u * 4u, 1u << (console->interrupt % 32u));
    return byte;
}

void board_console_write(const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        while (!(mmio_read32(console->base + stm32_family.usart->status) & USART_SR_TXE)) {
        }
        mmio_write32(console->base + stm32_family.usart->transmit, (uint8_t)bytes[i]);
    }
}
