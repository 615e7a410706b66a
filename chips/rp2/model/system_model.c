/* SYSCFG and TBMAN of an RP2040, as far as a boot ROM looks at them. */
#include "chips/rp2/model/peripherals.h"

enum {
    PROC1_NMI_MASK = 0x4, /* behind that of PROC0 */
    PLATFORM = 0x0,
    PLATFORM_ASIC = 1,
};

static uint32_t syscfg_read(void *ctx, uint32_t off, uint32_t size)
{
    const struct rp2_system_model *system = ctx;
    if (size != 4 || off > PROC1_NMI_MASK) {
        model_violation(system->bus, "read of %u bytes from SYSCFG at 0x%02x", size, off);
    }
    return 0;
}

static void syscfg_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    const struct rp2_system_model *system = ctx;
    if (size != 4 || off > PROC1_NMI_MASK || value != 0) {
        model_violation(system->bus, "write of 0x%08x to SYSCFG at 0x%02x, which is not modelled", value, off);
    }
}

static uint32_t tbman_read(void *ctx, uint32_t off, uint32_t size)
{
    const struct rp2_system_model *system = ctx;
    if (size != 4 || off != PLATFORM) {
        model_violation(system->bus, "read of %u bytes from TBMAN at 0x%02x", size, off);
    }
    return PLATFORM_ASIC;
}

static void tbman_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    const struct rp2_system_model *system = ctx;
    (void)size;
    model_violation(system->bus, "write of 0x%08x to TBMAN at 0x%02x", value, off);
}

void rp2_system_model_open(struct rp2_system_model *system, const struct model_bus *bus)
{
    *system = (struct rp2_system_model){.syscfg = {.name = "SYSCFG",
                                                   .base = 0x40004000,
                                                   .size = 0x1000,
                                                   .read = syscfg_read,
                                                   .write = syscfg_write,
                                                   .ctx = system},
                                        .tbman = {.name = "TBMAN",
                                                  .base = 0x4006C000,
                                                  .size = 0x1000,
                                                  .read = tbman_read,
                                                  .write = tbman_write,
                                                  .ctx = system},
                                        .bus = bus};
}
