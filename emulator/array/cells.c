/* The rules of the array: what is allowed, what is counted, when power fails. */
#include "emulator/array/cells_internal.h"

#include <stdarg.h>
#include <string.h>

#include "emulator/array/text.h"

/* Reports a violation and gives the result for the operation, which a chip would have done wrongly or not at all. */
__attribute__((format(printf, 2, 3))) static int violation(struct cells *cells, const char *format, ...)
{
    cells->counts.violations++;
    if (cells->hooks.violation != NULL) {
        char text[160];
        va_list args;
        va_start(args, format);
        text_print(text, sizeof text, format, args);
        va_end(args);
        cells->hooks.violation(cells->hooks.ctx, text);
    }
    return -MPROM_EIO;
}

static bool is_inside(const struct cells *cells, uint32_t off, uint32_t size)
{
    return off <= cells->geometry->size && size <= cells->geometry->size - off;
}

/* The state of one byte as this read finds it: a shaky bit shows its other face in one of three reads. */
static uint8_t read_byte(struct cells *cells, uint32_t off)
{
    uint8_t value = cells->bytes[off];
    uint8_t shaky = cells->shaky[off];
    if (shaky != 0) {
        for (uint32_t bit = 0; bit < 8; bit++) {
            if ((shaky >> bit & 1) != 0 && (cells->turn[off] + bit + off) % 3 == 0) {
                value = (uint8_t)(value ^ 1u << bit);
            }
        }
        cells->turn[off] = (uint8_t)((cells->turn[off] + 1) % 3);
    }
    return value;
}

/* Whether any byte is not 0: each equals the next, and the first is 0, if none is. */
static bool any_set(const uint8_t *bytes, uint32_t size)
{
    return size > 0 && (bytes[0] != 0 || memcmp(bytes, bytes + 1, size - 1) != 0);
}

/* Whether error correction or a fault makes the unit unreadable. */
static bool unit_is_bad(const struct cells *cells, uint32_t unit)
{
    for (uint32_t i = 0; i < cells->fault_count; i++) {
        const struct cells_fault *fault = &cells->faults[i];
        if (fault->kind == CELLS_FAULT_UNREADABLE && fault->off / cells->geometry->program_size == unit) {
            return true;
        }
    }
    return cells->geometry->bad_read_faults && (cells->units[unit] & CELLS_UNIT_BAD) != 0;
}

static int find_bad_unit(const struct cells *cells, uint32_t off, uint32_t size)
{
    if (!cells->geometry->bad_read_faults && cells->fault_count == 0) {
        return -1;
    }
    uint32_t unit_size = cells->geometry->program_size;
    for (uint32_t unit = off / unit_size; size > 0 && unit <= (off + size - 1) / unit_size; unit++) {
        if (unit_is_bad(cells, unit)) {
            return (int)unit;
        }
    }
    return -1;
}

static int op_probe(const struct mprom_flash *flash, uint32_t off, uint32_t size)
{
    struct cells *cells = flash->ctx;
    if (!cells->power) {
        return -MPROM_EIO;
    }
    if (!is_inside(cells, off, size)) {
        return violation(cells, "probe of %u bytes at %u leaves the flash", size, off);
    }
    return find_bad_unit(cells, off, size) < 0 ? 0 : -MPROM_EBADMSG;
}

static int op_read(const struct mprom_flash *flash, uint32_t off, void *dst, uint32_t size)
{
    struct cells *cells = flash->ctx;
    if (!cells->power) {
        return -MPROM_EIO;
    }
    if (!is_inside(cells, off, size)) {
        return violation(cells, "read of %u bytes at %u leaves the flash", size, off);
    }
    if (find_bad_unit(cells, off, size) >= 0) {
        return cells->geometry->bad_read_faults ? violation(cells, "read of a bad unit at %u faults the CPU", off)
                                                : -MPROM_EIO;
    }
    uint8_t *out = dst;
    memcpy(out, cells->bytes + off, size);
    if (any_set(cells->shaky + off, size)) {
        for (uint32_t i = 0; i < size; i++) {
            out[i] = read_byte(cells, off + i);
        }
    }
    for (uint32_t i = 0; i < cells->fault_count; i++) {
        const struct cells_fault *fault = &cells->faults[i];
        if (fault->kind == CELLS_FAULT_STUCK && fault->off - off < size) {
            uint8_t *byte = &out[fault->off - off];
            *byte = (uint8_t)((*byte & ~fault->mask) | (fault->value & fault->mask));
        }
    }
    return 0;
}

