/* What the kit asks of a port, for every board of this family. */
#include "chips/stm32/port/port.h"

#include "arch/cortex_m/startup.h"

static void power_up(void)
{
    if (mprom_stm32_family.power_up != NULL) {
        mprom_stm32_family.power_up(&mprom_stm32_board_facts);
    }
}

static const char *start(void)
{
    return mprom_stm32_speed_up(&mprom_stm32_board_facts)
               ? NULL
               : "clock: the PLL does not start, the board runs from its internal oscillator";
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
