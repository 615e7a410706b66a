/*
 * The order of steps is that of RM0090 3.6.3 (sector erase) and 3.6.4 (programming); README.md has the register trace
 * of both.
 */
#include "chips/stm32/driver/flash_f4.h"

#include <string.h>

#include "arch/mmio.h"
#include "chips/stm32/regs/stm32f4_regs.h"

enum {
    DEVICE_F42X = 0x419,
    DEVICE_F76X = 0x451,

    KIB = 1024,
    /* A bank has four small sectors, one of 4 times their size, and then as many of 8 times as it has room for. */
    SMALL_COUNT = 4,
    MIDDLE_FACTOR = 4,
    LARGE_FACTOR = 8,
    BANK_2_SNB = 0x10, /* RM0090 3.9.8: bit 4 of SNB says bank 2 */

    ERASE_MS = 8000,     /* a sector takes at most 2 s (128K, DS8626 table 40) or 4 s (256K of an F76x); twice that */
    PROGRAM_MS = 1,      /* a word takes at most 100 us (the same table) */
    CYCLES_PER_POLL = 4, /* at least: load, test, count, branch */
    PAGE_SIZE = 256,     /* what one call programs at most: the flash itself has no pages */
};

struct f4_device {
    uint32_t id;
    uint32_t size_register;
    uint32_t size_max;
    uint32_t cache_enable;
    uint32_t cache_reset;
};

#define F4_CACHES FLASH_ACR_ICEN | FLASH_ACR_DCEN, FLASH_ACR_ICRST | FLASH_ACR_DCRST
#define F7_CACHES FLASH_ACR_ARTEN, FLASH_ACR_ARTRST

static const struct f4_device f4_devices[] = {
    {0x413, FLASH_SIZE_KB_F4, 1024 * KIB, F4_CACHES},         /* F405, F407 */
    {0x431, FLASH_SIZE_KB_F4, 512 * KIB, F4_CACHES},          /* F411 */
    {DEVICE_F42X, FLASH_SIZE_KB_F4, 2048 * KIB, F4_CACHES},   /* and F43x */
    {0x452, FLASH_SIZE_KB_F72X, 512 * KIB, F7_CACHES},        /* F72x, F73x */
    {DEVICE_F76X, FLASH_SIZE_KB_F76X, 2048 * KIB, F7_CACHES}, /* and F77x */
};

/* Waits until the flash is idle, for limit polls. */
MPROM_RAMFUNC static uint32_t f4_wait(uint32_t limit)
{
    uint32_t status = mprom_mmio_read32(FLASH_SR);
    while ((status & FLASH_SR_BSY) && limit-- > 0) {
        status = mprom_mmio_read32(FLASH_SR);
    }
    return status;
}

/* Returns the status at the end, with BSY in it if the time was not enough. */
MPROM_RAMFUNC static uint32_t f4_erase_sector(const struct mprom_flash_f4 *f4, uint32_t snb, uint32_t limit)
{
    uint32_t primask = mprom_cpu_irq_mask();
    uint32_t status = f4_wait(limit);
    if (!(status & FLASH_SR_BSY)) {
        mprom_mmio_write32(FLASH_SR, FLASH_SR_ERRORS | FLASH_SR_EOP);
        uint32_t control = FLASH_CR_PSIZE_X32 | FLASH_CR_SER | snb << FLASH_CR_SNB_POS;
        mprom_mmio_write32(FLASH_CR, control);
        mprom_mmio_write32(FLASH_CR, control | FLASH_CR_STRT);
        mprom_cpu_barrier();
        status = f4_wait(limit);
    }
    if (!(status & FLASH_SR_BSY)) {
        mprom_mmio_write32(FLASH_CR, 0);
        /* Cached lines of the sector hold what it was. They can be reset only while the caches are off. */
        uint32_t access = mprom_mmio_read32(FLASH_ACR);
        uint32_t off = access & ~f4->cache_enable;
        mprom_mmio_write32(FLASH_ACR, off);
        mprom_mmio_write32(FLASH_ACR, off | f4->cache_reset);
        mprom_mmio_write32(FLASH_ACR, off);
        mprom_mmio_write32(FLASH_ACR, access);
    }
    mprom_cpu_irq_restore(primask);
    return status;
}

