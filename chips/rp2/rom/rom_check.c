#include "chips/rp2/rom/rom_check.h"

#include "arch/mmio.h"

enum {
    SECTOR_SIZE = 4096,
    PAGE_SIZE = 256,
    REACH = 1 << 24, /* of three address bytes */
};

void mprom_rp2_rom_report(enum mprom_rp2_rom_fault fault)
{
    mprom_mmio_write32(ROM_REPORT, (uint32_t)fault);
}

static bool refuse(enum mprom_rp2_rom_fault fault)
{
    mprom_rp2_rom_report(fault);
    return false;
}

bool mprom_rp2_rom_may_erase(uint32_t off, uint32_t count)
{
    if (off >= REACH || count > REACH - off) {
        return refuse(ROM_ADDRESS_FOR_OFFSET);
    }
    return off % SECTOR_SIZE == 0 && count % SECTOR_SIZE == 0 ? true : refuse(ROM_ERASE_UNALIGNED);
}

bool mprom_rp2_rom_may_program(uint32_t off, uint32_t count)
{
    if (off >= REACH || count > REACH - off) {
        return refuse(ROM_ADDRESS_FOR_OFFSET);
    }
    if (off % PAGE_SIZE != 0) {
        return refuse(ROM_PROGRAM_UNALIGNED);
    }
    return count % PAGE_SIZE == 0 ? true : refuse(ROM_PROGRAM_OVERREAD);
}
