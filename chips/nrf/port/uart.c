/*
 * The console's UART. An nRF51 has no DMA for it, and it holds six bytes. The kit takes them whenever it looks for input;
 * what comes while the flash is busy, the driver of that has kept until then.
 */
#include "arch/cortex_m/nvic.h"
#include "arch/mmio.h"
#include "chips/nrf/port/port.h"
#include "chips/nrf/regs/nrf_regs.h"

enum {
    RING_SIZE = 1024,
    KEPT_SIZE = 512, /* an erase of 22 ms is 254 bytes at 115200 baud */
};

static uint8_t ring[RING_SIZE];
static uint8_t kept[KEPT_SIZE];
static uint32_t kept_pos;
static uint32_t kept_end;
static bool is_sending;

/* The event goes first: then it tells of a byte that lies behind the one that is taken. */
MPROM_RAMFUNC static uint8_t uart_byte(void)
{
    mprom_mmio_write32(UART0_EVENTS_RXDRDY, 0);
    return (uint8_t)mprom_mmio_read32(UART0_RXD);
}

MPROM_RAMFUNC void mprom_nrf_uart_keep(void *ctx)
{
    (void)ctx;
    while (kept_end < KEPT_SIZE && mprom_mmio_read32(UART0_EVENTS_RXDRDY)) {
        kept[kept_end++] = uart_byte();
    }
}

static int uart_take(void)
{
    if (kept_pos < kept_end) {
        return kept[kept_pos++];
    }
    kept_pos = 0;
    kept_end = 0;
    return mprom_mmio_read32(UART0_EVENTS_RXDRDY) ? uart_byte() : -1;
}

/* Nordic wants an output to be one, and high, before the UART has it. */
static void uart_open(uint32_t baud)
{
    (void)baud; /* the only one */
    const struct mprom_nrf_board *board = &mprom_nrf_board_facts;
    mprom_mmio_write32(GPIO_OUTSET, 1u << board->tx);
    mprom_mmio_write32(GPIO_PIN_CNF + 4u * board->tx, GPIO_PIN_CNF_OUTPUT);
    mprom_mmio_write32(GPIO_PIN_CNF + 4u * board->rx, GPIO_PIN_CNF_INPUT_PULLUP);
    mprom_mmio_write32(UART0_PSELTXD, board->tx);
    mprom_mmio_write32(UART0_PSELRXD, board->rx);
    mprom_mmio_write32(UART0_BAUDRATE, UART0_BAUDRATE_115200);
    mprom_mmio_write32(UART0_ENABLE, UART0_ENABLE_ENABLED);
    mprom_mmio_write32(UART0_INTENSET, UART0_INTEN_RXDRDY);
    mprom_mmio_write32(UART0_TASKS_STARTRX, 1);
    mprom_mmio_write32(UART0_TASKS_STARTTX, 1);
    mprom_nvic_enable(UART0_INTERRUPT);
}

static void uart_rearm(void)
{
    mprom_nvic_clear(UART0_INTERRUPT);
}

static bool uart_write(uint8_t byte)
{
    if (is_sending && !mprom_mmio_read32(UART0_EVENTS_TXDRDY)) {
        return false;
    }
    mprom_mmio_write32(UART0_EVENTS_TXDRDY, 0);
    mprom_mmio_write32(UART0_TXD, byte);
    is_sending = true;
    return true;
}

const struct mprom_uart_port mprom_nrf_uart = {
    .ring = ring,
    .ring_size = RING_SIZE,
    .room = RING_SIZE - 1, /* the line of the emulated boards waits for the program */
    .open = uart_open,
    .take = uart_take,
    .rearm = uart_rearm,
    .write = uart_write,
};