/* The same for a word. */
MPROM_RAMFUNC static uint32_t f4_program_word(uint32_t address, uint32_t word, uint32_t limit)
{
    uint32_t primask = mprom_cpu_irq_mask();
    uint32_t status = f4_wait(limit);
    if (!(status & FLASH_SR_BSY)) {
        mprom_mmio_write32(FLASH_SR, FLASH_SR_ERRORS | FLASH_SR_EOP);
        mprom_mmio_write32(FLASH_CR, FLASH_CR_PSIZE_X32 | FLASH_CR_PG);
        mprom_mmio_write32(address, word);
        mprom_cpu_barrier();
        status = f4_wait(limit);
    }
    if (!(status & FLASH_SR_BSY)) {
        mprom_mmio_write32(FLASH_CR, 0);
    }
    mprom_cpu_irq_restore(primask);
    return status;
}

static int f4_result(uint32_t status)
{
    if (status & FLASH_SR_BSY) {
        return -MPROM_ETIMEDOUT;
    }
    if (status & FLASH_SR_WRPERR) {
        return -MPROM_EROFS;
    }
    return status & FLASH_SR_ERRORS ? -MPROM_EIO : 0;
}

/* Keys written to a flash that is unlocked lock it until the next reset. */
static int f4_unlock(void)
{
    if (mprom_mmio_read32(FLASH_CR) & FLASH_CR_LOCK) {
        mprom_mmio_write32(FLASH_KEYR, FLASH_KEY1);
        mprom_mmio_write32(FLASH_KEYR, FLASH_KEY2);
    }
    return mprom_mmio_read32(FLASH_CR) & FLASH_CR_LOCK ? -MPROM_EIO : 0;
}

/* A controller that is still busy takes no writes, and hangs until a reset anyway. */
static int f4_lock(int err)
{
    if (err != -MPROM_ETIMEDOUT) {
        mprom_mmio_write32(FLASH_CR, FLASH_CR_LOCK);
    }
    return err;
}

static const struct mprom_flash_f4 *f4_of(const struct mprom_flash *flash)
{
    return flash->ctx;
}

/* The number by which FLASH_CR knows the sector that starts at off. */
static uint32_t f4_sector(const struct mprom_flash_f4 *f4, uint32_t off)
{
    uint32_t bank = off / f4->bank_size;
    uint32_t inner = off % f4->bank_size;
    uint32_t unit = inner / f4->small_size;
    uint32_t number = unit < SMALL_COUNT    ? unit
                      : unit < LARGE_FACTOR ? SMALL_COUNT
                                            : SMALL_COUNT + unit / LARGE_FACTOR;
    return number + bank * BANK_2_SNB;
}

static int f4_erase(const struct mprom_flash *flash, uint32_t off, uint32_t size)
{
    (void)size;
    const struct mprom_flash_f4 *f4 = f4_of(flash);
    int err = f4_unlock();
    if (err) {
        return err;
    }
    return f4_lock(f4_result(f4_erase_sector(f4, f4_sector(f4, off), f4->polls_per_ms * ERASE_MS)));
}

static int f4_program(const struct mprom_flash *flash, uint32_t off, const void *src, uint32_t size)
{
    const struct mprom_flash_f4 *f4 = f4_of(flash);
    const uint8_t *bytes = src;
    int err = f4_unlock();
    if (err) {
        return err;
    }
    for (uint32_t done = 0; done < size && !err; done += sizeof(uint32_t)) {
        uint32_t word;
        memcpy(&word, bytes + done, sizeof word);
        err = f4_result(f4_program_word(FLASH_MEMORY + off + done, word, f4->polls_per_ms * PROGRAM_MS));
    }
    return f4_lock(err);
}

