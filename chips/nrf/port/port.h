/* The hardware of a board of this family, as the kit asks for it. */
#ifndef MPROM_NRF_PORT_H
#define MPROM_NRF_PORT_H

#include "chips/kit/kit.h"
#include "chips/nrf/board.h"

extern const struct mprom_uart_port mprom_nrf_uart;
extern const struct mprom_counter mprom_nrf_counter;

/* Keeps what the UART has received while the flash is busy. Runs from RAM. */
void mprom_nrf_uart_keep(void *ctx);

#endif
