/*
 * The CPU and the registers of the stand-in's chips, by address: RM0090, RM0410, RM0399, and Arm's manuals of the cores.
 *
 *   FAKE_OPTIONS   set: the option bytes are not as MicroPython takes them to be: two banks (F767), swapped banks (H743)
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "tests/micropython/fakes/flash.h"
#include "tests/micropython/fakes/stm32.h"

uint32_t __get_PRIMASK(void);
void __set_PRIMASK(uint32_t primask);
void __disable_irq(void);
uint32_t mprom_mmio_read32(uint32_t address);
uint16_t mprom_mmio_read16(uint32_t address);
void mprom_mmio_write32(uint32_t address, uint32_t value);
const void *mprom_mmio_map(uint32_t address);
void mprom_cpu_barrier(void);
uint32_t mprom_cpu_fault_mask(void);
void mprom_cpu_fault_restore(uint32_t faultmask);

enum {
    H7_DBECC = 1 << 26,
    H7_PGSERR = 1 << 18,
    BUS_FAULTS_IGNORED = 1 << 8, /* CCR.BFHFNMIGN */
    LINE = 32
};

/* After a reset or a debugger's visit there may be an error of before. */
static uint32_t f4_status = 0x80;
static uint32_t h7_status[2] = {H7_PGSERR, H7_PGSERR};
static uint32_t h7_failed[2];
static uint32_t cpu_control;
static uint32_t primask;
static uint32_t faultmask;

uint32_t __get_PRIMASK(void)
{
    return primask;
}

void __set_PRIMASK(uint32_t value)
{
    primask = value;
}

void __disable_irq(void)
{
    if (primask) {
        fake_violation("interrupts were left masked");
    }
    primask = 1;
}

void stm32_check_masked(void)
{
    if (!primask) {
        fake_violation("an interrupt flushes the filesystem's cache in the middle of an operation");
    }
    if (faultmask) {
        fake_violation("faults were left masked");
    }
}

bool stm32_has_errors(uint32_t address)
{
    return stm32_chip->has_words ? h7_status[address >= 0x08100000] != 0 : f4_status != 0;
}

void stm32_clear_errors_of_all(void)
{
    f4_status = 0;
    memset(h7_status, 0, sizeof h7_status);
}

uint32_t mprom_cpu_fault_mask(void)
{
    uint32_t before = faultmask;
    faultmask = 1;
    return before;
}

void mprom_cpu_fault_restore(uint32_t value)
{
    faultmask = value;
}

void mprom_cpu_barrier(void)
{
}

/* A load from the flash of an H7. Of a torn word it is a bus fault, which FAULTMASK and BFHFNMIGN let pass. */
static uint32_t load_h7(uint32_t address)
{
    uint32_t value;
    uint32_t bank = address >= 0x08100000;
    if (!fake_flash_is_torn(address - stm32_chip->start)) {
        memcpy(&value, (const void *)(uintptr_t)address, sizeof value); // NOLINT: where fake_flash_map() has it
        return value;
    }
    if (!faultmask || !(cpu_control & BUS_FAULTS_IGNORED)) {
        fake_violation("bus fault: a torn flash word was read");
    }
    if (!(h7_status[bank] & H7_DBECC)) {
        h7_failed[bank] = (address - 0x08000000 - bank * 0x100000) / LINE;
    }
    h7_status[bank] |= H7_DBECC;
    return 0xDEADBEEF;
}

static uint32_t read_h7(uint32_t address)
{
    uint32_t bank = (address & 0x100) != 0;
    if (stm32_in_partition(address, 4)) {
        return load_h7(address);
    }
    switch (address & ~0x100u) {
    case 0x52002010:
        return h7_status[bank];
    case 0x52002018:
        return getenv("FAKE_OPTIONS") ? 0x80000000 : 0;
    case 0x52002060:
        return h7_failed[bank];
    default:
        fake_violation("a register is read that an H743 does not have, or the stand-in does not know");
    }
}

uint32_t mprom_mmio_read32(uint32_t address)
{
    if (address == 0xE000ED14) {
        return cpu_control;
    }
    if (stm32_chip->has_words) {
        return read_h7(address);
    }
    switch (address) {
    case 0xE0042000: /* DBGMCU_IDCODE, with a revision */
        return stm32_chip->has_l1 ? 0x10010451 : 0x10076413;
    case 0x40023C14: /* FLASH_OPTCR of an F76x as it leaves the factory */
        return getenv("FAKE_OPTIONS") ? 0xDFFFAAFD : 0xFFFFAAFD;
    default:
        fake_violation("a register is read that the chip does not have, or the stand-in does not know");
    }
}

uint16_t mprom_mmio_read16(uint32_t address)
{
    (void)address;
    fake_violation("a register is read by half");
}

/* DCCIMVAC: the line comes from the flash when it is read the next time. */
static void drop_line(uint32_t address)
{
    uint32_t line = address & ~(uint32_t)(LINE - 1);
    if (stm32_in_partition(line, LINE)) {
        fake_flash_show(line - stm32_chip->start, LINE);
    }
}

static bool write_core(uint32_t address, uint32_t value)
{
    switch (address) {
    case 0xE000ED14:
        cpu_control = value;
        return true;
    case 0xE000EF50: /* ICIALLU */
        return stm32_chip->has_l1;
    case 0xE000EF70:
        drop_line(value);
        return stm32_chip->has_l1;
    default:
        return false;
    }
}

void mprom_mmio_write32(uint32_t address, uint32_t value)
{
    if (write_core(address, value)) {
        return;
    }
    if (!stm32_chip->has_words && address == 0x40023C0C) {
        f4_status &= ~value;
    } else if (stm32_chip->has_words && (address & ~0x100u) == 0x52002014) {
        h7_status[(address & 0x100) != 0] &= ~value;
    } else {
        fake_violation("a register is written that the chip does not have, or the stand-in does not know");
    }
}

const void *mprom_mmio_map(uint32_t address)
{
    return (const void *)(uintptr_t)address; // NOLINT(performance-no-int-to-ptr): where fake_flash_map() has it
}
