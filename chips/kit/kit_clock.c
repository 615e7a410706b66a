/* The clock: 64 bits of microseconds over a counter of 32. */
#include "chips/kit/kit.h"
#include "chips/kit/kit_parts.h"
#include "micropython/firmware/board.h"

static uint32_t clock_last;
static uint32_t clock_wraps;

void mprom_clock_open(void)
{
    mprom_kit_port.counter->open();
}

void mprom_clock_update(void)
{
    uint32_t now = mprom_kit_port.counter->count();
    clock_wraps += now < clock_last;
    clock_last = now;
}

uint64_t board_clock_us(void)
{
    mprom_clock_update();
    return (uint64_t)clock_wraps << 32 | clock_last;
}

uint64_t board_time_ns(void)
{
    return board_clock_us() * 1000;
}

/* What was armed ends it; the count does if that was too late to see it. */
void mprom_clock_wait(uint32_t us)
{
    const struct mprom_counter *counter = mprom_kit_port.counter;
    uint32_t start = counter->count();
    counter->arm(start + us + 1); /* the current microsecond is not a whole one any more */
    while (!counter->is_over() && counter->count() - start <= us) {
    }
}
