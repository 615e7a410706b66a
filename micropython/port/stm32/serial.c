/*
 * A serial flash, over MicroPython's mp_spiflash_erase_block() and mp_spiflash_write(). These close the window through
 * which the CPU reads it, and drop what the caches hold of it. What they leave to their callers: that no interrupt uses
 * the flash meanwhile.
 */
#include <stddef.h>
#include <string.h>

#include "drivers/memory/spiflash.h"
#include "py/mphal.h"

#include STM32_HAL_H
#include "irq.h"
#include "qspi.h"
#include "storage.h"

#if MICROPY_HW_ROMFS_ENABLE_EXTERNAL_OSPI
#include "octospi.h"
#elif MICROPY_HW_ROMFS_ENABLE_EXTERNAL_XSPI
#include "xspi.h"
#endif

#include "micropython/port/port_flash.h"
#include "micropython/port/stm32/stm32.h"

enum {
    PAGE_SIZE = 256,
    ERASED = 0xFF,
    /* Octal chips take no odd number of bytes at double rate, and some have error correction over so many. */
    OCTAL_UNIT = 16
};

static mp_spiflash_t *chip;
static uintptr_t window;     /* the address at which the CPU reads the chip's first byte */
static uint32_t flash_start; /* of the partition, from the start of the chip */
static struct mprom_flash_region region = {.erase_size = MP_SPIFLASH_ERASE_BLOCK_SIZE};
static struct mprom_flash_geometry geometry = {.regions = &region,
                                               .region_count = 1,
                                               .program_size = 1,
                                               .page_size = PAGE_SIZE,
                                               .program_count = MPROM_FLASH_PROGRAM_ANY,
                                               .erased_value = ERASED};

static bool find_chip(uintptr_t start)
{
#if MICROPY_HW_ROMFS_ENABLE_EXTERNAL_QSPI
    chip = MICROPY_HW_ROMFS_QSPI_SPIFLASH_OBJ;
    window = QSPI_MAP_ADDR;
    return qspi_is_valid_addr((uint32_t)start);
#elif MICROPY_HW_ROMFS_ENABLE_EXTERNAL_OSPI
    chip = MICROPY_HW_ROMFS_OSPI_SPIFLASH_OBJ;
    window = OCTOSPI_MAP_ADDR;
    return octospi_is_valid_addr((uint32_t)start);
#elif MICROPY_HW_ROMFS_ENABLE_EXTERNAL_XSPI
    chip = &(MICROPY_HW_ROMFS_XSPI_SPIBDEV_OBJ)->spiflash;
    window = xspi_get_xip_base(&xspi_flash2);
    geometry.program_size = OCTAL_UNIT;
    geometry.program_count = 1;
    return xspi_is_valid_addr(&xspi_flash2, (uint32_t)start);
#else
    (void)start;
    return false;
#endif
}

static const void *serial_map(const struct mprom_flash *flash, uint32_t off)
{
    (void)flash;
    return (const void *)(window + flash_start + off); // NOLINT(performance-no-int-to-ptr): where the chip has it
}

static int serial_read(const struct mprom_flash *flash, uint32_t off, void *dst, uint32_t size)
{
    memcpy(dst, serial_map(flash, off), size);
    return 0;
}

/* The interrupt of the port's filesystem may be about to write to the same chip. */
static int serial_program(const struct mprom_flash *flash, uint32_t off, const void *src, uint32_t size)
{
    static uint8_t page[PAGE_SIZE]; /* src may lie in the window, which is closed meanwhile */
    (void)flash;
    memcpy(page, src, size);
    uint32_t priority = raise_irq_pri(IRQ_PRI_FLASH);
    int answer = mp_spiflash_write(chip, flash_start + off, size, page);
    restore_irq_pri(priority);
    return mprom_port_result(answer);
}

static int serial_erase(const struct mprom_flash *flash, uint32_t off, uint32_t size)
{
    (void)flash;
    (void)size;
    uint32_t priority = raise_irq_pri(IRQ_PRI_FLASH);
    int answer = mp_spiflash_erase_block(chip, flash_start + off);
    restore_irq_pri(priority);
    return mprom_port_result(answer);
}

static int serial_sync(const struct mprom_flash *flash)
{
    (void)flash;
    return 0;
}

static const struct mprom_flash_ops serial_ops = {
    .read = serial_read, .program = serial_program, .erase = serial_erase, .sync = serial_sync, .map = serial_map};
static const struct mprom_flash serial_flash = {.ops = &serial_ops, .geometry = &geometry};

bool mprom_port_stm32_is_serial(uintptr_t start)
{
    return find_chip(start);
}

const char *mprom_port_stm32_serial(uintptr_t start, uint32_t size, const struct mprom_flash **flash)
{
    flash_start = (uint32_t)(start - window);
    region.count = size / region.erase_size;
    geometry.size = size;
    *flash = &serial_flash;
    if (flash_start % region.erase_size != 0 || mprom_flash_check(&serial_flash)) {
        return "the board's partition is no whole number of erase blocks of 4 KiB";
    }
    return NULL;
}
