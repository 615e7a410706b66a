/* What the kit asks of a port, for every board of this family. */
#include "chips/template/port/port.h"

#include "arch/cortex_m/startup.h"
#include "chips/template/driver/flash.h"

enum {
    CPU_HZ = 16000000
};

static struct mprom_template_flash flash;

static const struct mprom_flash *open_flash(void)
{
    return mprom_template_flash_open(&flash, CPU_HZ) ? NULL : &flash.flash;
}

const struct mprom_kit_port mprom_kit_port = {
    .rom = &mprom_template_board_facts.rom,
    .uart = &mprom_template_uart,
    .counter = &mprom_template_counter,
    .open_flash = open_flash,
    .reset = mprom_cpu_reset,
};
