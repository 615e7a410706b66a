/*
 * What the boot ROMs do not check, and ours report: they are for machines whose owner wants to know. A store of the number
 * of the fault to ROM_REPORT, where a chip has nothing.
 */
#ifndef MPROM_RP2_ROM_CHECK_H
#define MPROM_RP2_ROM_CHECK_H

#include <stdbool.h>
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
    ROM_NO_COPROCESSOR,
    ROM_IMAGE_UNKNOWN,
};

/* Whether RE or RP may be called for this range; if not, that is reported. */
bool mprom_rp2_rom_may_erase(uint32_t off, uint32_t count);
bool mprom_rp2_rom_may_program(uint32_t off, uint32_t count);

void mprom_rp2_rom_report(enum mprom_rp2_rom_fault fault);

#endif
