/*
 * A stand-in for asf4 and the flash of a SAMD21 or SAMD51 under it, on a PC. What asf4 does wrong it does here too; what
 * the chip forbids ends the program. flash.h has what else the environment says.
 *
 *   FAKE_KIND    samd21, samd51 (as MCU_SAMD21 and MCU_SAMD51 say), or samd51-qspi: the cache of the CPU is on
 *   FAKE_LOCKED  set: the region is locked
 *   FAKE_STUCK   set: the cache does not go off
 *
 * FAKE_START and FAKE_SIZE are what the linker script says of the partition; with FAKE_NO_PARTITION it says nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "py/runtime.h"

#include "err_codes.h"
#include "hal_flash.h"

#include "arch/mmio.h"
#include "tests/micropython/fakes/flash.h"

/* The partition of SAMD_GENERIC_D51X20, and of a SAMD21 board with MICROPY_HW_CODESIZE=216K, MICROPY_HW_ROMFS_BYTES=32K. */
#ifdef MCU_SAMD21
#define CHIP_PAGE 64
#define ERASE_PAGES 4
#define CHIP_PAGES 4096
#define ROMFS_START 0x38000
#define ROMFS_SIZE 0x8000
#define WORD 2
#else
#define CHIP_PAGE 512
#define ERASE_PAGES 16
#define CHIP_PAGES 2048
#define ROMFS_START 0xc0000
#define ROMFS_SIZE 0x40000
#define WORD 16
#endif

#ifndef FAKE_START
#define FAKE_START ROMFS_START
#define FAKE_SIZE ROMFS_SIZE
#endif

#define TEXT_OF(x) #x
#define SET_SYMBOL(name, value) ".globl " #name "\n.set " #name ", " TEXT_OF(value) "\n"

#ifndef FAKE_NO_PARTITION
__asm__(SET_SYMBOL(_micropy_hw_romfs_part0_start, FAKE_START) SET_SYMBOL(_micropy_hw_romfs_part0_size, FAKE_SIZE));
#endif

enum {
    ERASE_BYTES = CHIP_PAGE * ERASE_PAGES,
    BLOCKS = ROMFS_SIZE / ERASE_BYTES,
    POLLS_OF_A_RUN = 1000000,
    WRITES_OF_A_ROW = 8, /* of pages, between erases: SAMD21 */
    CACHE_STATUS = 0x4100600c,
    CACHE_CONTROL = 0x41006008,
    CACHE_MAINTENANCE = 0x41006020
};

static struct mprom_flash_region region = {.erase_size = ERASE_BYTES, .count = BLOCKS};
static const struct mprom_flash_geometry geometry = {.size = ROMFS_SIZE,
                                                     .regions = &region,
                                                     .region_count = 1,
                                                     .program_size = WORD,
                                                     .page_size = CHIP_PAGE,
                                                     .program_count = WORD == 16,
                                                     .erased_value = 0xFF};
static bool has_cache;
static bool cache_is_on;
static unsigned polls;
static unsigned writes[BLOCKS];

static void check_end(void)
{
    if (has_cache && !cache_is_on) {
        fake_violation("the cache of the CPU was left off");
    }
}

__attribute__((constructor)) static void power_on(void)
{
    const char *kind = getenv("FAKE_KIND");
    has_cache = cache_is_on = kind && strcmp(kind, "samd51-qspi") == 0;
    atexit(check_end);
    fake_flash_open(&geometry, false);
    fake_flash_map(ROMFS_START);
}

static void written(void)
{
    if (!cache_is_on) {
        fake_flash_show(0, geometry.size);
    }
}

uint32_t mprom_mmio_read32(uint32_t address)
{
    if (address != CACHE_STATUS || WORD != 16) {
        fake_violation("no register to read lies there");
    }
    if (++polls > POLLS_OF_A_RUN) {
        fake_violation("a wait for the cache has no end");
    }
    return cache_is_on;
}

