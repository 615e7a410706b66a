/* From reset to boot2. */
#ifndef MPROM_RP2_ROM_BOOT_H
#define MPROM_RP2_ROM_BOOT_H

#include <stdint.h>

/* Where rom.S goes after a reset. Only the launch of the second CPU, a watchdog's vector or boot2 follow. */
void mprom_rp2_rom_start(void) __attribute__((noreturn));

/* In rom.S. Jumps there with LR 0, and with another stack unless sp is 0. */
void mprom_rp2_rom_jump(uint32_t entry, uint32_t sp) __attribute__((noreturn));

#endif
