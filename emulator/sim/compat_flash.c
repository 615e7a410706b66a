/*
 * The flash below a stock MicroPython: what its drivers do with it, and what would go wrong on a real board.
 */
#include <stdio.h>
#include <string.h>

#include "compat/compat.h"

static struct {
    const struct compat_shape *shape;
    const struct flash *flash;
    uint32_t size;
    void (*violation)(const char *text);
} compat;

const struct compat_shape *compat_find(const char *name)
{
    static const struct compat_shape shapes[] = {
        /* stm32 with a serial flash: 1.25, 1.29 */
        {.name = "view", .unit = 4},
        {.name = "blocks", .unit = 4, .block_size = COMPAT_ERASE_SIZE},
        /* rp2, esp32, and others */
        {.name = "device", .unit = 256, .is_device = true},
        /* alif: 1.25, 1.29 */
        {.name = "mram", .unit = COMPAT_MRAM_UNIT, .is_mram = true},
        {.name = "mram-blocks", .unit = COMPAT_MRAM_UNIT, .block_size = COMPAT_MRAM_UNIT, .is_mram = true},
    };
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        if (strcmp(shapes[i].name, name) == 0) {
            return &shapes[i];
        }
    }
    return NULL;
}

void compat_open(const struct compat_shape *shape, const struct flash *flash, uint32_t size,
                 void (*violation)(const char *text))
{
    compat.shape = shape;
    compat.flash = flash;
    compat.size = size;
    compat.violation = violation;
}

const struct compat_shape *compat_shape(void)
{
    return compat.shape;
}

uint32_t compat_size(void)
{
    return compat.size;
}

void *compat_map(void)
{
    return (void *)(uintptr_t)flash_map(compat.flash, 0);
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

int compat_erase(int64_t off, size_t size)
{
    compat_check("erase", off, size, COMPAT_ERASE_SIZE);
    int err = 0;
    for (int64_t end = off + (int64_t)size; !err && off < end; off += COMPAT_ERASE_SIZE) {
        err = compat.flash->ops->erase(compat.flash, (uint32_t)off, COMPAT_ERASE_SIZE);
    }
    return err;
}

int compat_program(int64_t off, const void *bytes, size_t size)
{
    const uint8_t *from = bytes;
    uint32_t page = compat.flash->geometry->page_size;
    compat_check("program", off, size, compat.shape->unit);
    while (size > 0) {
        uint32_t at = (uint32_t)off;
        uint32_t part = page - at % page;
        part = part < size ? part : (uint32_t)size;
        int err = compat.flash->ops->program(compat.flash, at, from, part);
        if (err) {
            return err;
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