void mprom_mmio_write32(uint32_t address, uint32_t value)
{
    if (WORD != 16 || value > 1) {
        fake_violation("no register that takes this lies there");
    }
    switch (address) {
    case CACHE_CONTROL:
        cache_is_on = value || getenv("FAKE_STUCK");
        break;
    case CACHE_MAINTENANCE:
        if (cache_is_on) {
            fake_violation("the cache is emptied while it is on");
        }
        fake_flash_show(0, geometry.size);
        break;
    default:
        fake_violation("no register that takes this lies there");
    }
}

int32_t flash_init(struct flash_descriptor *flash, void *const hw)
{
    if ((uintptr_t)hw != 0x41004000) {
        fake_violation("the flash controller lies elsewhere");
    }
    flash->hw = hw;
    return ERR_NONE;
}

static void check_descriptor(const struct flash_descriptor *flash)
{
    if (flash->hw == NULL) {
        fake_violation("flash_init() comes first");
    }
}

uint32_t flash_get_page_size(struct flash_descriptor *flash)
{
    check_descriptor(flash);
    return CHIP_PAGE;
}

uint32_t flash_get_total_pages(struct flash_descriptor *flash)
{
    check_descriptor(flash);
    return CHIP_PAGES;
}

static uint32_t in_partition(uint32_t address, uint32_t size)
{
    if (address < ROMFS_START || address - ROMFS_START > ROMFS_SIZE || size > ROMFS_SIZE - (address - ROMFS_START)) {
        fake_violation("this is where the firmware or the filesystem lies");
    }
    return address - ROMFS_START;
}

/* A page by the page buffer. Nobody looks whether it worked. */
static void program(uint32_t off, const uint8_t *bytes, uint32_t size)
{
    if (ERASE_PAGES == 4 && ++writes[off / ERASE_BYTES] > WRITES_OF_A_ROW) {
        fake_violation("a row is written more than eight times without an erase");
    }
    (void)fake_flash_program(off, bytes, size, false);
}

int32_t flash_append(struct flash_descriptor *flash, uint32_t dst_addr, uint8_t *buffer, uint32_t length)
{
    check_descriptor(flash);
    if (dst_addr % WORD != 0 || length % WORD != 0 || (uintptr_t)buffer % 4 != 0) {
        fake_violation("asf4 and the page buffer take whole words only");
    }
    if (dst_addr > CHIP_PAGE * CHIP_PAGES || length > CHIP_PAGE * CHIP_PAGES - dst_addr) {
        return ERR_BAD_ADDRESS;
    }
    if (getenv("FAKE_LOCKED")) {
        return ERR_DENIED;
    }
    uint32_t off = in_partition(dst_addr, length);
    while (length > 0) {
        uint32_t n = MIN(length, CHIP_PAGE - off % CHIP_PAGE);
        program(off, buffer, n);
        off += n;
        buffer += n;
        length -= n;
    }
    written();
    return ERR_NONE;
}

/* The SAMD51's asf4 goes on by a page where it has erased a block. */
int32_t flash_erase(struct flash_descriptor *flash, const uint32_t dst_addr, const uint32_t page_nums)
{
    check_descriptor(flash);
    if (dst_addr % CHIP_PAGE != 0) {
        return ERR_BAD_ADDRESS;
    }
    if (page_nums > CHIP_PAGES || dst_addr / CHIP_PAGE + page_nums > CHIP_PAGES) {
        return ERR_INVALID_ARG;
    }
    if (dst_addr % ERASE_BYTES != 0 || page_nums % ERASE_PAGES != 0) {
        fake_violation("asf4 erases a part of a block by a copy of it on the stack, which a power cut loses");
    }
    uint32_t off = in_partition(dst_addr, page_nums * CHIP_PAGE);
    for (uint32_t done = 0; done < page_nums; done += ERASE_PAGES) {
        uint32_t block = off / ERASE_BYTES;
        if (!getenv("FAKE_LOCKED")) {
            (void)fake_flash_erase(block * ERASE_BYTES, ERASE_BYTES, false);
        }
        writes[block] = 0;
        off += ERASE_PAGES == 16 ? CHIP_PAGE : ERASE_BYTES;
    }
    written();
    return ERR_NONE;
}
