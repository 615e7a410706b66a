/*
 * MRAM: a granule of 16 bytes is written as a whole and replaces what was there. Nothing is erased, so a block that is
 * to be blank is filled with 00, which Alif's tools take for blank too.
 */
#include <string.h>

#include "py/mphal.h"

#include ALIF_CMSIS_H
#include "irq.h"
#include "mpu.h"
#include "mram.h"

#include "chips/alif/driver/mram_load.h"
#include "micropython/port/alif/alif.h"

enum {
    GRANULE = 16,
    PAGE_SIZE = 256,
    BLOCK_SIZE = 4096, /* our choice, as that of the octal flash */
    BLANK = 0x00
};

static uint8_t *mram_start;

/*
 * Outside of this the MPU makes all MRAM read-only, and it has the program too. No interrupt may be taken while a
 * granule is written (Alif's driver for CMSIS). Opening and closing the MPU's region has the barriers.
 */
static void write_granule(uint32_t off, const uint8_t *bytes)
{
    uint32_t state = disable_irq();
    mpu_config_mram(false);
    mram_write_128bit(mram_start + off, bytes);
    mpu_config_mram(true);
    enable_irq(state);
}

static int mram_read_bytes(const struct mprom_flash *flash, uint32_t off, void *dst, uint32_t size)
{
    (void)flash;
    return mprom_alif_mram_load((uint32_t)((uintptr_t)mram_start - MRAM_BASE) + off, dst, size);
}

static int mram_probe(const struct mprom_flash *flash, uint32_t off, uint32_t size)
{
    return mram_read_bytes(flash, off, NULL, size);
}

static int mram_program(const struct mprom_flash *flash, uint32_t off, const void *src, uint32_t size)
{
    const uint8_t *bytes = src;
    (void)flash;
    for (uint32_t done = 0; done < size; done += GRANULE) {
        uint8_t granule[GRANULE] __attribute__((aligned(GRANULE)));
        memcpy(granule, bytes + done, GRANULE);
        write_granule(off + done, granule);
    }
    return 0;
}

static int mram_erase(const struct mprom_flash *flash, uint32_t off, uint32_t size)
{
    static const uint8_t blank[GRANULE] __attribute__((aligned(GRANULE))) = {BLANK};
    (void)flash;
    for (uint32_t done = 0; done < size; done += GRANULE) {
        write_granule(off + done, blank);
    }
    return 0;
}

static int mram_sync(const struct mprom_flash *flash)
{
    (void)flash;
    return 0;
}

static const void *mram_map(const struct mprom_flash *flash, uint32_t off)
{
    (void)flash;
    return mram_start + off;
}

static const struct mprom_flash_ops mram_ops = {.read = mram_read_bytes,
                                                .program = mram_program,
                                                .erase = mram_erase,
                                                .sync = mram_sync,
                                                .map = mram_map,
                                                .probe = mram_probe};
static struct mprom_flash_region region = {.erase_size = BLOCK_SIZE};
static struct mprom_flash_geometry geometry = {.regions = &region,
                                               .region_count = 1,
                                               .program_size = GRANULE,
                                               .page_size = PAGE_SIZE,
                                               .program_count = MPROM_FLASH_PROGRAM_ANY,
                                               .erased_value = BLANK,
                                               .overwrites = true,
                                               .bad_read_faults = true};
static const struct mprom_flash mram_flash = {.ops = &mram_ops, .geometry = &geometry};

bool mprom_port_alif_is_mram(uintptr_t start, uint32_t size)
{
    return start >= MRAM_BASE && start - MRAM_BASE < MRAM_SIZE && size <= MRAM_SIZE - (start - MRAM_BASE);
}

const char *mprom_port_alif_mram(uintptr_t start, uint32_t size, const struct mprom_flash **flash)
{
    mram_start = (uint8_t *)start; // NOLINT(performance-no-int-to-ptr): where the chip has it
    region.count = size / BLOCK_SIZE;
    geometry.size = size;
    *flash = &mram_flash;
    if (start % BLOCK_SIZE != 0 || mprom_flash_check(&mram_flash)) {
        return "the board's partition is no whole number of blocks of 4 KiB";
    }
    return NULL;
}
