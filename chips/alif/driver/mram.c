/* The steps of a write, register by register, stand in chips/alif/README.md; the facts behind them in facts.md. */
#include "chips/alif/driver/mram.h"

#include <string.h>

#include "chips/alif/driver/mpu.h"
#include "chips/alif/driver/mram_load.h"

#define MRAM_BASE 0x80000000u
#define MRAM_LIMIT (0x8057FFE0u | MPROM_ALIF_MPU_MRAM << MPU_RLAR_ATTRIBUTE_POS | MPU_RLAR_ENABLE)

enum {
    GRANULE = 16,
    PAGE_SIZE = 256,   /* what one call programs at most: MRAM has no such limit */
    BLOCK_SIZE = 4096, /* our choice: what is filled at a time */
    BLOCKS = 0x580000 / BLOCK_SIZE,
};

static const struct mprom_alif_mram *mram_of(const struct mprom_flash *flash)
{
    return flash->ctx;
}

MPROM_RAMFUNC static void mram_allow(uint32_t access)
{
    mprom_alif_mpu_set(MPROM_ALIF_MPU_MRAM, MRAM_BASE | MPU_RBAR_ANYONE | access, MRAM_LIMIT);
}

/*
 * The order that satisfies all of Alif's own drivers: interrupts off, the two halves in ascending order, a barrier, the
 * line out of the data cache, in case that it holds it back, and a barrier, with which mram_allow() begins. words are in
 * RAM.
 */
MPROM_RAMFUNC static void granule_write(uint32_t address, const uint32_t *words)
{
    uint32_t primask = mprom_cpu_irq_mask();
    mram_allow(0);
    mprom_mmio_write64(address, words[0], words[1]);
    mprom_mmio_write64(address + 8, words[2], words[3]);
    mprom_cpu_barrier();
    mprom_mmio_write32(CACHE_DCCMVAC, address);
    mram_allow(MPU_RBAR_READ_ONLY);
    mprom_cpu_irq_restore(primask);
}

/* Writes bytes, or fills with 00 if they are NULL. */
static int mram_write(const struct mprom_flash *flash, uint32_t off, const uint8_t *bytes, uint32_t size)
{
    const struct mprom_alif_mram *mram = mram_of(flash);
    if (off % GRANULE != 0 || size % GRANULE != 0) {
        return -MPROM_EINVAL;
    }
    if (off < mram->first_off || off > mram->end_off || size > mram->end_off - off) {
        return -MPROM_EROFS;
    }
    uint32_t words[GRANULE / 4] = {0};
    for (uint32_t done = 0; done < size; done += GRANULE) {
        if (bytes != NULL) {
            memcpy(words, bytes + done, sizeof words);
        }
        granule_write(MRAM_BASE + off + done, words);
    }
    return 0;
}

static int mram_program(const struct mprom_flash *flash, uint32_t off, const void *src, uint32_t size)
{
    return mram_write(flash, off, src, size);
}

static int mram_erase(const struct mprom_flash *flash, uint32_t off, uint32_t size)
{
    return mram_write(flash, off, NULL, size);
}

static int mram_read(const struct mprom_flash *flash, uint32_t off, void *dst, uint32_t size)
{
    (void)flash;
    return mprom_alif_mram_load(off, dst, size);
}

static int mram_probe(const struct mprom_flash *flash, uint32_t off, uint32_t size)
{
    (void)flash;
    return mprom_alif_mram_load(off, NULL, size);
}

static const void *mram_map(const struct mprom_flash *flash, uint32_t off)
{
    (void)flash;
    return mprom_mmio_map(MRAM_BASE + off);
}

/* A write has ended when its barrier has. */
static int mram_sync(const struct mprom_flash *flash)
{
    (void)flash;
    return 0;
}

static const struct mprom_flash_ops mram_ops = {
    .read = mram_read,
    .program = mram_program,
    .erase = mram_erase,
    .sync = mram_sync,
    .map = mram_map,
    .probe = mram_probe,
};

static const struct mprom_flash_region mram_region = {.erase_size = BLOCK_SIZE, .count = BLOCKS};

static const struct mprom_flash_geometry mram_geometry = {
    .size = BLOCKS * BLOCK_SIZE,
    .regions = &mram_region,
    .region_count = 1,
    .program_size = GRANULE,
    .page_size = PAGE_SIZE,
    .program_count = MPROM_FLASH_PROGRAM_ANY,
    .erased_value = 0x00,
    .overwrites = true,
    .bad_read_faults = true,
};

int mprom_alif_mram_open(struct mprom_alif_mram *mram, uint32_t first_off, uint32_t size)
{
    uint32_t end = mram_geometry.size;
    if (first_off % BLOCK_SIZE != 0 || size % BLOCK_SIZE != 0 || first_off > end || size > end - first_off) {
        return -MPROM_EINVAL;
    }
    uint32_t primask = mprom_cpu_irq_mask();
    mprom_alif_mpu_attributes();
    mram_allow(MPU_RBAR_READ_ONLY);
    mprom_cpu_irq_restore(primask);
    *mram = (struct mprom_alif_mram){.flash = {.ops = &mram_ops, .geometry = &mram_geometry, .ctx = mram},
                                     .first_off = first_off,
                                     .end_off = first_off + size};
    return 0;
}
