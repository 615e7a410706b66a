#include "chips/rp2/rom/rom_check.h"

#include "arch/mmio.h"
#include "chips/rp2/rom/rom_flash.h"

enum {
    SECTOR_SIZE = 4096,
    PAGE_SIZE = 256,
    REACH = 1 << 24, /* of three address bytes */
};

void mprom_rp2_rom_report(enum mprom_rp2_rom_fault fault)
{
    mprom_mmio_write32(ROM_REPORT, (uint32_t)fault);
}

void mprom_rp2_rom_erase_checked(uint32_t off, uint32_t count, uint32_t block, uint32_t cmd)
{
    if (off >= REACH || count > REACH - off) {
        mprom_rp2_rom_report(ROM_ADDRESS_FOR_OFFSET);
    } else if (off % SECTOR_SIZE != 0 || count % SECTOR_SIZE != 0) {
        mprom_rp2_rom_report(ROM_ERASE_UNALIGNED);
    } else {
        mprom_rp2_rom_erase(off, count, block, cmd);
    }
}

void mprom_rp2_rom_program_checked(uint32_t off, const uint8_t *data, uint32_t count)
{
    if (off >= REACH || count > REACH - off) {
        mprom_rp2_rom_report(ROM_ADDRESS_FOR_OFFSET);
    } else if (off % PAGE_SIZE != 0) {
        mprom_rp2_rom_report(ROM_PROGRAM_UNALIGNED);
    } else if (count % PAGE_SIZE != 0) {
        mprom_rp2_rom_report(ROM_PROGRAM_OVERREAD);
    } else {
        mprom_rp2_rom_program(off, data, count);
    }
}
