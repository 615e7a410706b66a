/*
 * The console's UART, a PL011 that holds 32 bytes. Nothing takes them while the flash is erased or programmed, and the
 * boot ROM does not say when it only waits.
 */
#include "arch/cortex_m/nvic.h"
#include "arch/mmio.h"
#include "chips/rp2/port/port.h"
#include "chips/rp2/regs/rp2040_regs.h"

enum {
    RING_SIZE = 1024,
    SAMPLES = 16, /* of a bit */
};

static uint8_t ring[RING_SIZE];

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

static void uart_open(uint32_t baud)
{
    const struct mprom_rp2_board *board = &mprom_rp2_board_facts;
    mprom_rp2_release(RESETS_IO_BANK0 | RESETS_PADS_BANK0 | RESETS_UART0);
    uart_start(baud);
    mprom_mmio_write32(IO_BANK0_GPIO0_CTRL + board->tx * IO_BANK0_NEXT, IO_CTRL_UART);
    mprom_mmio_write32(IO_BANK0_GPIO0_CTRL + board->rx * IO_BANK0_NEXT, IO_CTRL_UART);
    mprom_mmio_write32(UART0_IMSC, UART_RX_AND_TIMEOUT);
    mprom_nvic_enable(UART0_INTERRUPT);
}

static bool uart_has(uint32_t flag)
{
    return mprom_mmio_read32(UART0_FR) & flag;
}

static int uart_take(void)
{
    return uart_has(UART_FR_RXFE) ? -1 : (int)(uint8_t)mprom_mmio_read32(UART0_DR);
}

static void uart_rearm(void)
{
    mprom_nvic_clear(UART0_INTERRUPT);
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
    .room = RING_SIZE - 1, /* the line of the emulated board waits for the program */
    .open = uart_open,
    .take = uart_take,
    .rearm = uart_rearm,
    .write = uart_write,
    .set_baud = uart_set_baud,
    .baud_max = uart_baud_max,
};
