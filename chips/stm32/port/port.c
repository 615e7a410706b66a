/* What the kit asks of a port, for every board of this family; the rates of all clocks. */
#include "chips/stm32/port/port.h"

#include "arch/cortex_m/startup.h"

static struct mprom_stm32_clocks rates;

static void power_up(void)
{
    if (mprom_stm32_family.power_up != NULL) {
        mprom_stm32_family.power_up(&mprom_stm32_board_facts);
    }
}

static const char *start(void)
{
    const struct mprom_stm32_board *board = &mprom_stm32_board_facts;
    uint32_t hz = mprom_stm32_family.clock_hz;
    rates = (struct mprom_stm32_clocks){.cpu_hz = hz, .apb1_hz = hz, .apb2_hz = hz, .timer_hz = hz};
    bool is_right =
        board->clock_hz == 0 || (mprom_stm32_family.speed_up != NULL && mprom_stm32_family.speed_up(board, &rates));
    return is_right ? NULL : "clock: the PLL does not start, the board runs from its internal oscillator";
}

const struct mprom_stm32_clocks *mprom_stm32_rates(void)
{
    return &rates;
}

static const struct mprom_flash *open_flash(void)
{
    return mprom_stm32_open_flash(&mprom_stm32_board_facts);
}

const struct mprom_kit_port mprom_kit_port = {
    .rom = &mprom_stm32_board_facts.rom,
    .uart = &mprom_stm32_uart,
    .counter = &mprom_stm32_counter,
    .power_up = power_up,
    .start = start,
    .open_flash = open_flash,
    .reset = mprom_cpu_reset,
};
