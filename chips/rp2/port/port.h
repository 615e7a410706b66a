/* The hardware of a board of this family, as the kit asks for it. */
#ifndef MPROM_RP2_PORT_H
#define MPROM_RP2_PORT_H

#include "chips/kit/kit.h"
#include "chips/rp2/board.h"

extern const struct mprom_uart_port mprom_rp2_uart;
extern const struct mprom_counter mprom_rp2_counter;

/* clk_sys and clk_peri from PLL_SYS, TIMER and watchdog in microseconds. Returns as mprom_kit_port.start. */
const char *mprom_rp2_clocks_start(void);

/* Of clk_sys and clk_peri, as they are now. */
uint32_t mprom_rp2_clock_hz(void);

/* Lets go of blocks that RESETS holds. */
void mprom_rp2_release(uint32_t blocks);

#endif
