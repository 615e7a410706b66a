/* What the kit asks of a port, for every board of this family. The Secure Enclave has started clocks and memories. */
#include "chips/alif/port/port.h"

#include "arch/cortex_m/armv8m_regs.h"
#include "arch/cortex_m/startup.h"
#include "arch/mmio.h"

/*
 * OpenMV's boot loader jumps here with the MPU on and a region of its own over MRAM. An address that two regions have is a
 * fault (Armv8-M), so all of them go before the drivers take theirs.
 */
static const char *start(void)
{
    uint32_t regions = mprom_mmio_read32(MPU_TYPE) >> MPU_TYPE_DREGION_POS & 0xFF;
    mprom_cpu_barrier();
    mprom_mmio_write32(MPU_CTRL, 0);
    for (uint32_t i = 0; i < regions; i++) {
        mprom_mmio_write32(MPU_RNR, i);
        mprom_mmio_write32(MPU_RLAR, 0);
    }
    mprom_cpu_barrier();
    return NULL;
}

const struct mprom_kit_port mprom_kit_port = {
    .rom = &mprom_alif_board_facts.rom,
    .uart = &mprom_alif_uart,
    .counter = &mprom_alif_counter,
    .start = start,
    .open_flash = mprom_alif_open_flash,
    .open_second_flash = mprom_alif_open_second_flash,
    .reset = mprom_cpu_reset,
};
