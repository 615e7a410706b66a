/*
 * RAM as flash, for MicroPython's qemu port: the board's linker script or its configuration gives a range of RAM that
 * nothing else uses. Bits are only cleared by a program, as flash does it, so that what needs an erase is found out.
 */
#include <string.h>

#include "py/mpconfig.h"

#include "micropython/port/port.h"

enum {
    ERASE_SIZE = 4096,
    ERASED = 0xFF
};

static uint8_t *ram_at(uint32_t off)
{
    return (uint8_t *)MPROM_RAM_START + off;
}

static int ram_read(const struct mprom_flash *flash, uint32_t off, void *dst, uint32_t size)
{
    (void)flash;
    memcpy(dst, ram_at(off), size);
    return 0;
}

static int ram_program(const struct mprom_flash *flash, uint32_t off, const void *src, uint32_t size)
{
    const uint8_t *from = src;
    uint8_t *to = ram_at(off);
    (void)flash;
    for (uint32_t i = 0; i < size; i++) {
        to[i] &= from[i];
    }
    return 0;
}

static int ram_erase(const struct mprom_flash *flash, uint32_t off, uint32_t size)
{
    (void)flash;
    memset(ram_at(off), ERASED, size);
    return 0;
}

static int ram_sync(const struct mprom_flash *flash)
{
    (void)flash;
    return 0;
}

static const void *ram_map(const struct mprom_flash *flash, uint32_t off)
{
    (void)flash;
    return ram_at(off);
}

static const struct mprom_flash_ops ram_ops = {
    .read = ram_read, .program = ram_program, .erase = ram_erase, .sync = ram_sync, .map = ram_map};
static const struct mprom_flash_region ram_region = {.erase_size = ERASE_SIZE, .count = MPROM_RAM_SIZE / ERASE_SIZE};
static const struct mprom_flash_geometry ram_geometry = {.size = MPROM_RAM_SIZE,
                                                         .regions = &ram_region,
                                                         .region_count = 1,
                                                         .program_size = 1,
                                                         .page_size = 256,
                                                         .program_count = MPROM_FLASH_PROGRAM_ANY,
                                                         .erased_value = ERASED};
static const struct mprom_flash ram_flash = {.ops = &ram_ops, .geometry = &ram_geometry};

_Static_assert(MPROM_RAM_SIZE % ERASE_SIZE == 0, "MPROM_RAM_SIZE is a multiple of 4096");

const char *mprom_port_open(struct mprom_port_partition *partition)
{
    *partition = (struct mprom_port_partition){.flash = &ram_flash, .size = MPROM_RAM_SIZE};
    return NULL;
}
