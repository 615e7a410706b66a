/*
 * esp8266: the partition that the linker script of ESP8266_GENERIC's variant FLASH_2M_ROMFS reserves, by the functions
 * of Espressif's SDK that the port uses for its filesystem too. They stop fetches from flash, and say whether they have
 * failed.
 *
 * The CPU reads flash through a window and a cache. It can only load aligned words there: the port's compiler option
 * -mforce-l32 makes such loads of all others, here and in the memcpy() of shared/libc/string0.c. The SDK leaves old
 * bytes in the cache, so it is emptied after each operation. Reading goes through the window and nowhere else: what the
 * read-back of mprom/flash.h finds right is what the CPU sees.
 */
#include <string.h>

#include "py/mpconfig.h"

#include "user_interface.h"

#include "ets_alt_task.h" /* relies on the header above */

#include "micropython/port/port.h"

enum {
    WINDOW_START = 0x40200000, /* flash 0; the ESP8266 maps 1 MiB of it */
    WINDOW_SIZE = 0x100000,
    SECTOR_SIZE = 4096,
    PAGE_SIZE = 256,
    WORD_SIZE = 4,
    PAUSE_SIZE = 16 * 1024, /* bytes that are read at most before the SDK has its turn */
    ERASED = 0xFF
};

/* From the linker script. Without a partition it has neither. */
extern __attribute__((weak)) uint8_t _micropy_hw_romfs_part0_start;
extern __attribute__((weak)) uint8_t _micropy_hw_romfs_part0_size;

static uint32_t partition_off; /* in the flash */

static const uint8_t *window_at(uint32_t off)
{
    return (const uint8_t *)(uintptr_t)(WINDOW_START + partition_off + off);
}

/* The mask ROM's, and the SDK's, which maps flash as the firmware was started. */
void Cache_Read_Disable(void);
void Cache_Read_Enable_New(void);

/* Runs from RAM, as nothing can be fetched from flash meanwhile. Interrupt handlers lie there too: the SDK requires it. */
__attribute__((noinline, section(".iram0.text.mprom"))) static void empty_cache(void)
{
    Cache_Read_Disable();
    Cache_Read_Enable_New();
}

static int sdk_result(SpiFlashOpResult result)
{
    switch (result) {
    case SPI_FLASH_RESULT_OK:
        return 0;
    case SPI_FLASH_RESULT_TIMEOUT:
        return -MPROM_ETIMEDOUT;
    default:
        return -MPROM_EIO;
    }
}

/*
 * Lets the SDK do what has come up meanwhile, and feeds its watchdog: to check a whole image takes a while. It runs no
 * Python.
 */
static void pause_for(uint32_t size)
{
    static uint32_t since;
    since += size;
    if (since >= PAUSE_SIZE) {
        since = 0;
        ets_loop_iter();
    }
}

static int port_read(const struct mprom_flash *flash, uint32_t off, void *dst, uint32_t size)
{
    (void)flash;
    pause_for(size);
    memcpy(dst, window_at(off), size);
    return 0;
}

/* src may have any alignment and lie in flash; the SDK takes words from RAM. */
static int port_program(const struct mprom_flash *flash, uint32_t off, const void *src, uint32_t size)
{
    uint32_t page[PAGE_SIZE / WORD_SIZE];
    (void)flash;
    memcpy(page, src, size);
    ets_loop_iter();
    int err = sdk_result(spi_flash_write(partition_off + off, page, size));
    empty_cache();
    ets_loop_iter();
    return err;
}

static int port_erase(const struct mprom_flash *flash, uint32_t off, uint32_t size)
{
    (void)flash;
    (void)size;
    ets_loop_iter();
    int err = sdk_result(spi_flash_erase_sector((uint16_t)((partition_off + off) / SECTOR_SIZE)));
    empty_cache();
    ets_loop_iter();
    return err;
}

static int port_sync(const struct mprom_flash *flash)
{
    (void)flash;
    return 0;
}

static const void *port_map(const struct mprom_flash *flash, uint32_t off)
{
    (void)flash;
    return window_at(off);
}

static const struct mprom_flash_ops port_ops = {
    .read = port_read, .program = port_program, .erase = port_erase, .sync = port_sync, .map = port_map};
static struct mprom_flash_region port_region = {.erase_size = SECTOR_SIZE};
static struct mprom_flash_geometry port_geometry = {.regions = &port_region,
                                                    .region_count = 1,
                                                    .program_size = WORD_SIZE,
                                                    .page_size = PAGE_SIZE,
                                                    .program_count = MPROM_FLASH_PROGRAM_ANY,
                                                    .erased_value = ERASED};
static const struct mprom_flash port_flash = {.ops = &port_ops, .geometry = &port_geometry};

const char *mprom_port_open(struct mprom_port_partition *partition)
{
    uint32_t start = (uint32_t)(uintptr_t)&_micropy_hw_romfs_part0_start;
    uint32_t size = (uint32_t)(uintptr_t)&_micropy_hw_romfs_part0_size;
    if (start == 0 || size == 0) {
        return "this board has no ROMFS partition";
    }
    if (start < WINDOW_START || start - WINDOW_START > WINDOW_SIZE || size > WINDOW_SIZE - (start - WINDOW_START)) {
        return "the port's partition lies outside the 1 MiB of flash that the ESP8266 maps";
    }
    partition_off = start - WINDOW_START;
    port_region.count = size / SECTOR_SIZE;
    port_geometry.size = size;
    if (partition_off % SECTOR_SIZE != 0 || mprom_flash_check(&port_flash)) {
        return "the port's partition is no whole number of erase blocks";
    }
    *partition = (struct mprom_port_partition){.flash = &port_flash, .size = size};
    return NULL;
}
