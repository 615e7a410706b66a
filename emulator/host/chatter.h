/*
 * A task on the board that prints a line every few milliseconds, whatever else the board does: between any two bytes
 * of other output, and over resets. For console.c.
 */
#ifndef MPROM_EMULATOR_CHATTER_H
#define MPROM_EMULATOR_CHATTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HOST_CHATTER_LINE_MAX = 96
};

/* From now on a line is due every interval_ms milliseconds (> 0). */
void host_chatter_start(uint32_t interval_ms);

/*
 * How many of `size` bytes the board can send before the next line is due. They count as sent: a byte takes as long
 * as at 115200 baud, so that a long answer is interrupted as often as on a UART.
 */
size_t host_chatter_send(size_t size);

/* The next line, if one is due; its size, or 0. */
size_t host_chatter_line(char line[HOST_CHATTER_LINE_MAX]);

/* The milliseconds until the next line is due, at most timeout_ms. */
uint32_t host_chatter_wait_ms(uint32_t timeout_ms);

#endif