static const void *f4_map(const struct mprom_flash *flash, uint32_t off)
{
    (void)flash;
    return mprom_mmio_map(FLASH_MEMORY + off);
}

static int f4_read(const struct mprom_flash *flash, uint32_t off, void *dst, uint32_t size)
{
    memcpy(dst, f4_map(flash, off), size);
    return 0;
}

/* Erase and program end with the flash idle and the caches true. */
static int f4_sync(const struct mprom_flash *flash)
{
    (void)flash;
    return 0;
}

static const struct mprom_flash_ops f4_ops = {
    .read = f4_read,
    .program = f4_program,
    .erase = f4_erase,
    .sync = f4_sync,
    .map = f4_map,
};

static const struct f4_device *f4_device_find(uint32_t id)
{
    for (uint32_t i = 0; i < sizeof f4_devices / sizeof f4_devices[0]; i++) {
        if (f4_devices[i].id == id) {
            return &f4_devices[i];
        }
    }
    return NULL;
}

static bool f4_has_two_banks(uint32_t device, uint32_t size)
{
    uint32_t options = mprom_mmio_read32(FLASH_OPTCR);
    if (device == DEVICE_F76X) {
        return !(options & FLASH_OPTCR_NDBANK);
    }
    return device == DEVICE_F42X && (size > 1024 * KIB || (size == 1024 * KIB && (options & FLASH_OPTCR_DB1M)));
}

/* Sectors as RM0090 tables 5 to 9 and RM0410 tables 3 and 4 list them. */
static void f4_describe(struct mprom_flash_f4 *f4, uint32_t size)
{
    struct mprom_flash_region *region = f4->regions;
    uint32_t small = f4->small_size;
    uint32_t large_count = f4->bank_size / small / LARGE_FACTOR - 1;
    for (uint32_t off = 0; off < size; off += f4->bank_size) {
        *region++ = (struct mprom_flash_region){.erase_size = small, .count = SMALL_COUNT};
        *region++ = (struct mprom_flash_region){.erase_size = small * MIDDLE_FACTOR, .count = 1};
        *region++ = (struct mprom_flash_region){.erase_size = small * LARGE_FACTOR, .count = large_count};
    }
    f4->geometry = (struct mprom_flash_geometry){
        .size = size,
        .regions = f4->regions,
        .region_count = (uint32_t)(region - f4->regions),
        .program_size = sizeof(uint32_t),
        .page_size = PAGE_SIZE,
        .program_count = MPROM_FLASH_PROGRAM_ANY,
        .erased_value = 0xFF,
    };
}

int mprom_flash_f4_open(struct mprom_flash_f4 *f4, uint32_t clock_hz)
{
    const struct f4_device *device = f4_device_find(mprom_mmio_read32(DBGMCU_IDCODE) & DBGMCU_IDCODE_DEV_MASK);
    uint32_t size = device != NULL ? (uint32_t)mprom_mmio_read16(device->size_register) * KIB : 0;
    if (size == 0 || size > device->size_max || size % (256 * KIB) != 0) {
        return -MPROM_EOPNOTSUPP;
    }
    bool two_banks = f4_has_two_banks(device->id, size);
    f4->bank_size = two_banks ? size / 2 : size;
    f4->small_size = device->id == DEVICE_F76X && !two_banks ? 32 * KIB : 16 * KIB;
    f4->cache_enable = device->cache_enable;
    f4->cache_reset = device->cache_reset;
    f4->polls_per_ms = clock_hz / 1000 / CYCLES_PER_POLL;
    f4_describe(f4, size);
    f4->flash = (struct mprom_flash){.ops = &f4_ops, .geometry = &f4->geometry, .ctx = f4};
    return 0;
}
