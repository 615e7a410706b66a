/*
 * A stand-in for an ESP8266 under its SDK's flash functions, on a PC: flash, the window in which the CPU sees it, and
 * the watchdog. What the SDK, the mask ROM below it or the chip forbids ends the program. flash.h has what else the
 * environment says.
 *
 *   FAKE_TIMEOUT  set: an operation that fails reports a time-out
 *   FAKE_LOOPS    set: at the end, how often the SDK had its turn, on standard error
 *
 * FAKE_START and FAKE_SIZE are what the linker script says of the partition; with FAKE_NO_PARTITION it says nothing.
 */
#include <stdio.h>
#include <stdlib.h>

#include "py/runtime.h"

#include "user_interface.h"

#include "ets_alt_task.h" /* relies on the header above */

#include "tests/micropython/fakes/flash.h"

#ifndef FAKE_START
#define FAKE_START 0x402b0000
#endif
#ifndef FAKE_SIZE
#define FAKE_SIZE 0x50000
#endif

#define TEXT_OF(x) #x
#define SET_SYMBOL(name, value) ".globl " #name "\n.set " #name ", " TEXT_OF(value) "\n"

#ifndef FAKE_NO_PARTITION
__asm__(SET_SYMBOL(_micropy_hw_romfs_part0_start, FAKE_START) SET_SYMBOL(_micropy_hw_romfs_part0_size, FAKE_SIZE));
#endif

/* The part of the flash that may be written: ESP8266_GENERIC's. Firmware lies before it, the filesystem behind. */
enum {
    WRITABLE_OFF = 0xb0000,
    WRITABLE_SECTORS = 80,
    SECTOR = 4096,
    WRITABLE_END = WRITABLE_OFF + WRITABLE_SECTORS * SECTOR,
    CHIP_PAGE = 256,
    IN_WINDOW = 0x402, /* the top bits of an address there */
    WATCHDOG_MS = 1600,
    ERASE_MS = 400, /* the longest that a sector takes, */
    WRITE_MS = 3    /* and a page */
};

void Cache_Read_Disable(void);
void Cache_Read_Enable_New(void);

static struct mprom_flash_region region = {.erase_size = SECTOR, .count = WRITABLE_SECTORS};
static const struct mprom_flash_geometry geometry = {.size = WRITABLE_SECTORS * SECTOR,
                                                     .regions = &region,
                                                     .region_count = 1,
                                                     .program_size = 1,
                                                     .page_size = CHIP_PAGE,
                                                     .erased_value = 0xFF};
static unsigned loops;
static unsigned unfed_ms;
static bool cache_is_off;

static void tell_loops(void)
{
    fprintf(stderr, "loops %u\n", loops);
}

__attribute__((constructor)) static void power_on(void)
{
    fake_flash_open(&geometry, true);
    fake_flash_map(0x40200000 + WRITABLE_OFF);
    if (getenv("FAKE_LOOPS")) {
        atexit(tell_loops);
    }
}

bool ets_loop_iter(void)
{
    loops++;
    unfed_ms = 0;
    return false;
}

void Cache_Read_Disable(void)
{
    cache_is_off = true;
}

/* Empties the cache. The SDK's flash functions only stop it and let it go on. */
void Cache_Read_Enable_New(void)
{
    if (!cache_is_off) {
        fake_violation("the cache is on already");
    }
    cache_is_off = false;
    fake_flash_show(0, geometry.size);
}

static void spend(unsigned ms)
{
    unfed_ms += ms;
    if (unfed_ms > WATCHDOG_MS) {
        fake_violation("the SDK had no turn for so long that its watchdog resets the board");
    }
}

static void check_place(uint32_t off, uint32_t size)
{
    if (off < WRITABLE_OFF) {
        fake_violation("this is where the firmware lies");
    }
    if (off > WRITABLE_END || size > WRITABLE_END - off) {
        fake_violation("this is where the filesystem lies");
    }
}

static SpiFlashOpResult result_of(int err)
{
    if (err == 0) {
        return SPI_FLASH_RESULT_OK;
    }
    return getenv("FAKE_TIMEOUT") ? SPI_FLASH_RESULT_TIMEOUT : SPI_FLASH_RESULT_ERR;
}

SpiFlashOpResult spi_flash_erase_sector(uint16 sec)
{
    uint32_t off = (uint32_t)sec * SECTOR;
    check_place(off, SECTOR);
    spend(ERASE_MS);
    return result_of(fake_flash_erase(off - WRITABLE_OFF, SECTOR, false));
}

/* As the mask ROM does it: page by page. */
SpiFlashOpResult spi_flash_write(uint32 des_addr, uint32 *src_addr, uint32 size)
{
    uintptr_t from = (uintptr_t)src_addr;
    const uint8_t *bytes = (const uint8_t *)src_addr;
    if (from % 4 != 0 || size % 4 != 0 || des_addr % 4 != 0) {
        fake_violation("spi_flash_write() takes whole words only");
    }
    if (from >> 20 == IN_WINDOW) {
        fake_violation("the cache is off while the chip is written; the source must lie in RAM");
    }
    if (size > SECTOR) {
        fake_violation("the mask ROM counts pages in 8 bits and does not end");
    }
    check_place(des_addr, size);
    int err = 0;
    for (uint32_t done = 0; done < size && err == 0;) {
        uint32_t at = des_addr + done;
        uint32_t n = MIN(size - done, CHIP_PAGE - at % CHIP_PAGE);
        spend(WRITE_MS);
        err = fake_flash_program(at - WRITABLE_OFF, bytes + done, n, false);
        done += n;
    }
    return result_of(err);
}
