/* What a SPI-NOR chip takes its time for: programs, erases, writes of status registers. */
#include "emulator/parts/nor_internal.h"

#include <string.h>

enum {
    SECTOR_SIZE = 4096,
    BLOCK_SIZE = 65536,
    STATUS_1_WRITABLE = 0xFC,
    STATUS_2_WRITABLE = 0x7B, /* SUS is read only, bit 2 reserved */
    STATUS_2_ONCE = 0x38,     /* LB1..LB3 go from 0 to 1 and never back */
};

bool nor_quad_is_enabled(const struct nor_chip *chip)
{
    switch (chip->part->quad_rule) {
    case 0:
        return true;
    case 2:
        return (chip->status[0] & 0x40) != 0;
    case 3:
        return (chip->status[1] & 0x80) != 0;
    default:
        return (chip->status[1] & 0x02) != 0;
    }
}

/*
 * How much is protected, at one end of the array. Up to 128 Mbit Winbond has three bits for a size and one (SEC) that
 * makes it count in sectors; larger parts and Macronix have four bits, each step twice the one before.
 */
static uint32_t protected_size(const struct nor_chip *chip)
{
    uint32_t size = chip->part->geometry->size;
    uint32_t status = chip->status[0];
    if (chip->part->quad_rule == 2 || size > (1u << 24)) {
        uint32_t code = status >> 2 & 15;
        uint64_t bytes = code == 0 ? 0 : (uint64_t)BLOCK_SIZE << (code - 1);
        return bytes < size ? (uint32_t)bytes : size;
    }
    uint32_t code = status >> 2 & 7;
    if (code == 0 || code == 7) {
        return code == 0 ? 0 : size;
    }
    if ((status & 0x40) != 0) {
        return (uint32_t)SECTOR_SIZE << (code < 4 ? code - 1 : 3);
    }
    return size >> (7 - code);
}

static bool protects_bottom(const struct nor_chip *chip)
{
    if (chip->part->quad_rule == 2) {
        return false; /* a one-time bit elsewhere; 0 here */
    }
    return (chip->status[0] & (chip->part->geometry->size > (1u << 24) ? 0x40 : 0x20)) != 0;
}

bool nor_is_protected(const struct nor_chip *chip, uint32_t off, uint32_t size)
{
    uint32_t total = chip->part->geometry->size;
    uint32_t held = protected_size(chip);
    bool bottom = protects_bottom(chip);
    if (chip->part->quad_rule != 2 && chip->part->quad_rule != 3 && (chip->status[1] & 0x40) != 0) {
        held = total - held; /* CMP: the rest, at the other end */
        bottom = !bottom;
    }
    return held != 0 && (bottom ? off < held : off + size > total - held);
}

static void start(struct nor_chip *chip, enum nor_job job, uint32_t off, uint32_t size, uint32_t us)
{
    chip->job = job;
    chip->job_off = off;
    chip->job_size = size;
    chip->busy_ns = (uint64_t)us * 1000;
    chip->worked_ns += job == NOR_WRITES_STATUS ? 0 : chip->busy_ns;
}

/* A byte of ones programs nothing: whole pages that a boot ROM sends are filled with them. */
static void leave_ones(struct nor_chip *chip, uint32_t *off, uint32_t *size)
{
    uint32_t first = 0;
    while (first + 1 < *size && chip->page[first] == 0xFF) {
        first++;
    }
    while (*size > first + 1 && chip->page[*size - 1] == 0xFF) {
        (*size)--;
    }
    *off += first;
    *size -= first;
    memmove(chip->page, chip->page + first, *size);
    for (uint32_t i = 0; i < *size; i++) {
        chip->page[i] = chip->page[i] == 0xFF ? chip->cells->bytes[*off + i] : chip->page[i];
    }
}

