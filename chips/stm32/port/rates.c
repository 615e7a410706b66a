/* The rates of all clocks: as after a reset, or what the board's PLL makes of them. */
#include "chips/stm32/port/port.h"

static struct mprom_stm32_clocks rates;

bool mprom_stm32_speed_up(const struct mprom_stm32_board *board)
{
    uint32_t hz = mprom_stm32_family.clock_hz;
    rates = (struct mprom_stm32_clocks){.cpu_hz = hz, .apb1_hz = hz, .apb2_hz = hz, .timer_hz = hz};
    return board->clock_hz == 0 ||
           (mprom_stm32_family.speed_up != NULL && mprom_stm32_family.speed_up(board, &rates));
}

const struct mprom_stm32_clocks *mprom_stm32_rates(void)
{
    return &rates;
}
