/*
 * The internal flash, over MicroPython's flash_erase() and flash_write(). These wait until the flash is done. What they
 * leave to their callers: that no interrupt uses the flash meanwhile, errors that are left from before, and the data
 * cache of a Cortex-M7.
 */
#include <stddef.h>
#include <string.h>

#include "py/mphal.h"

#include STM32_HAL_H
#include "flash.h"
#include "irq.h"

#include "micropython/port/port_flash.h"
#include "micropython/port/stm32/family.h"
#include "micropython/port/stm32/stm32.h"

/*
 * Other families are refused. A torn word raises an NMI in those with error correction (L4, WB and their like), and
 * MicroPython's handler does not clear its cause.
 */
#if defined(STM32F4)
static const struct mprom_port_stm32_family *const family = &mprom_port_stm32_f4;
#elif defined(STM32F7)
static const struct mprom_port_stm32_family *const family = &mprom_port_stm32_f7;
#elif defined(STM32H7) && FLASH_NB_32BITWORD_IN_FLASHWORD == 8
static const struct mprom_port_stm32_family *const family = &mprom_port_stm32_h7;
#else
static const struct mprom_port_stm32_family *const family = NULL;
#endif

enum {
    REGIONS_MAX = 6, /* F4s of 2 MB have the most: two banks of three sizes */
    PAGE_SIZE = 256,
    ERASED = 0xFF
};

static uint32_t flash_start; /* address of the partition */

static int internal_read(const struct mprom_flash *flash, uint32_t off, void *dst, uint32_t size)
{
    (void)flash;
    return family->load(flash_start + off, dst, size);
}

static int internal_probe(const struct mprom_flash *flash, uint32_t off, uint32_t size)
{
    (void)flash;
    return family->load(flash_start + off, NULL, size);
}

/*
 * The interrupt of the port's filesystem erases and programs too: in the middle of an operation it would lock the
 * controller, or fail and lose what it was to write.
 */
static int internal_program(const struct mprom_flash *flash, uint32_t off, const void *src, uint32_t size)
{
    static uint32_t words[PAGE_SIZE / sizeof(uint32_t)]; /* aligned, and not in the flash that is busy */
    (void)flash;
    memcpy(words, src, size);
    uint32_t priority = raise_irq_pri(IRQ_PRI_FLASH);
    family->clear_errors(flash_start + off);
    int answer = flash_write(flash_start + off, words, size / sizeof(uint32_t));
    restore_irq_pri(priority);
    family->written(flash_start + off, size);
    return mprom_port_result(answer);
}

static int internal_erase(const struct mprom_flash *flash, uint32_t off, uint32_t size)
{
    (void)flash;
    uint32_t priority = raise_irq_pri(IRQ_PRI_FLASH);
    int answer = flash_erase(flash_start + off);
    restore_irq_pri(priority);
    family->written(flash_start + off, size);
    return mprom_port_result(answer);
}

/* Each operation has waited for its end, and for the caches. */
static int internal_sync(const struct mprom_flash *flash)
{
    (void)flash;
    return 0;
}

static const void *internal_map(const struct mprom_flash *flash, uint32_t off)
{
    (void)flash;
    return (const void *)(uintptr_t)(flash_start + off); // NOLINT(performance-no-int-to-ptr): where the chip has it
}

static const struct mprom_flash_ops internal_ops = {.read = internal_read,
                                                    .program = internal_program,
                                                    .erase = internal_erase,
                                                    .sync = internal_sync,
                                                    .map = internal_map,
                                                    .probe = internal_probe};
static struct mprom_flash_region regions[REGIONS_MAX];
static struct mprom_flash_geometry geometry = {.regions = regions, .page_size = PAGE_SIZE, .erased_value = ERASED};
static const struct mprom_flash internal_flash = {.ops = &internal_ops, .geometry = &geometry};

bool mprom_port_stm32_is_internal(uintptr_t start)
{
    return flash_is_valid_addr((uint32_t)start);
}

/* Adds the sector that starts at an address. */
static bool add_sector(uint32_t address, uint32_t *sector_size)
{
    uint32_t sector_start = 0;
    if (flash_get_sector_info(address, &sector_start, sector_size) < 0 || sector_start != address) {
        return false;
    }
    if (geometry.region_count == 0 || regions[geometry.region_count - 1].erase_size != *sector_size) {
        if (geometry.region_count == REGIONS_MAX) {
            return false;
        }
        regions[geometry.region_count++] = (struct mprom_flash_region){.erase_size = *sector_size};
    }
    regions[geometry.region_count - 1].count++;
    return true;
}

/* Sectors may differ in size. */
static bool describe(uint32_t size)
{
    while (geometry.size < size) {
        uint32_t sector_size = 0;
        if (!add_sector(flash_start + geometry.size, &sector_size)) {
            return false;
        }
        geometry.size += sector_size;
    }
    return geometry.size == size && mprom_flash_check(&internal_flash) == 0;
}

const char *mprom_port_stm32_internal(uintptr_t start, uint32_t size, const struct mprom_flash **flash)
{
    if (family == NULL) {
        return "mprom does not know the internal flash of this STM32 family: put the partition into a serial flash";
    }
    const char *fault = family->fault();
    if (fault != NULL) {
        return fault;
    }
    flash_start = (uint32_t)start;
    geometry.program_size = family->program_size;
    geometry.program_count = family->program_count;
    geometry.bad_read_faults = family->bad_read_faults;
    *flash = &internal_flash;
    return describe(size) ? NULL : "the board's partition is no whole number of flash sectors";
}