/* Data wraps within the page; of more than a page the last bytes count. */
void nor_start_program(struct nor_chip *chip, uint32_t off, const uint8_t *data, uint32_t size)
{
    uint32_t in_page = off % NOR_PAGE_SIZE;
    memset(chip->page, 0xFF, sizeof chip->page);
    for (uint32_t i = 0; i < size; i++) {
        chip->page[(in_page + i) % NOR_PAGE_SIZE] = data[i];
    }
    if (in_page + size > NOR_PAGE_SIZE) {
        off -= in_page;
        in_page = 0;
        size = NOR_PAGE_SIZE;
    }
    memmove(chip->page, chip->page + in_page, size);
    leave_ones(chip, &off, &size);
    for (uint32_t i = 0; i < size; i++) {
        if ((chip->page[i] & ~chip->cells->bytes[off + i]) != 0) {
            nor_report(chip, "program at %u would set a bit, which only an erase can", off + i);
            break;
        }
    }
    start(chip, NOR_PROGRAMS, off, size, chip->part->program_us);
}

void nor_start_erase(struct nor_chip *chip, uint32_t off, uint32_t size)
{
    const struct nor_part *part = chip->part;
    uint32_t us = size == SECTOR_SIZE  ? part->erase_4k_us
                  : size == BLOCK_SIZE ? part->erase_64k_us
                                       : part->erase_32k_us;
    start(chip, NOR_ERASES, off, size, us);
}

void nor_start_status(struct nor_chip *chip, uint32_t first, const uint8_t *bytes, uint32_t count)
{
    static const uint8_t writable[NOR_STATUS_COUNT] = {STATUS_1_WRITABLE, STATUS_2_WRITABLE};
    memcpy(chip->new_status, chip->status, sizeof chip->status);
    for (uint32_t i = first; i < first + count && i < NOR_STATUS_COUNT; i++) {
        uint8_t mask = chip->part->quad_rule == 3 ? 0xFF : writable[i];
        uint8_t once = i == 1 && chip->part->quad_rule != 3 ? chip->status[1] & STATUS_2_ONCE : 0;
        chip->new_status[i] = (uint8_t)((bytes[i - first] & mask) | once);
    }
    start(chip, NOR_WRITES_STATUS, 0, 0, chip->part->status_us);
}

/* The cells may fail, lie or lose power; a chip has no way to say so, but to be busy for ever. */
static void finish(struct nor_chip *chip)
{
    const struct mprom_flash *flash = cells_flash(chip->cells);
    int err = 0;
    if (chip->job == NOR_PROGRAMS) {
        err = flash->ops->program(flash, chip->job_off, chip->page, chip->job_size);
    } else if (chip->job == NOR_ERASES) {
        err = flash->ops->erase(flash, chip->job_off, chip->job_size);
    } else {
        memcpy(chip->status, chip->new_status, sizeof chip->status);
    }
    if (err == -MPROM_ETIMEDOUT) {
        chip->never_ready = true;
        return;
    }
    chip->job = NOR_NOTHING;
    chip->write_enabled = false; /* at the end, not at the start */
}

void nor_break_off(struct nor_chip *chip)
{
    struct cells_operation operation = {
        .kind = chip->job == NOR_ERASES ? CELLS_ERASE : CELLS_PROGRAM,
        .off = chip->job_off,
        .size = chip->job_size,
        .data = chip->page,
    };
    cells_apply_torn(chip->cells, &operation, CELLS_TORN_HALF, chip->job_off);
    chip->job = NOR_NOTHING;
    chip->busy_ns = 0;
}

static uint64_t min_ns(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

void nor_chip_tick(struct nor_chip *chip, uint64_t ns)
{
    chip->deaf_ns -= min_ns(ns, chip->deaf_ns);
    if (chip->job == NOR_NOTHING || chip->never_ready) {
        return;
    }
    chip->busy_ns -= min_ns(ns, chip->busy_ns);
    if (chip->busy_ns == 0) {
        finish(chip);
    }
}
