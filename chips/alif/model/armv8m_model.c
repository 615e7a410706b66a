#include "chips/alif/model/armv8m_model.h"

enum {
    CCR_OFF = 0xD14,
    CFSR_OFF = 0xD28,
    MPU_OFF = 0xD90,
    TYPE = 0x00, /* of the MPU, from there */
    CTRL = 0x04,
    RNR = 0x08,
    RBAR = 0x0C,
    RLAR = 0x10,
    MAIR0 = 0x30,
    MAIR1 = 0x34,
    MPU_SIZE = 0x38,
    DCCMVAC_OFF = 0xF68,

    CTRL_ENABLE = 1,
    CTRL_HFNMIENA = 2,
    CTRL_PRIVDEFENA = 4,
    CTRL_KNOWN = 7,
    RBAR_XN = 1,
    RBAR_READ_ONLY = 4,
    RLAR_ENABLE = 1,
    ADDRESS_BITS = 0x1F, /* that an address in RBAR and RLAR has not */
    CCR_BFHFNMIGN = 1 << 8,
    CFSR_PRECISE = 0x8200, /* PRECISERR and BFARVALID */
};

static const uint32_t SCS = 0xE000E000;
static const uint32_t CCR_RESET = 0x201; /* STKALIGN, and a bit that is always set */

static bool region_has(const struct armv8m_model *armv8m, int i, uint32_t address)
{
    uint32_t base = armv8m->bases[i] & ~(uint32_t)ADDRESS_BITS;
    uint32_t limit = armv8m->limits[i] | ADDRESS_BITS;
    return (armv8m->limits[i] & RLAR_ENABLE) && address >= base && address <= limit;
}

/* The region that an address is in, or -1. */
static int region_of(const struct armv8m_model *armv8m, uint32_t address)
{
    int found = -1;
    for (int i = 0; i < ARMV8M_REGIONS; i++) {
        if (region_has(armv8m, i, address)) {
            if (found >= 0) {
                model_violation(armv8m->bus, "two regions of the MPU have 0x%08x, which is a fault", address);
            }
            found = i;
        }
    }
    return found;
}

enum armv8m_access armv8m_model_access(const struct armv8m_model *armv8m, uint32_t address)
{
    if (!(armv8m->control & CTRL_ENABLE)) {
        return ARMV8M_READ_WRITE;
    }
    int region = region_of(armv8m, address);
    if (region < 0) {
        return armv8m->control & CTRL_PRIVDEFENA ? ARMV8M_READ_WRITE : ARMV8M_NOTHING;
    }
    return armv8m->bases[region] & RBAR_READ_ONLY ? ARMV8M_READ : ARMV8M_READ_WRITE;
}

/* Attributes 00 to 0F are devices. */
bool armv8m_model_is_normal(const struct armv8m_model *armv8m, uint32_t address)
{
    int region = armv8m->control & CTRL_ENABLE ? region_of(armv8m, address) : -1;
    if (region < 0 || (armv8m->bases[region] & RBAR_XN)) {
        return false;
    }
    uint32_t index = armv8m->limits[region] >> 1 & 7;
    return (armv8m->attributes[index / 4] >> index % 4 * 8 & 0xF0) != 0;
}

bool armv8m_model_bus_fault(struct armv8m_model *armv8m)
{
    armv8m->cfsr |= CFSR_PRECISE;
    return (armv8m->ccr & CCR_BFHFNMIGN) && armv8m->bus->masks_faults != NULL &&
           armv8m->bus->masks_faults(armv8m->bus->ctx);
}

static uint32_t core_read(void *ctx, uint32_t off, uint32_t size)
{
    struct armv8m_model *armv8m = ctx;
    (void)off;
    if (size != 4) {
        model_violation(armv8m->bus, "read of %u bytes of CCR", size);
    }
    return armv8m->ccr;
}

static void core_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct armv8m_model *armv8m = ctx;
    (void)off;
    if (size != 4 || ((value ^ CCR_RESET) & ~(uint32_t)CCR_BFHFNMIGN)) {
        model_violation(armv8m->bus, "write of 0x%08x to CCR, which is not modelled", value);
    }
    armv8m->ccr = value;
}

static uint32_t status_read(void *ctx, uint32_t off, uint32_t size)
{
    struct armv8m_model *armv8m = ctx;
    (void)off;
    if (size != 4) {
        model_violation(armv8m->bus, "read of %u bytes of CFSR", size);
    }
    return armv8m->cfsr;
}

