#include "arch/cortex_m/cortex_m7.h"

#include "arch/cortex_m/cortex_m7_regs.h"
#include "arch/mmio.h"

enum {
    LINE_SIZE = 32, /* core_cm7.h */
    SET_POS = 5,    /* of DCISW and DCCISW for such lines and four ways, core_cm7.h */
    WAY_POS = 30,
};

/* Does an operation on each line of the data cache, of which CCSIDR tells the size. */
static void each_line(uint32_t operation)
{
    mprom_mmio_write32(SCB_CSSELR, 0);
    mprom_cpu_barrier();
    uint32_t size = mprom_mmio_read32(SCB_CCSIDR);
    uint32_t sets = (size >> 13 & 0x7FFF) + 1;
    uint32_t ways = (size >> 3 & 0x3FF) + 1;
    for (uint32_t set = 0; set < sets; set++) {
        for (uint32_t way = 0; way < ways; way++) {
            mprom_mmio_write32(operation, way << WAY_POS | set << SET_POS);
        }
    }
}

static void drop_instructions(void)
{
    mprom_cpu_barrier();
    mprom_mmio_write32(SCB_ICIALLU, 0);
    mprom_cpu_barrier();
}

void mprom_cortex_m7_cache_start(void)
{
    each_line(SCB_DCISW);
    drop_instructions();
    mprom_mmio_write32(SCB_CCR, mprom_mmio_read32(SCB_CCR) | SCB_CCR_IC | SCB_CCR_DC);
    mprom_cpu_barrier();
}

/* With "clean" too, which such lines have no need of: without, the operation may ask for the right to write. */
void mprom_cortex_m7_data_drop(uint32_t address, uint32_t size)
{
    mprom_cpu_barrier();
    for (uint32_t line = address & ~(LINE_SIZE - 1u); line < address + size; line += LINE_SIZE) {
        mprom_mmio_write32(SCB_DCCIMVAC, line);
    }
    mprom_cpu_barrier();
}

void mprom_cortex_m7_cache_drop(uint32_t address, uint32_t size)
{
    mprom_cortex_m7_data_drop(address, size);
    drop_instructions();
}

void mprom_cortex_m7_cache_drop_all(void)
{
    each_line(SCB_DCCISW);
    drop_instructions();
}
