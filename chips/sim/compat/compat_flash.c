/*
 * The flash below a stock MicroPython: what its drivers do with it, and what would go wrong on a real board.
 */
#include <stdio.h>
#include <string.h>

#include "chips/sim/compat/compat.h"

static struct {
    const struct compat_shape *shape;
    const struct mprom_flash *flash;
    const struct mprom_flash *disk;
    uint32_t size;
    void (*violation)(const char *text);
    bool hides_input;
} compat;

static const struct compat_shape shapes[] = {
    /* stm32 with a serial flash: 1.25, 1.29 */
    {.name = "view", .unit = 4},
    {.name = "blocks", .unit = 4, .block_size = COMPAT_ERASE_SIZE},
    /* rp2, esp32, and others */
    {.name = "device", .unit = 256, .is_device = true, .has_any_id = true},
    /* alif: 1.25, 1.29 */
    {.name = "mram", .unit = COMPAT_MRAM_UNIT, .is_mram = true},
    {.name = "mram-blocks", .unit = COMPAT_MRAM_UNIT, .block_size = COMPAT_MRAM_UNIT, .is_mram = true},
    /* stm32 in its own flash, 1.29: an F4 from its first sector on, and from one in the middle of the largest; an H7
     */
    {.name = "sectors", .unit = 16, .program_size = 4, .block_size = COMPAT_SECTOR_MAX, .has_sectors = true},
    {.name = "sectors-inside",
     .unit = 16,
     .program_size = 4,
     .block_size = COMPAT_SECTOR_MAX,
     .off = 64 * 1024,
     .has_sectors = true},
    {.name = "h7",
     .unit = 16,
     .program_size = 32,
     .block_size = COMPAT_SECTOR_MAX,
     .erase_size = COMPAT_SECTOR_MAX,
     .is_programmed_once = true},
    /* esp8266; renesas-ra is the same, but silent */
    {.name = "esp8266", .unit = 4, .has_any_id = true, .is_unchecked = true},
    {.name = "renesas-ra", .unit = 4, .has_any_id = true, .is_unchecked = true, .is_silent = true},
    /* samd, 1.28: with the filesystem in its own flash, and in a serial one */
    {.name = "samd",
     .unit = 256,
     .erase_size = 2048,
     .is_device = true,
     .has_any_id = true,
     .is_silent = true,
     .erases_disk = true},
    {.name = "samd-view",
     .unit = 4,
     .block_size = 512,
     .erase_size = 512,
     .has_any_id = true,
     .is_unchecked = true,
     .is_silent = true},
};

const struct compat_shape *compat_find(const char *name)
{
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        if (strcmp(shapes[i].name, name) == 0) {
            return &shapes[i];
        }
    }
    return NULL;
}

void compat_open(const struct compat_shape *shape, const struct mprom_flash *flash, const struct mprom_flash *disk,
                 uint32_t end, void (*violation)(const char *text))
{
    compat.shape = shape;
    compat.flash = flash;
    compat.disk = disk;
    compat.size = shape ? end - shape->off : end;
    compat.violation = violation;
}

void compat_hide_input(void)
{
    compat.hides_input = true;
}

bool compat_hides_input(void)
{
    return compat.hides_input;
}

const struct compat_shape *compat_shape(void)
{
    return compat.shape;
}

uint32_t compat_size(void)
{
    return compat.size;
}

uint32_t compat_erase_size(void)
{
    return compat.shape->erase_size > 0 ? compat.shape->erase_size : COMPAT_ERASE_SIZE;
}

void *compat_map(void)
{
    return (void *)(uintptr_t)mprom_flash_map(compat.flash, compat.shape->off);
}

/* A port that does not look at a range reaches what lies behind the segment. */
static void compat_check(const char *what, int64_t off, size_t size, uint32_t unit)
{
    char text[128];
    if (off < 0 || off > compat.size || size > (size_t)(compat.size - off)) {
        snprintf(text, sizeof text, "%s of %zu bytes at %lld leaves the segment", what, size, (long long)off);
        compat.violation(text);
    }
    if (off % unit != 0 || size % unit != 0) {
        snprintf(text, sizeof text, "%s of %zu bytes at %lld is not made of units of %u", what, size, (long long)off,
                 unit);
        compat.violation(text);
    }
}

/* What a port does not look at does not reach its users either. */
static int compat_result(int err)
{
    return compat.shape->is_silent ? 0 : err;
}

static int compat_erase_block(int64_t off, uint32_t size)
{
    return compat.flash->ops->erase(compat.flash, compat.shape->off + (uint32_t)off, size);
}

int compat_erase(int64_t off, size_t size)
{
    uint32_t step = compat_erase_size();
    compat_check("erase", off, size, step);
    int err = 0;
    for (int64_t end = off + (int64_t)size; !err && off < end; off += step) {
        err = compat_erase_block(off, step);
    }
    return compat_result(err);
}

int compat_erase_sectors(int64_t off, int64_t end)
{
    int err = 0;
    while (!err && off < end) {
        uint32_t start, size;
        compat_check("erase", off, 1, 1);
        mprom_flash_block_at(compat.flash, compat.shape->off + (uint32_t)off, &start, &size);
        int64_t sector = (int64_t)start - compat.shape->off;
        compat_check("erase", sector, size, 1);
        err = compat_erase_block(sector, size);
        off += size;
    }
    return err;
}

int compat_erase_disk(int64_t block)
{
    uint32_t size = compat_erase_size();
    uint32_t unit = compat.disk->geometry->regions[0].erase_size;
    uint32_t at = (uint32_t)block * size / unit * unit;
    return compat_result(compat.disk->ops->erase(compat.disk, at, unit));
}

int compat_program(int64_t off, const void *bytes, size_t size)
{
    const uint8_t *from = bytes;
    uint32_t page = compat.flash->geometry->page_size;
    uint32_t unit = compat.shape->program_size > 0 ? compat.shape->program_size : compat.shape->unit;
    compat_check("program", off, size, unit);
    while (size > 0) {
        uint32_t at = compat.shape->off + (uint32_t)off;
        uint32_t part = page - at % page;
        part = part < size ? part : (uint32_t)size;
        int err = compat.flash->ops->program(compat.flash, at, from, part);
        if (err) {
            return compat_result(err);
        }
        off += part;
        from += part;
        size -= part;
    }
    return 0;
}

void compat_read(int64_t off, void *bytes, size_t size)
{
    compat_check("read", off, size, 1);
    memcpy(bytes, (const uint8_t *)compat_map() + off, size);
}
