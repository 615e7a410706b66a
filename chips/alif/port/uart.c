/*
 * The console's UART, a 16550 with 32 bytes each way. The kit takes what has come whenever it looks for input; in between
 * the UART holds it, so the PC may send no more than that ahead.
 */
#include "arch/cortex_m/nvic.h"
#include "arch/mmio.h"
#include "chips/alif/port/port.h"
#include "chips/alif/regs/alif_regs.h"

enum {
    RING_SIZE = 256,
    FIFO_SIZE = 32,
    CLOCK_HZ = 100000000, /* SYST_PCLK */
    SAMPLES = 16,         /* of a bit */
};

static uint8_t ring[RING_SIZE];

static uint32_t uart_read(uint32_t off)
{
    return mprom_mmio_read32(UART_BASE + mprom_alif_board_facts.uart * UART_NEXT + off);
}

static void uart_set(uint32_t off, uint32_t value)
{
    mprom_mmio_write32(UART_BASE + mprom_alif_board_facts.uart * UART_NEXT + off, value);
}

/* CLOCK_HZ / 16 / baud, in whole parts and in sixteenths. */
static void uart_set_divider(uint32_t baud)
{
    uint32_t divider = (CLOCK_HZ + baud / 2) / baud;
    uart_set(UART_LCR, UART_LCR_8N1 | UART_LCR_DLAB);
    uart_set(UART_RBR_THR_DLL, divider / SAMPLES & 0xFF);
    uart_set(UART_IER_DLH, divider / SAMPLES >> 8);
    uart_set(UART_DLF, divider % SAMPLES);
    uart_set(UART_LCR, UART_LCR_8N1);
}

static void uart_open(uint32_t baud)
{
    const struct mprom_alif_board *board = &mprom_alif_board_facts;
    uint32_t clock = 1u << board->uart;
    mprom_mmio_write32(CLKCTL_PER_SLV_UART_CTRL,
                       mprom_mmio_read32(CLKCTL_PER_SLV_UART_CTRL) | clock | clock << UART_CTRL_CLK_SEL_POS);
    mprom_alif_pin_connect(&board->tx, PAD_DRIVE_8_MA);
    mprom_alif_pin_connect(&board->rx, PAD_READ_ENABLE | PAD_PULL_UP);
    uart_set(UART_IER_DLH, 0);
    uart_set(UART_MCR, 0);
    uart_set_divider(baud);
    uart_set(UART_FCR, UART_FCR_ON_AND_EMPTY);
    uart_set(UART_IER_DLH, UART_IER_RECEIVED);
    mprom_nvic_enable(UART_INTERRUPT + board->uart);
}

static int uart_take(void)
{
    return uart_read(UART_USR) & UART_USR_RFNE ? (int)(uart_read(UART_RBR_THR_DLL) & 0xFF) : -1;
}

static void uart_rearm(void)
{
    mprom_nvic_clear(UART_INTERRUPT + mprom_alif_board_facts.uart);
}

static bool uart_write(uint8_t byte)
{
    bool has_room = uart_read(UART_USR) & UART_USR_TFNF;
    if (has_room) {
        uart_set(UART_RBR_THR_DLL, byte);
    }
    return has_room;
}

static void uart_set_baud(uint32_t baud)
{
    while (!(uart_read(UART_LSR) & UART_LSR_TEMT)) {
    }
    uart_set_divider(baud);
}

static uint32_t uart_baud_max(void)
{
    return CLOCK_HZ / SAMPLES;
}

const struct mprom_uart_port mprom_alif_uart = {
    .ring = ring,
    .ring_size = RING_SIZE,
    .room = FIFO_SIZE,
    .open = uart_open,
    .take = uart_take,
    .rearm = uart_rearm,
    .write = uart_write,
    .set_baud = uart_set_baud,
    .baud_max = uart_baud_max,
};
