/*
 * The rate of a UART's line, for emulated boards and links whose lines are terminals.
 */
#ifndef MPROM_HOST_UART_H
#define MPROM_HOST_UART_H

#include <stddef.h>
#include <stdint.h>

enum {
    HOST_UART_BYTES_MAX = 16 /* that one byte may be taken for */
};

/* Bits per second that the terminal behind fd, either end of a pty, is set to; 0 if it is none. */
uint32_t host_uart_baud(int fd);

/* Sets it, to any rate. */
void host_uart_set_baud(int fd, uint32_t baud);

/*
 * What a receiver set to `to` takes a byte for that is sent at `from`, with an idle line before and behind it: 8 data
 * bits, one stop bit, each sampled in its middle. Fills dst, of HOST_UART_BYTES_MAX bytes, and returns how many: the
 * byte itself if the rates are within 3 %, any number of others if not.
 */
size_t host_uart_receive(uint8_t byte, uint32_t from, uint32_t to, uint8_t *dst);

#endif
