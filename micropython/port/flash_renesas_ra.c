/*
 * renesas-ra: the partition in the chip's own code flash, by the functions of Renesas' FSP that the port uses too.
 *
 * The port's flash_write() programs 2048 bytes at a time, also those around what it is given. Such a chip takes one
 * program of each unit between erases, so FSP is called with the units alone. On boards with a QSPI chip for files the
 * port's flash functions speak to that chip, wherever the address lies, and FSP is not opened for the code flash.
 *
 * The chip cannot read code flash while it writes there: FSP's functions run from RAM, with interrupts off as the port
 * has them, and their source lies in RAM. The port compiles FSP without checks of arguments.
 */
#include <string.h>

#include "py/mpconfig.h"

#include "hal_data.h"

#include "arch/mmio.h"
#include "micropython/port/port.h"

#if defined(RA6M1) || defined(RA6M2) || defined(RA6M3) || defined(RA6M5)
#define FSP_OPEN R_FLASH_HP_Open
#define FSP_WRITE R_FLASH_HP_Write
#define FSP_ERASE R_FLASH_HP_Erase
enum {
    PROGRAM_SIZE = 128,
    BLOCK_SIZE = 0x8000,
    BLOCKS_START = 0x10000 /* below lie smaller blocks, in which the program begins */
};
#elif defined(RA4M1) || defined(RA4W1)
#define FSP_OPEN R_FLASH_LP_Open
#define FSP_WRITE R_FLASH_LP_Write
#define FSP_ERASE R_FLASH_LP_Erase
enum {
    PROGRAM_SIZE = 8,
    BLOCK_SIZE = 0x800,
    BLOCKS_START = BLOCK_SIZE
};
#else
#error "mprom does not know how this chip writes its flash: docs/ports.md"
#endif

/* A board's setting: files lie in a QSPI chip. */
#ifndef MICROPY_HW_HAS_QSPI_FLASH
#define MICROPY_HW_HAS_QSPI_FLASH 0
#endif

enum {
    PAGE_SIZE = 256, /* so many bytes with interrupts off */
    WORD_SIZE = 4,
    ERASED = 0xFF
};

/* From the linker script. Without a partition it has none of them, or a size of 0. */
extern __attribute__((weak)) uint8_t _micropy_hw_romfs_part0_start;
extern __attribute__((weak)) uint8_t _micropy_hw_romfs_part0_size;

static uint32_t partition_start;

static const uint8_t *flash_at(uint32_t off)
{
    return (const uint8_t *)(uintptr_t)(partition_start + off);
}

static int fsp_result(fsp_err_t result)
{
    switch (result) {
    case FSP_SUCCESS:
        return 0;
    case FSP_ERR_CMD_LOCKED: /* an access window or a block protection */
        return -MPROM_EROFS;
    case FSP_ERR_TIMEOUT:
        return -MPROM_ETIMEDOUT;
    default:
        return -MPROM_EIO;
    }
}

static int port_read(const struct mprom_flash *flash, uint32_t off, void *dst, uint32_t size)
{
    (void)flash;
    memcpy(dst, flash_at(off), size);
    return 0;
}

static int port_program(const struct mprom_flash *flash, uint32_t off, const void *src, uint32_t size)
{
    uint32_t page[PAGE_SIZE / WORD_SIZE];
    (void)flash;
    memcpy(page, src, size);
    uint32_t mask = mprom_cpu_fault_mask();
    fsp_err_t result = FSP_WRITE(&g_flash0_ctrl, (uint32_t)(uintptr_t)page, partition_start + off, size);
    mprom_cpu_fault_restore(mask);
    return fsp_result(result);
}

static int port_erase(const struct mprom_flash *flash, uint32_t off, uint32_t size)
{
    (void)flash;
    uint32_t mask = mprom_cpu_fault_mask();
    fsp_err_t result = FSP_ERASE(&g_flash0_ctrl, partition_start + off, size / BLOCK_SIZE);
    mprom_cpu_fault_restore(mask);
    return fsp_result(result);
}

/* FSP empties the chip's caches itself. */
static int port_sync(const struct mprom_flash *flash)
{
    (void)flash;
    return 0;
}

static const void *port_map(const struct mprom_flash *flash, uint32_t off)
{
    (void)flash;
    return flash_at(off);
}

static const struct mprom_flash_ops port_ops = {
    .read = port_read, .program = port_program, .erase = port_erase, .sync = port_sync, .map = port_map};
static struct mprom_flash_region port_region = {.erase_size = BLOCK_SIZE};
static struct mprom_flash_geometry port_geometry = {.regions = &port_region,
                                                    .region_count = 1,
                                                    .program_size = PROGRAM_SIZE,
                                                    .page_size = PAGE_SIZE,
                                                    .program_count = 1,
                                                    .erased_value = ERASED};
static const struct mprom_flash port_flash = {.ops = &port_ops, .geometry = &port_geometry};

_Static_assert(PROGRAM_SIZE <= MPROM_FLASH_PROGRAM_SIZE_MAX,
               "micropython/port/sources.mk sets the larger one for this port");

const char *mprom_port_open(struct mprom_port_partition *partition)
{
    uint32_t start = (uint32_t)(uintptr_t)&_micropy_hw_romfs_part0_start;
    uint32_t size = (uint32_t)(uintptr_t)&_micropy_hw_romfs_part0_size;
    if (start == 0 || size == 0) {
        return "this board has no ROMFS partition";
    }
    partition_start = start;
    port_region.count = size / BLOCK_SIZE;
    port_geometry.size = size;
    if (start < BLOCKS_START || start % BLOCK_SIZE != 0 || mprom_flash_check(&port_flash)) {
        return "the port's partition is no whole number of erase blocks";
    }
    if (MICROPY_HW_HAS_QSPI_FLASH && FSP_OPEN(&g_flash0_ctrl, &g_flash0_cfg) != FSP_SUCCESS) {
        return "the driver of the chip's flash does not open";
    }
    *partition = (struct mprom_port_partition){.flash = &port_flash, .size = size};
    return NULL;
}