/* What an injected fault makes of the operation: 1 if none does, else its result. */
static int apply_faults(struct cells *cells, const struct cells_operation *operation)
{
    for (uint32_t i = 0; i < cells->fault_count; i++) {
        const struct cells_fault *fault = &cells->faults[i];
        if (operation->number < fault->first || operation->number > fault->last) {
            continue;
        }
        switch (fault->kind) {
        case CELLS_FAULT_FAILS:
            cells_apply_torn(cells, operation, CELLS_TORN_HALF, (uint32_t)operation->number);
            return -MPROM_EIO;
        case CELLS_FAULT_LIES:
            return 0;
        case CELLS_FAULT_NOT_READY:
            return -MPROM_ETIMEDOUT;
        case CELLS_FAULT_STUCK:
        case CELLS_FAULT_UNREADABLE:
            break;
        }
    }
    return 1;
}

static int fail_power(struct cells *cells, const struct cells_operation *operation)
{
    if (cells->cut.phase == CELLS_DURING) {
        cells_apply_torn(cells, operation, cells->cut.pattern, cells->cut.seed);
    } else if (cells->cut.phase == CELLS_AFTER) {
        cells_apply(cells, operation);
    }
    cells->has_cut = false;
    cells->power = false;
    if (cells->hooks.power_off != NULL) {
        cells->hooks.power_off(cells->hooks.ctx);
    }
    return -MPROM_EIO;
}

/* An operation that is allowed. */
static int operate(struct cells *cells, struct cells_operation *operation)
{
    operation->number = cells->number++;
    if (cells->hooks.operation != NULL) {
        int err = cells->hooks.operation(cells->hooks.ctx, operation);
        if (err) {
            return err;
        }
    }
    if (cells->has_cut && cells->cut.number == operation->number) {
        return fail_power(cells, operation);
    }
    int result = apply_faults(cells, operation);
    if (result == 1) {
        cells_apply(cells, operation);
        result = 0;
    }
    return result;
}

/* Looks at each unit before it is programmed. */
static int check_units(struct cells *cells, uint32_t off, uint32_t size)
{
    const struct mprom_flash_geometry *geometry = cells->geometry;
    for (uint32_t i = 0; i < size; i += geometry->program_size) {
        uint32_t count = cells->units[(off + i) / geometry->program_size] & ~(uint32_t)CELLS_UNIT_BAD;
        if (count == 0) {
            continue;
        }
        if (!geometry->overwrites && geometry->program_count != MPROM_FLASH_PROGRAM_ANY &&
            count >= geometry->program_count) {
            return violation(cells, "program of the unit at %u, which was programmed %u times since its erase",
                             off + i, count);
        }
        cells->counts.bytes_programmed_again += geometry->program_size;
    }
    return 0;
}

/* A bit that only an erase could set stays as it is, as on the chip; but whoever asked for it made a mistake. */
static void check_bits(struct cells *cells, uint32_t off, const uint8_t *data, uint32_t size)
{
    uint8_t erased = cells->geometry->erased_value;
    for (uint32_t i = 0; i < size && !cells->geometry->overwrites; i++) {
        uint8_t programmed = (uint8_t)(cells->bytes[off + i] ^ erased);
        if ((programmed & ~(data[i] ^ erased)) != 0) {
            violation(cells, "program at %u would need an erase first", off + i);
            return;
        }
    }
}

