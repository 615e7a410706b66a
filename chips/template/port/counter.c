/* The counter of microseconds: not written yet. */
#include "chips/template/port/port.h"

static void counter_open(void)
{
}

static uint32_t counter_count(void)
{
    return 0;
}

static void counter_arm(uint32_t at)
{
    (void)at;
}

static bool counter_is_over(void)
{
    return true;
}

const struct mprom_counter mprom_template_counter = {
    .open = counter_open,
    .count = counter_count,
    .arm = counter_arm,
    .is_over = counter_is_over,
};
