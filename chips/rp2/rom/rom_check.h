/*
 * What the boot ROM of an RP2040 does not check, and ours reports: it is for machines whose owner wants to know. A store of
 * the number of the fault to ROM_REPORT, where a chip has nothing.
 */
#ifndef MPROM_RP2_ROM_CHECK_H
#define MPROM_RP2_ROM_CHECK_H

#include <stdint.h>

#define ROM_REPORT 0x5F000000u

/* The model has a sentence for each (chips/rp2/model/rom_report_model.c). */
enum mprom_rp2_rom_fault {
    ROM_ERASE_UNALIGNED = 1,
    ROM_PROGRAM_UNALIGNED,
    ROM_PROGRAM_OVERREAD, /* whole pages are read from memory, whatever count says */
    ROM_ADDRESS_FOR_OFFSET,
    ROM_USB_BOOT,
    ROM_NO_FLOAT,
    ROM_RESCUE,
    ROM_UNKNOWN_FUNCTION,
};

/* RE and RP as programs call them. */
void mprom_rp2_rom_erase_checked(uint32_t off, uint32_t count, uint32_t block, uint32_t cmd);
void mprom_rp2_rom_program_checked(uint32_t off, const uint8_t *data, uint32_t count);

void mprom_rp2_rom_report(enum mprom_rp2_rom_fault fault);

#endif
