/* The hardware of a board of this family, as the kit asks for it. */
#ifndef MPROM_ALIF_PORT_H
#define MPROM_ALIF_PORT_H

#include "chips/alif/board.h"
#include "chips/kit/kit.h"

extern const struct mprom_uart_port mprom_alif_uart;
extern const struct mprom_counter mprom_alif_counter;

/* Connects a pin to its function. pad: the bits of PINMUX that say how it drives and listens. */
void mprom_alif_pin_connect(const struct mprom_alif_pin *pin, uint32_t pad);

/* The flashes that the segments lie in, started, or NULL. By the board's STORE. */
const struct mprom_flash *mprom_alif_open_flash(void);
const struct mprom_flash *mprom_alif_open_second_flash(void);

#endif
