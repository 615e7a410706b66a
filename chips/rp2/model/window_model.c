#include "chips/rp2/model/window_model.h"

#include <string.h>

static uint64_t operations(const struct rp2_window_model *window)
{
    return window->reader->chip->cells->number;
}

static bool is_stale(const struct rp2_window_model *window)
{
    return window->is_cached && operations(window) != window->seen;
}

void rp2_window_model_flush(struct rp2_window_model *window)
{
    window->erases += operations(window) != window->seen;
    window->seen = operations(window);
    memset(window->lines, 0, sizeof window->lines);
}

static void window_store(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    (void)value;
    const struct rp2_window_model *window = ctx;
    model_violation(window->bus, "store of %u bytes to the flash at 0x%08x, which it never reaches", size,
                    RP2_XIP_BASE + off);
}

static bool window_guarded(void *ctx)
{
    const struct rp2_window_model *window = ctx;
    return !window->reader->is_checked(window->reader->ctx) || is_stale(window);
}

static void window_access(void *ctx, uint32_t off, uint32_t size, enum model_access access)
{
    struct rp2_window_model *window = ctx;
    (void)size;
    const char *fault = window->reader->check(window->reader->ctx, off);
    if (fault == NULL && is_stale(window)) {
        fault = "which the cache may hold as it was before: it was not flushed";
    }
    if (fault != NULL) {
        model_violation(window->bus, "%s of the flash at 0x%08x, %s", access == MODEL_FETCH ? "execution" : "read",
                        RP2_XIP_BASE + off, fault);
    }
}

/* Reads a line. Returns whether the cache held it; it does now. */
static bool line_read(struct rp2_window_model *window, uint32_t off)
{
    uint32_t set = off / RP2_XIP_LINE_SIZE % RP2_XIP_SETS;
    uint32_t tag = (off & ~(RP2_XIP_LINE_SIZE - 1u)) | 1;
    for (uint32_t way = 0; way < RP2_XIP_WAYS; way++) {
        if (window->lines[set][way] == tag) {
            return true;
        }
    }
    if (window->is_cached) {
        window->lines[set][window->oldest[set]] = tag;
        window->oldest[set] ^= 1;
    }
    return false;
}

static uint64_t window_wait_ns(void *ctx, uint32_t off, uint32_t size, enum model_access access)
{
    (void)access;
    struct rp2_window_model *window = ctx;
    uint64_t ns = 0;
    for (uint32_t at = off & ~(RP2_XIP_LINE_SIZE - 1u); at < off + size; at += RP2_XIP_LINE_SIZE) {
        ns += line_read(window, at) ? 0 : window->reader->read_ns(window->reader->ctx, RP2_XIP_LINE_SIZE);
    }
    return ns;
}

void rp2_window_model_open(struct rp2_window_model *window, const struct rp2_reader *reader,
                           const struct model_bus *bus)
{
    *window = (struct rp2_window_model){.window = {.base = RP2_XIP_BASE,
                                                   .size = reader->chip->part->geometry->size,
                                                   .erases = &window->erases,
                                                   .store = window_store,
                                                   .guarded = window_guarded,
                                                   .access = window_access,
                                                   .wait_ns = window_wait_ns,
                                                   .ctx = window},
                                        .bus = bus,
                                        .reader = reader,
                                        .is_cached = true};
}

void rp2_window_model_reset(struct rp2_window_model *window)
{
    window->is_cached = true;
    window->window.bytes = window->reader->chip->cells->bytes;
    window->seen = operations(window);
    memset(window->lines, 0, sizeof window->lines);
}
