/*
 * The console: a ring of received bytes. 115200 baud are a byte each 87 us, and an erase stops the CPU for up to a
 * second, so a UART should fill the ring by itself. No interrupt is taken; the UART's ends the CPU's sleep.
 */
#include "chips/kit/kit.h"
#include "chips/kit/kit_parts.h"
#include "micropython/firmware/board.h"

static uint32_t ring_pos;   /* of the next byte to take */
static uint32_t ring_taken; /* where take() puts the next byte */

void mprom_console_open(void)
{
    ring_pos = 0;
    ring_taken = 0;
    mprom_kit_port.uart->open(MPROM_CONSOLE_BAUD);
}

/* Moves what has come into the ring, as far as it goes in: a ring that is full would look empty. */
static uint32_t ring_take(const struct mprom_uart_port *uart)
{
    uint32_t next = (ring_taken + 1) % uart->ring_size;
    int byte;
    while (next != ring_pos && (byte = uart->take()) >= 0) {
        uart->ring[ring_taken] = (uint8_t)byte;
        ring_taken = next;
        next = (next + 1) % uart->ring_size;
    }
    return ring_taken;
}

static uint32_t ring_end(const struct mprom_uart_port *uart)
{
    return uart->end != NULL ? uart->end() : ring_take(uart);
}

/* The interrupt that a byte leaves behind is taken back first: one that comes after this look ends the next sleep. */
bool mprom_console_ready(void)
{
    const struct mprom_uart_port *uart = mprom_kit_port.uart;
    uart->rearm();
    return ring_end(uart) != ring_pos;
}

/* What lies behind the ring's end is for the next call. */
size_t board_console_read(uint8_t *dst, size_t size)
{
    const struct mprom_uart_port *uart = mprom_kit_port.uart;
    mprom_clock_update();
    if (!mprom_console_ready()) {
        return 0;
    }
    uint32_t end = ring_end(uart);
    uint32_t there = (end > ring_pos ? end : uart->ring_size) - ring_pos;
    uint32_t count = size < there ? (uint32_t)size : there;
    if (uart->refresh != NULL) {
        uart->refresh(&uart->ring[ring_pos], count);
    }
    const volatile uint8_t *from = &uart->ring[ring_pos];
    for (uint32_t i = 0; i < count; i++) {
        dst[i] = from[i];
    }
    ring_pos = (ring_pos + count) % uart->ring_size;
    return count;
}

size_t board_console_room(void)
{
    return mprom_kit_port.uart->room;
}

uint32_t board_console_baud_max(void)
{
    const struct mprom_uart_port *uart = mprom_kit_port.uart;
    uint32_t baud = uart->baud_max != NULL ? uart->baud_max() : 0;
    return baud < MPROM_CONSOLE_BAUD_MAX ? baud : MPROM_CONSOLE_BAUD_MAX;
}

void board_console_set_baud(uint32_t baud)
{
    const struct mprom_uart_port *uart = mprom_kit_port.uart;
    if (uart->set_baud != NULL) {
        uart->set_baud(baud > 0 ? baud : MPROM_CONSOLE_BAUD);
    }
}

void board_console_write(const char *bytes, size_t size)
{
    const struct mprom_uart_port *uart = mprom_kit_port.uart;
    for (size_t i = 0; i < size; i++) {
        while (!uart->write((uint8_t)bytes[i])) {
            (void)ring_end(uart); /* what arrives meanwhile */
        }
    }
}