static int op_program(const struct mprom_flash *flash, uint32_t off, const void *src, uint32_t size)
{
    struct cells *cells = flash->ctx;
    const struct mprom_flash_geometry *geometry = cells->geometry;
    if (!cells->power) {
        return -MPROM_EIO;
    }
    if (size == 0 || !is_inside(cells, off, size)) {
        return violation(cells, "program of %u bytes at %u is empty or leaves the flash", size, off);
    }
    if (off % geometry->program_size != 0 || size % geometry->program_size != 0) {
        return violation(cells, "program of %u bytes at %u is not made of units of %u", size, off,
                         geometry->program_size);
    }
    if (off / geometry->page_size != (off + size - 1) / geometry->page_size) {
        return violation(cells, "program of %u bytes at %u crosses a page of %u", size, off, geometry->page_size);
    }
    int err = check_units(cells, off, size);
    if (err) {
        return err;
    }
    check_bits(cells, off, src, size);
    cells->counts.programs++;
    cells->counts.bytes_programmed += size;
    struct cells_operation operation = {.kind = CELLS_PROGRAM, .off = off, .size = size, .data = src};
    return operate(cells, &operation);
}

static bool block_is_blank(const struct cells *cells, uint32_t off, uint32_t size)
{
    for (uint32_t i = off; i < off + size; i++) {
        if (cells->bytes[i] != cells->geometry->erased_value || cells->shaky[i] != 0 ||
            cells->units[i / cells->geometry->program_size] != 0) {
            return false;
        }
    }
    return true;
}

static void count_erase(struct cells *cells, uint32_t off, uint32_t size)
{
    cells->counts.erases++;
    for (uint32_t end = off + size; off < end;) {
        uint32_t block_off;
        uint32_t block_size;
        mprom_flash_block_at(&cells->flash, off, &block_off, &block_size);
        cells->counts.blocks_erased++;
        cells->counts.blank_blocks_erased += block_is_blank(cells, block_off, block_size);
        off = block_off + block_size;
    }
}

static bool erase_is_offered(const struct cells *cells, uint32_t off, uint32_t size)
{
    uint32_t block_off;
    uint32_t block_size;
    if (mprom_flash_block_at(&cells->flash, off, &block_off, &block_size) != 0) {
        return false;
    }
    bool offered = block_off == off && block_size == size;
    for (int i = 0; i < MPROM_FLASH_ERASE_SIZES_MAX; i++) {
        uint32_t large = cells->geometry->large_erase_sizes[i];
        offered = offered || (large != 0 && size == large && off % large == 0);
    }
    return offered;
}

static int op_erase(const struct mprom_flash *flash, uint32_t off, uint32_t size)
{
    struct cells *cells = flash->ctx;
    if (!cells->power) {
        return -MPROM_EIO;
    }
    if (!is_inside(cells, off, size) || !erase_is_offered(cells, off, size)) {
        return violation(cells, "erase of %u bytes at %u is no block", size, off);
    }
    count_erase(cells, off, size);
    struct cells_operation operation = {.kind = CELLS_ERASE, .off = off, .size = size};
    return operate(cells, &operation);
}

static int op_sync(const struct mprom_flash *flash)
{
    const struct cells *cells = flash->ctx;
    return cells->power ? 0 : -MPROM_EIO;
}

static const void *op_map(const struct mprom_flash *flash, uint32_t off)
{
    const struct cells *cells = flash->ctx;
    return cells->bytes + off;
}

const struct mprom_flash_ops cells_ops = {
    .read = op_read,
    .program = op_program,
    .erase = op_erase,
    .sync = op_sync,
    .map = op_map,
    .probe = op_probe,
};

const struct mprom_flash *cells_flash(struct cells *cells)
{
    return &cells->flash;
}

void cells_set_cut(struct cells *cells, const struct cells_cut *cut)
{
    cells->cut = *cut;
    cells->has_cut = true;
}

void cells_power_on(struct cells *cells)
{
    cells->power = true;
    cells->has_cut = false;
    cells->number = 0;
}

void cells_reset_counts(struct cells *cells)
{
    memset(&cells->counts, 0, sizeof cells->counts);
}
