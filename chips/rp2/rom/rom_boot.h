/* From reset to the program. */
#ifndef MPROM_RP2_ROM_BOOT_H
#define MPROM_RP2_ROM_BOOT_H

#include <stdint.h>

/*
 * Where the vectors lead after a reset. What follows on an RP2040 is boot2, the launch of the second CPU or a watchdog's
 * vector; on an RP2350 the image. Each series has its own.
 */
void mprom_rp2_rom_start(void) __attribute__((noreturn));

/* In assembly. Jumps there with LR 0 and another stack; on an RP2040 with the same one if sp is 0. */
void mprom_rp2_rom_jump(uint32_t entry, uint32_t sp) __attribute__((noreturn));

#endif
