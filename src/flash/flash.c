/* The checked wrapper around a driver's operations. */
#include "mprom/flash.h"

#include <string.h>

/* Bytes read back at a time: on the stack, so small; a power of two that every program unit divides. */
enum {
    READ_BACK_SIZE = 2 * MPROM_FLASH_PROGRAM_SIZE_MAX
};

static bool range_is_inside(const struct mprom_flash *flash, uint32_t off, uint32_t size)
{
    return off <= flash->geometry->size && size <= flash->geometry->size - off;
}

static uint32_t min_size(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* A driver that returns something positive breaks its contract; do not take it for success. */
static int driver_result(int result)
{
    return result > 0 ? -MPROM_EIO : result;
}

/* Compilers make one load of it, where the CPU has one for any alignment. */
static uint32_t load_word(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static bool is_erased(const struct mprom_flash *flash, const uint8_t *bytes, uint32_t size)
{
    const uint8_t erased = flash->geometry->erased_value;
    const uint32_t erased_word = erased * 0x01010101u;
    uint32_t i = 0;
    while (size - i >= 4 && load_word(bytes + i) == erased_word) {
        i += 4;
    }
    while (i < size && bytes[i] == erased) {
        i++;
    }
    return i == size;
}

int mprom_flash_probe(const struct mprom_flash *flash, uint32_t off, uint32_t size)
{
    if (!range_is_inside(flash, off, size)) {
        return -MPROM_EINVAL;
    }
    if (!flash->geometry->bad_read_faults || size == 0) {
        return 0;
    }
    return driver_result(flash->ops->probe(flash, off, size));
}

int mprom_flash_read(const struct mprom_flash *flash, uint32_t off, void *dst, uint32_t size)
{
    int err = mprom_flash_probe(flash, off, size);
    if (err || size == 0) {
        return err;
    }
    return driver_result(flash->ops->read(flash, off, dst, size));
}

/* An unreadable unit in what was just written means that the write failed. */
static int read_back(const struct mprom_flash *flash, uint32_t off, void *dst, uint32_t size)
{
    int err = mprom_flash_read(flash, off, dst, size);
    return err == -MPROM_EBADMSG ? -MPROM_EIO : err;
}

static int compare(const struct mprom_flash *flash, uint32_t off, const uint8_t *expected, uint32_t size)
{
    uint8_t seen[READ_BACK_SIZE];
    while (size > 0) {
        uint32_t n = min_size(size, sizeof seen);
        int err = read_back(flash, off, seen, n);
        if (err) {
            return err;
        }
        if (memcmp(seen, expected, n) != 0) {
            return -MPROM_EIO;
        }
        off += n;
        expected += n;
        size -= n;
    }
    return 0;
}

/* The first unit of src from `at` on that is to hold the erased value, or is not; size if there is none. */
static uint32_t find_unit(const struct mprom_flash *flash, const uint8_t *src, uint32_t at, uint32_t size,
                          bool erased)
{
    uint32_t unit = flash->geometry->program_size;
    while (at < size && is_erased(flash, src + at, unit) != erased) {
        at += unit;
    }
    return at;
}

/* Where one program of what starts at `start` ends. */
static uint32_t run_end(const struct mprom_flash *flash, const uint8_t *src, uint32_t start, uint32_t size)
{
    uint32_t unit = flash->geometry->program_size;
    if (flash->geometry->program_count == 1) {
        return find_unit(flash, src, start, size, true);
    }
    while (is_erased(flash, src + size - unit, unit)) {
        size -= unit;
    }
    return size;
}

/* Programs what lies within one page and is not erased already, then reads all of it back. */
static int program_page(const struct mprom_flash *flash, uint32_t off, const uint8_t *src, uint32_t size)
{
    bool overwrites = flash->geometry->overwrites;
    uint32_t start = overwrites ? 0 : find_unit(flash, src, 0, size, false);
    while (start < size) {
        uint32_t end = overwrites ? size : run_end(flash, src, start, size);
        int err = driver_result(flash->ops->program(flash, off + start, src + start, end - start));
        if (err) {
            return err;
        }
        start = overwrites ? end : find_unit(flash, src, end, size, false);
    }
    return compare(flash, off, src, size);
}

int mprom_flash_program(const struct mprom_flash *flash, uint32_t off, const void *src, uint32_t size)
{
    const struct mprom_flash_geometry *geometry = flash->geometry;
    if (!range_is_inside(flash, off, size) || off % geometry->program_size != 0 ||
        size % geometry->program_size != 0) {
        return -MPROM_EINVAL;
    }
    const uint8_t *bytes = src;
    while (size > 0) {
        uint32_t n = min_size(size, geometry->page_size - off % geometry->page_size);
        int err = program_page(flash, off, bytes, n);
        if (err) {
            return err;
        }
        off += n;
        bytes += n;
        size -= n;
    }
    return 0;
}

/* One full read. Returns 1, 0 or an error; a unit that cannot be read is not blank. */
static int reads_blank(const struct mprom_flash *flash, uint32_t off, uint32_t size)
{
    uint8_t seen[READ_BACK_SIZE];
    while (size > 0) {
        uint32_t n = min_size(size, sizeof seen);
        int err = mprom_flash_read(flash, off, seen, n);
        if (err) {
            return err == -MPROM_EBADMSG ? 0 : err;
        }
        if (!is_erased(flash, seen, n)) {
            return 0;
        }
        off += n;
        size -= n;
    }
    return 1;
}

int mprom_flash_is_blank(const struct mprom_flash *flash, uint32_t off, uint32_t size)
{
    if (!range_is_inside(flash, off, size)) {
        return -MPROM_EINVAL;
    }
    int blank = 1;
    for (int reads = 0; reads < 3 && blank == 1; reads++) {
        blank = reads_blank(flash, off, size);
    }
    return blank;
}

static bool is_block_boundary(const struct mprom_flash *flash, uint32_t off)
{
    uint32_t block_off;
    uint32_t block_size;
    return off == flash->geometry->size ||
           (mprom_flash_block_at(flash, off, &block_off, &block_size) == 0 && block_off == off);
}

int mprom_flash_erase(const struct mprom_flash *flash, uint32_t off, uint32_t size)
{
    if (!range_is_inside(flash, off, size) || !is_block_boundary(flash, off) ||
        !is_block_boundary(flash, off + size)) {
        return -MPROM_EINVAL;
    }
    while (size > 0) {
        uint32_t n = mprom_flash_erase_size(flash, off, size);
        int err = driver_result(flash->ops->erase(flash, off, n));
        if (err) {
            return err;
        }
        int blank = reads_blank(flash, off, n);
        if (blank != 1) {
            return blank < 0 ? blank : -MPROM_EIO;
        }
        off += n;
        size -= n;
    }
    return 0;
}

int mprom_flash_sync(const struct mprom_flash *flash)
{
    return driver_result(flash->ops->sync(flash));
}

const void *mprom_flash_map(const struct mprom_flash *flash, uint32_t off)
{
    if (off >= flash->geometry->size || flash->ops->map == NULL) {
        return NULL;
    }
    return flash->ops->map(flash, off);
}
