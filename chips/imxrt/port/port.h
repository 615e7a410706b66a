/* The hardware of a board of this family, as the kit asks for it. */
#ifndef MPROM_IMXRT_PORT_H
#define MPROM_IMXRT_PORT_H

#include "chips/imxrt/board.h"
#include "chips/kit/kit.h"

extern const struct mprom_uart_port mprom_imxrt_uart;
extern const struct mprom_counter mprom_imxrt_counter;

/*
 * Takes over from the boot ROM or a loader: caches and MPU off, vectors, the banks of FlexRAM if the program lies in them, and
 * the code that runs in RAM. Uses neither variables nor the stack. The PC has nothing to do for it.
 */
void mprom_imxrt_power_up(void);

/* As mprom_clock_wait(), but in RAM with all that it needs. gpt is the block of GPT1, kept until the next call. */
void mprom_imxrt_ram_wait_open(uint32_t gpt);
void mprom_imxrt_ram_wait(uint32_t us);

/* Turns a watchdog off. In RAM: between its key and the change it may only take 128 clocks of the bus. */
void mprom_imxrt_watchdog_stop(uint32_t rtwdog);

#endif