static void status_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct armv8m_model *armv8m = ctx;
    (void)off;
    if (size != 4) {
        model_violation(armv8m->bus, "write of %u bytes of CFSR", size);
    }
    armv8m->cfsr &= ~value;
}

/* Whether there is such a register of the MPU; where it keeps what is written. */
static bool mpu_find(struct armv8m_model *armv8m, uint32_t off, uint32_t size, uint32_t **found)
{
    switch (off) {
    case CTRL:
        *found = &armv8m->control;
        break;
    case RNR:
        *found = &armv8m->region;
        break;
    case RBAR:
        *found = &armv8m->bases[armv8m->region];
        break;
    case RLAR:
        *found = &armv8m->limits[armv8m->region];
        break;
    case MAIR0:
        *found = &armv8m->attributes[0];
        break;
    case MAIR1:
        *found = &armv8m->attributes[1];
        break;
    default:
        return false;
    }
    return size == 4;
}

static uint32_t mpu_read(void *ctx, uint32_t off, uint32_t size)
{
    struct armv8m_model *armv8m = ctx;
    uint32_t *found;
    if (size == 4 && off == TYPE) {
        return ARMV8M_REGIONS << 8;
    }
    if (!mpu_find(armv8m, off, size, &found)) {
        model_violation(armv8m->bus, "read of %u bytes of the MPU at 0x%02x", size, off);
        return 0;
    }
    return *found;
}

static void mpu_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct armv8m_model *armv8m = ctx;
    uint32_t *found;
    if (!mpu_find(armv8m, off, size, &found)) {
        model_violation(armv8m->bus, "write of %u bytes of the MPU at 0x%02x", size, off);
    } else if (off == RNR && value >= ARMV8M_REGIONS) {
        model_violation(armv8m->bus, "region %u of the MPU, which may have eight", value);
    } else if (off == CTRL && (value & ~(uint32_t)CTRL_KNOWN || value == CTRL_HFNMIENA)) {
        model_violation(armv8m->bus, "write of 0x%08x to MPU_CTRL, which is not defined", value);
    } else if ((off == RBAR || off == RLAR) && (armv8m->control & CTRL_ENABLE)) {
        model_violation(armv8m->bus, "a region of the MPU is changed while it is on");
    } else {
        *found = value;
    }
}

static uint32_t cache_read(void *ctx, uint32_t off, uint32_t size)
{
    const struct armv8m_model *armv8m = ctx;
    model_violation(armv8m->bus, "read of %u bytes of DCCMVAC at 0x%02x, which can only be written", size, off);
    return 0;
}

static void cache_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct armv8m_model *armv8m = ctx;
    if (size != 4) {
        model_violation(armv8m->bus, "write of %u bytes of DCCMVAC at 0x%02x", size, off);
    } else if (armv8m->cleaned != NULL) {
        armv8m->cleaned(armv8m->cleaned_ctx, value);
    }
}

void armv8m_model_open(struct armv8m_model *armv8m, const struct model_bus *bus)
{
    *armv8m = (struct armv8m_model){.bus = bus};
    const struct model models[ARMV8M_MODELS] = {
        {.name = "CCR", .base = SCS + CCR_OFF, .size = 4, .read = core_read, .write = core_write},
        {.name = "CFSR", .base = SCS + CFSR_OFF, .size = 4, .read = status_read, .write = status_write},
        {.name = "the MPU", .base = SCS + MPU_OFF, .size = MPU_SIZE, .read = mpu_read, .write = mpu_write},
        {.name = "DCCMVAC", .base = SCS + DCCMVAC_OFF, .size = 4, .read = cache_read, .write = cache_write},
    };
    for (int i = 0; i < ARMV8M_MODELS; i++) {
        armv8m->models[i] = models[i];
        armv8m->models[i].ctx = armv8m;
    }
    armv8m_model_reset(armv8m);
}

void armv8m_model_leave_region(struct armv8m_model *armv8m, uint32_t region, uint32_t base, uint32_t limit)
{
    armv8m->control = CTRL_ENABLE | CTRL_PRIVDEFENA;
    armv8m->bases[region] = base;
    armv8m->limits[region] = limit | RLAR_ENABLE;
}

void armv8m_model_reset(struct armv8m_model *armv8m)
{
    armv8m->ccr = CCR_RESET;
    armv8m->cfsr = 0;
    armv8m->control = 0;
    armv8m->region = 0;
    for (int i = 0; i < ARMV8M_REGIONS; i++) {
        armv8m->bases[i] = 0xFFFFFFFF; /* the manual leaves open what they hold */
        armv8m->limits[i] = 0;
    }
    armv8m->attributes[0] = armv8m->attributes[1] = 0;
}
