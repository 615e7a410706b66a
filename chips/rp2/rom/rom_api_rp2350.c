#include "chips/rp2/rom/rom_api_rp2350.h"

#include "arch/mmio.h"
#include "chips/rp2/regs/rp2350_regs.h"
#include "chips/rp2/rom/rom_check.h"
#include "chips/rp2/rom/rom_flash_rp2350.h"

enum {
    ENTRY_SIZE = 4 /* bytes before the values */
};

static void check_coprocessor(void)
{
    if ((mprom_mmio_read32(SCB_CPACR) & SCB_CPACR_CP7) != SCB_CPACR_CP7) {
        mprom_rp2_rom_report(ROM_NO_COPROCESSOR);
    }
}

static uint32_t count_bits(uint32_t value)
{
    uint32_t count = 0;
    for (; value != 0; value &= value - 1) {
        count++;
    }
    return count;
}

/* The compiler must not know how near a place in the ROM is to a null pointer. */
static uint32_t rom_at(uint32_t address)
{
#ifdef __arm__
    __asm__("" : "+r"(address));
#endif
    return address;
}

/* An entry is the code, the flags that it is known by, and 16 bits for each of these; code 0 ends the table. */
uint32_t mprom_rp2350_rom_api_lookup_entry(uint32_t code, uint32_t flags)
{
    uint32_t at = mprom_mmio_read16(rom_at(ROM_TABLE));
    check_coprocessor();
    for (uint32_t known = 0; mprom_mmio_read16(at) != 0; at += ENTRY_SIZE + 2 * count_bits(known)) {
        known = mprom_mmio_read16(at + 2);
        uint32_t found = known & flags;
        if (mprom_mmio_read16(at) == code && found != 0) {
            uint32_t before = (found & -found) - 1;
            return at + ENTRY_SIZE + 2 * count_bits(known & before);
        }
    }
    return 0;
}

uint32_t mprom_rp2350_rom_api_lookup_value(uint32_t code, uint32_t flags)
{
    uint32_t at = mprom_rp2350_rom_api_lookup_entry(code, flags);
    return at != 0 ? mprom_mmio_read16(at) : 0;
}

void mprom_rp2350_rom_api_connect(void)
{
    check_coprocessor();
    mprom_rp2350_rom_connect();
}

void mprom_rp2350_rom_api_exit_xip(void)
{
    check_coprocessor();
    mprom_rp2350_rom_exit_xip();
}

void mprom_rp2350_rom_api_erase(uint32_t off, uint32_t count, uint32_t block, uint32_t cmd)
{
    check_coprocessor();
    if (mprom_rp2_rom_may_erase(off, count)) {
        mprom_rp2350_rom_erase(off, count, block, cmd);
    }
}

void mprom_rp2350_rom_api_program(uint32_t off, const uint8_t *data, uint32_t count)
{
    check_coprocessor();
    if (mprom_rp2_rom_may_program(off, count)) {
        mprom_rp2350_rom_program(off, data, count);
    }
}

void mprom_rp2350_rom_api_flush(void)
{
    check_coprocessor();
    mprom_rp2350_rom_flush();
}

void mprom_rp2350_rom_api_enter_xip(void)
{
    check_coprocessor();
    mprom_rp2350_rom_enter_xip();
}

void mprom_rp2350_rom_api_select_read(uint32_t read, uint32_t divider)
{
    check_coprocessor();
    mprom_rp2350_rom_select_read(read, divider);
}
