/* What the kit asks of a port, for every board of this family. The Secure Enclave has started clocks and memories. */
#include "chips/alif/port/port.h"

#include "arch/cortex_m/startup.h"

const struct mprom_kit_port mprom_kit_port = {
    .rom = &mprom_alif_board_facts.rom,
    .uart = &mprom_alif_uart,
    .counter = &mprom_alif_counter,
    .open_flash = mprom_alif_open_flash,
    .open_second_flash = mprom_alif_open_second_flash,
    .reset = mprom_cpu_reset,
};
