/* The hardware of a board of this family, as port.c brings it up for the kit. */
#ifndef MPROM_STM32_PORT_H
#define MPROM_STM32_PORT_H

#include "chips/kit/kit.h"
#include "chips/stm32/port/family.h"

enum mprom_stm32_pin_speed {
    PIN_SLOW = 0,
    PIN_FAST = 3, /* 100 MHz */
};

/* Gives a pin to its alternate function, with a pull-up. */
void mprom_stm32_pin_connect(struct mprom_stm32_pin pin, enum mprom_stm32_pin_speed speed);

/* Brings the clocks to what the board asks for. Returns false if they stay as after a reset instead. */
bool mprom_stm32_speed_up(const struct mprom_stm32_board *board);

/* What runs how fast, after mprom_stm32_speed_up(). */
const struct mprom_stm32_clocks *mprom_stm32_rates(void);

extern const struct mprom_uart_port mprom_stm32_uart;
extern const struct mprom_counter mprom_stm32_counter;

/* The flash that the segments lie in, started; NULL if this chip, or the one at its QUADSPI, is not known. */
const struct mprom_flash *mprom_stm32_open_flash(const struct mprom_stm32_board *board);

#endif
