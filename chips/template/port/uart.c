/* The console's UART: not written yet. */
#include "chips/template/port/port.h"

enum {
    RING_SIZE = 256
};

static uint8_t ring[RING_SIZE];

static void uart_open(uint32_t baud)
{
    (void)baud;
}

static int uart_take(void)
{
    return -1;
}

static void uart_rearm(void)
{
}

static bool uart_write(uint8_t byte)
{
    (void)byte;
    return true;
}

const struct mprom_uart_port mprom_template_uart = {
    .ring = ring,
    .ring_size = RING_SIZE,
    .room = 1,
    .open = uart_open,
    .take = uart_take,
    .rearm = uart_rearm,
    .write = uart_write,
};
