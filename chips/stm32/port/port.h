/* The hardware of a board of this family, as its main() brings it up. */
#ifndef MPROM_STM32_PORT_H
#define MPROM_STM32_PORT_H

#include "chips/stm32/port/family.h"
#include "mprom/flash.h"

enum mprom_pin_speed {
    PIN_SLOW = 0,
    PIN_FAST = 3, /* 100 MHz */
};

/* Gives a pin to its alternate function, with a pull-up. */
void mprom_pin_connect(struct mprom_stm32_pin pin, enum mprom_pin_speed speed);

/* Brings the clocks to what the board asks for; before all below. Returns false if they stay as after a reset
 * instead. */
bool mprom_clock_speed_up(const struct mprom_stm32_board *board);
const struct mprom_stm32_clocks *mprom_clock_rates(void);

/* Connects the console's pins and starts its USART: 115200 baud, 8N1. */
void mprom_console_open(const struct mprom_stm32_board *board);

/* Starts the clock that board_clock_us() reads. */
void mprom_clock_open(void);

/* Notes the clock, which wraps every 71 minutes: to be called more often than that. */
void mprom_clock_update(void);

/* Microseconds since the clock was started, modulo 2^32. */
uint32_t mprom_clock_count(void);

/* Returns after at least us microseconds, at most 2^31, without sleeping. */
void mprom_clock_wait(uint32_t us);

/* The flash that the segments lie in, started; NULL if this chip, or the one at its QUADSPI, is not known. */
const struct mprom_flash *mprom_port_flash_open(const struct mprom_stm32_board *board);

/* Whether the console has a byte. */
bool mprom_console_ready(void);

/* Sleeps until the console has a byte or the clock has gone on by timeout_us. */
void mprom_sleep(uint32_t timeout_us);

#endif
