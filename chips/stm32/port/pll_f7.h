/*
 * The PLL of an F7: from the internal oscillator of 16 MHz, from which it starts, to the clock that the board asks
 * for.
 */
#ifndef MPROM_PLL_F7_H
#define MPROM_PLL_F7_H

#include "chips/stm32/board.h"
#include "chips/stm32/port/family.h"

/*
 * Runs the CPU at board->clock_hz: from the crystal if the board has one, else from the internal oscillator. APB1
 * gets a quarter of that, APB2 half. The microcontroller is as after a reset.
 *
 * Returns whether that worked. If not, because an oscillator or the PLL did not get ready in time, all clocks are
 * what they were, and so is *clocks.
 */
bool mprom_pll_f7_start(const struct mprom_stm32_board *board, struct mprom_stm32_clocks *clocks);

#endif
