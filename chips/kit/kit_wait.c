/* The sleep until the console has a byte or a time has passed. */
#include "arch/mmio.h"
#include "chips/kit/kit.h"
#include "chips/kit/kit_parts.h"
#include "micropython/firmware/board.h"

enum {
    SLEEP_US_MIN = 10, /* a shorter sleep could miss its own end */
    WAIT_MS_MAX = 1000000,
};

/* An interrupt that pends ends the sleep also while interrupts are masked, which they always are. */
void board_wait(uint32_t timeout_ms)
{
    const struct mprom_counter *counter = mprom_kit_port.counter;
    uint32_t timeout_us = (timeout_ms < WAIT_MS_MAX ? timeout_ms : WAIT_MS_MAX) * 1000u;
    uint32_t start = counter->count();
    counter->arm(start + timeout_us);
    while (timeout_us > SLEEP_US_MIN && counter->count() - start < timeout_us - SLEEP_US_MIN &&
           !mprom_console_ready()) {
        mprom_cpu_sleep();
    }
}
