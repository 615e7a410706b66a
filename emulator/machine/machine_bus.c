#include "emulator/machine/machine_bus.h"

#include <string.h>

#include "emulator/machine/machine_fault.h"
#include "emulator/machine/machine_windows.h"

/* The memory that holds a range for DMA, and where it begins there; NULL if none does. */
static struct region *reach(struct machine *machine, uint32_t address, uint32_t size, uint32_t *off)
{
    struct region *region = machine_region_at(machine, address, off);
    if (region == NULL || region->memory == NULL || !(region->memory->flags & SOC_DMA)) {
        return NULL;
    }
    return size <= region->size - *off ? region : NULL;
}

static bool bus_read(void *ctx, uint32_t address, void *dst, uint32_t size)
{
    uint32_t off;
    const struct region *region = reach(ctx, address, size, &off);
    if (region != NULL && dst != NULL) {
        memcpy(dst, region_bytes(region) + off, size);
    }
    return region != NULL;
}

static bool bus_write(void *ctx, uint32_t address, const void *src, uint32_t size)
{
    struct machine *machine = ctx;
    uint32_t off;
    struct region *region = reach(machine, address, size, &off);
    if (region == NULL || region->memory->rom != NULL) {
        return false;
    }
    if (src != NULL) {
        memcpy(region_bytes(region) + off, src, size);
        machine->is_dirty = region_change(region, off, size) || machine->is_dirty;
    }
    return true;
}

static void bus_irq(void *ctx, uint32_t number)
{
    struct machine *machine = ctx;
    cortex_m_pend(&machine->core, number);
}

static bool bus_masks_faults(void *ctx)
{
    const struct machine *machine = ctx;
    uint32_t faultmask = 0;
    uc_reg_read(machine->uc, UC_ARM_REG_FAULTMASK, &faultmask);
    return faultmask != 0;
}

struct model_bus machine_bus(struct machine *machine)
{
    return (struct model_bus){.read = bus_read,
                              .write = bus_write,
                              .irq = bus_irq,
                              .report = machine_report,
                              .masks_faults = bus_masks_faults,
                              .ctx = machine};
}
