/* The hardware of a board of this family, as its main() brings it up. */
#ifndef MPROM_STM32_PORT_H
#define MPROM_STM32_PORT_H

#include "board.h"

/* Connects the console's pins and starts its USART: 115200 baud, 8N1. */
void console_open(const struct stm32_board *board);

/* Starts the clock that board_clock_us() reads. */
void clock_open(void);

/* Notes the clock, which wraps every 71 minutes: to be called more often than that. */
void clock_update(void);

/* Sleeps until the console has a byte or the clock has gone on by timeout_us. */
void clock_sleep(uint32_t timeout_us);

/* Whether the console has a byte. */
bool console_ready(void);

enum {
    PORT_CLOCK_HZ = 16000000 /* the internal oscillator, as after a reset */
};

#endif
