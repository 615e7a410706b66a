/*
 * samd: the partition in the chip's own flash, by the functions of asf4 that the port uses too. They wait for the
 * controller and look neither at its errors nor at what they have written; mprom/flash.h reads it back. The port's own
 * device object erases a block of the filesystem instead of one of the partition, so it is not used.
 *
 * Of asf4, flash_write() erases and writes whole blocks by a copy on the stack, which a power cut loses, and
 * flash_erase() of several blocks of a SAMD51 erases the first one several times. So here flash_append() programs, and
 * each block is erased alone. While the controller works, the CPU waits at its next read from flash.
 */
#include <string.h>

#include "err_codes.h"
#include "hal_flash.h"

#include "arch/mmio.h"
#include "micropython/port/port.h"

#ifdef MCU_SAMD21
enum {
    PAGE_SIZE = 64,
    PAGES_PER_BLOCK = 4, /* a row */
    HAS_CACHE = 0
};
#else
enum {
    PAGE_SIZE = 512,
    PAGES_PER_BLOCK = 16,
    HAS_CACHE = 1
};
#endif

/*
 * The unit: a SAMD51 writes words of 16 bytes or whole pages, which asf4 does. A SAMD21 takes eight writes of pages in a
 * row between erases. Each unit is programmed once, so with two in a page a row of four pages is written at most eight
 * times.
 */
enum {
    BLOCK_SIZE = PAGE_SIZE * PAGES_PER_BLOCK,
    PROGRAM_SIZE = 32,
    WORD_SIZE = 4,
    ERASED = 0xFF
};

/* Registers and their bits; the chip's own headers have macros of the names that the data sheet prints. */
enum {
    NVMCTRL_ADDRESS = 0x41004000,
    CACHE_CTRL = 0x41006008, /* of CMCC */
    CACHE_SR = 0x4100600C,
    CACHE_MAINT0 = 0x41006020,
    CACHE_CTRL_ON = 1,
    CACHE_SR_ON = 1,
    CACHE_MAINT0_EMPTY = 1,
    CACHE_POLLS_MAX = 1000
};

/* From the linker script. Without a partition it has none of them, or a size of 0. */
extern __attribute__((weak)) uint8_t _micropy_hw_romfs_part0_start;
extern __attribute__((weak)) uint8_t _micropy_hw_romfs_part0_size;

static struct flash_descriptor controller;
static uint32_t partition_start;

static const uint8_t *flash_at(uint32_t off)
{
    return (const uint8_t *)(uintptr_t)(partition_start + off);
}

/* The CPU's cache, which the port turns on with a QSPI chip for files, knows nothing of what was written. */
static int empty_cache(void)
{
    if (!HAS_CACHE || (mprom_mmio_read32(CACHE_SR) & CACHE_SR_ON) == 0) {
        return 0;
    }
    uint32_t polls = 0;
    mprom_mmio_write32(CACHE_CTRL, 0);
    while ((mprom_mmio_read32(CACHE_SR) & CACHE_SR_ON) != 0) {
        if (++polls == CACHE_POLLS_MAX) {
            return -MPROM_ETIMEDOUT;
        }
    }
    mprom_mmio_write32(CACHE_MAINT0, CACHE_MAINT0_EMPTY);
    mprom_mmio_write32(CACHE_CTRL, CACHE_CTRL_ON);
    return 0;
}

/* What asf4 says of its arguments, and whether the place is locked. */
static int asf4_result(int32_t result)
{
    int err = empty_cache();
    if (result == ERR_DENIED) {
        return -MPROM_EROFS;
    }
    return result == ERR_NONE ? err : -MPROM_EIO;
}

static int port_read(const struct mprom_flash *flash, uint32_t off, void *dst, uint32_t size)
{
    (void)flash;
    memcpy(dst, flash_at(off), size);
    return 0;
}

/* asf4 reads its source by words. */
static int port_program(const struct mprom_flash *flash, uint32_t off, const void *src, uint32_t size)
{
    uint32_t page[PAGE_SIZE / WORD_SIZE];
    (void)flash;
    memcpy(page, src, size);
    return asf4_result(flash_append(&controller, partition_start + off, (uint8_t *)page, size));
}

static int port_erase(const struct mprom_flash *flash, uint32_t off, uint32_t size)
{
    (void)flash;
    (void)size;
    return asf4_result(flash_erase(&controller, partition_start + off, PAGES_PER_BLOCK));
}

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

/* Bytes of the chip's flash; 0 if it is another chip than this was compiled for. */
static uint32_t open_controller(void)
{
    void *base = (void *)(uintptr_t)NVMCTRL_ADDRESS;
    if (flash_init(&controller, base) != ERR_NONE || flash_get_page_size(&controller) != PAGE_SIZE) {
        return 0;
    }
    return flash_get_total_pages(&controller) * PAGE_SIZE;
}

const char *mprom_port_open(struct mprom_port_partition *partition)
{
    uint32_t start = (uint32_t)(uintptr_t)&_micropy_hw_romfs_part0_start;
    uint32_t size = (uint32_t)(uintptr_t)&_micropy_hw_romfs_part0_size;
    if (start == 0 || size == 0) {
        return "this board has no ROMFS partition";
    }
    uint32_t flash_size = open_controller();
    if (start > flash_size || size > flash_size - start) {
        return "the port's partition does not lie in the chip's flash";
    }
    partition_start = start;
    port_region.count = size / BLOCK_SIZE;
    port_geometry.size = size;
    if (start % BLOCK_SIZE != 0 || mprom_flash_check(&port_flash)) {
        return "the port's partition is no whole number of erase blocks";
    }
    *partition = (struct mprom_port_partition){.flash = &port_flash, .size = size};
    return NULL;
}
