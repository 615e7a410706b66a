/* The CPU of the stand-in's Ensemble, a Cortex-M55, and its loads from MRAM: Armv8-M, B3.9 and D1.2. */
#include <string.h>

#include "tests/micropython/fakes/alif.h"
#include "tests/micropython/fakes/flash.h"

uint32_t mprom_mmio_read32(uint32_t address);
void mprom_mmio_write32(uint32_t address, uint32_t value);
void mprom_cpu_barrier(void);
uint32_t mprom_cpu_fault_mask(void);
void mprom_cpu_fault_restore(uint32_t faultmask);

enum {
    CCR_BFHFNMIGN = 1 << 8,
    CFSR_PRECISERR = 1 << 9,
    CFSR_BFARVALID = 1 << 15
};

static uint32_t control;
static uint32_t status = CFSR_PRECISERR; /* there may be a fault of before */
static uint32_t faultmask;

bool alif_faults_are_masked(void)
{
    return faultmask != 0;
}

uint32_t mprom_cpu_fault_mask(void)
{
    uint32_t before = faultmask;
    faultmask = 1;
    return before;
}

void mprom_cpu_fault_restore(uint32_t value)
{
    if (control & CCR_BFHFNMIGN) {
        fake_violation("bus faults are ignored from now on");
    }
    faultmask = value;
}

void mprom_cpu_barrier(void)
{
}

/* Of a torn granule it is a bus fault, which FAULTMASK and BFHFNMIGN let pass. */
static uint32_t load(uint32_t address)
{
    uint32_t value;
    if (!fake_flash_is_torn(alif_off(address, sizeof value))) {
        memcpy(&value, (const void *)(uintptr_t)address, sizeof value); // NOLINT: where fake_flash_map() has it
        return value;
    }
    if (!faultmask || !(control & CCR_BFHFNMIGN)) {
        fake_violation("bus fault: a torn granule was read");
    }
    status |= CFSR_PRECISERR | CFSR_BFARVALID;
    return 0xDEADBEEF;
}

uint32_t mprom_mmio_read32(uint32_t address)
{
    switch (address) {
    case 0xE000ED14:
        return control;
    case 0xE000ED28:
        return status;
    default:
        return load(address);
    }
}

void mprom_mmio_write32(uint32_t address, uint32_t value)
{
    if (address == 0xE000ED14) {
        control = value;
    } else if (address == 0xE000ED28) {
        status &= ~value;
    } else {
        fake_violation("a register is written that the stand-in does not know");
    }
}
