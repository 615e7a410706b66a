/* The window in which the CPU sees the chip, of QUADSPI and OCTOSPI; and the life of what is behind both. */
#include "chips/stm32/model/serial_lines.h"

static void window_store(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    (void)value;
    const struct serial_lines *lines = ctx;
    model_violation(lines->wiring.bus, "store of %u bytes to the mapped flash at 0x%08x, which can only be read",
                    size, SERIAL_MODEL_WINDOW + off);
}

static bool window_guarded(void *ctx)
{
    struct serial_lines *lines = ctx;
    serial_lines_settle(lines);
    return !serial_lines_is_mapped(lines) || !serial_lines_may_read(lines) ||
           lines->wiring.chip->job != NOR_NOTHING || cortex_m7_model_is_stale(lines->wiring.m7) ||
           lines->setup.flash_size < lines->window.size;
}

static const char *access_check(const struct serial_lines *lines, uint32_t off, uint32_t size,
                                enum model_access access)
{
    if (!serial_lines_is_mapped(lines)) {
        return " while the controller is not in memory-mapped mode";
    }
    if (!cortex_m7_model_may_read(lines->wiring.m7, SERIAL_MODEL_WINDOW + off)) {
        return ", which the MPU forbids";
    }
    if (lines->wiring.chip->job != NOR_NOTHING) {
        return " while the chip is busy";
    }
    if (off + size > lines->setup.flash_size) {
        return ", beyond the size that the controller has been told";
    }
    return cortex_m7_model_sees_stale(lines->wiring.m7, off, size, access)
               ? ", which the cache may hold as it was before"
               : NULL;
}

static void window_access(void *ctx, uint32_t off, uint32_t size, enum model_access access)
{
    struct serial_lines *lines = ctx;
    serial_lines_settle(lines);
    const char *why = access_check(lines, off, size, access);
    if (why != NULL) {
        model_violation(lines->wiring.bus, "%s of the flash at 0x%08x%s",
                        access == MODEL_FETCH ? "execution" : "read", SERIAL_MODEL_WINDOW + off, why);
    }
}

static uint64_t window_wait_ns(void *ctx, uint32_t off, uint32_t size, enum model_access access)
{
    struct serial_lines *lines = ctx;
    uint64_t ps = 0;
    serial_lines_settle(lines);
    for (uint32_t at = off & ~(CORTEX_M7_LINE_SIZE - 1u); serial_lines_is_mapped(lines) && at < off + size;
         at += CORTEX_M7_LINE_SIZE) {
        if (!cortex_m7_model_read(lines->wiring.m7, SERIAL_MODEL_WINDOW + at, access)) {
            ps += serial_lines_fill_ps(lines, at);
        }
    }
    return ps / 1000;
}

static void chip_violation(void *ctx, const char *text)
{
    const struct serial_lines *lines = ctx;
    model_violation(lines->wiring.bus, "flash chip: %s", text);
}

void serial_lines_open(struct serial_lines *lines, const char *name, const struct serial_wiring *wiring)
{
    *lines = (struct serial_lines){.name = name, .wiring = *wiring};
    lines->window = (struct model_window){.base = SERIAL_MODEL_WINDOW,
                                          .size = wiring->chip->part->geometry->size,
                                          .erases = &lines->erases,
                                          .store = window_store,
                                          .guarded = window_guarded,
                                          .access = window_access,
                                          .wait_ns = window_wait_ns,
                                          .ctx = lines};
    wiring->chip->hooks = (struct nor_hooks){.violation = chip_violation, .ctx = lines};
}

void serial_lines_reset(struct serial_lines *lines)
{
    if (lines->is_selected) {
        lines->is_selected = false;
        nor_chip_deselect(lines->wiring.chip);
    }
    lines->flags = 0;
    lines->state = SERIAL_IDLE;
    lines->armed = false;
    lines->prefetching = false;
    lines->polled = false;
    lines->window.bytes = lines->wiring.chip->cells->bytes;
}
