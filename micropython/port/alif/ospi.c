/*
 * The octal flash, over MicroPython's ospi_flash_erase_sector() and ospi_flash_write(). These close the window through
 * which the CPU reads it, which no cache covers. What they leave to their callers: that nothing reads it meanwhile, and
 * that all is whole words.
 */
#include <string.h>

#include "py/mphal.h"

#include "micropython/port/alif/alif.h"
#include "micropython/port/port_flash.h"

#if MICROPY_HW_ENABLE_OSPI

#include ALIF_CMSIS_H
#include "irq.h"
#include "ospi_flash.h"

enum {
    /* ISSI's chip may have error correction over so many bytes, which allows one program. */
    PROGRAM_SIZE = 16,
    PAGE_SIZE = 256,
    BLOCK_SIZE = 4096,
    ERASED = 0xFF
};

static uint32_t flash_start; /* of the partition, from the start of the chip */

static const void *ospi_map(const struct mprom_flash *flash, uint32_t off)
{
    (void)flash;
    return (const void *)(ospi_flash_get_xip_base() + flash_start +
                          off); // NOLINT(performance-no-int-to-ptr): as above
}

static int ospi_read(const struct mprom_flash *flash, uint32_t off, void *dst, uint32_t size)
{
    memcpy(dst, ospi_map(flash, off), size);
    return 0;
}

/* USB waits, and all interrupts below it: their handlers may be Python, of a segment in the window. */
static int ospi_program(const struct mprom_flash *flash, uint32_t off, const void *src, uint32_t size)
{
    static uint32_t words[PAGE_SIZE / sizeof(uint32_t)]; /* aligned; and src may lie in the window */
    (void)flash;
    memcpy(words, src, size);
    uint32_t priority = raise_irq_pri(IRQ_PRI_USB);
    int answer = ospi_flash_write(flash_start + off, size, (const uint8_t *)words);
    restore_irq_pri(priority);
    return mprom_port_result(answer);
}

static int ospi_erase(const struct mprom_flash *flash, uint32_t off, uint32_t size)
{
    (void)flash;
    (void)size;
    uint32_t priority = raise_irq_pri(IRQ_PRI_USB);
    int answer = ospi_flash_erase_sector(flash_start + off);
    restore_irq_pri(priority);
    return mprom_port_result(answer);
}

static int ospi_sync(const struct mprom_flash *flash)
{
    (void)flash;
    return 0;
}

static const struct mprom_flash_ops ospi_ops = {
    .read = ospi_read, .program = ospi_program, .erase = ospi_erase, .sync = ospi_sync, .map = ospi_map};
static struct mprom_flash_region region = {.erase_size = BLOCK_SIZE};
static struct mprom_flash_geometry geometry = {.regions = &region,
                                               .region_count = 1,
                                               .program_size = PROGRAM_SIZE,
                                               .page_size = PAGE_SIZE,
                                               .program_count = 1,
                                               .erased_value = ERASED};
static const struct mprom_flash ospi_flash = {.ops = &ospi_ops, .geometry = &geometry};

bool mprom_port_alif_is_ospi(uintptr_t start, uint32_t size)
{
    uintptr_t off = start - ospi_flash_get_xip_base();
    return start >= ospi_flash_get_xip_base() && off < OSPI0_XIP_SIZE && size <= OSPI0_XIP_SIZE - off;
}

const char *mprom_port_alif_ospi(uintptr_t start, uint32_t size, const struct mprom_flash **flash)
{
    flash_start = (uint32_t)(start - ospi_flash_get_xip_base());
    region.count = size / BLOCK_SIZE;
    geometry.size = size;
    *flash = &ospi_flash;
    if (flash_start % BLOCK_SIZE != 0 || mprom_flash_check(&ospi_flash)) {
        return "the board's partition is no whole number of erase blocks of 4 KiB";
    }
    return NULL;
}

#else

bool mprom_port_alif_is_ospi(uintptr_t start, uint32_t size)
{
    (void)start;
    (void)size;
    return false;
}

const char *mprom_port_alif_ospi(uintptr_t start, uint32_t size, const struct mprom_flash **flash)
{
    (void)start;
    (void)size;
    (void)flash;
    return NULL;
}

#endif
