/* The window in which the CPU reads FlexSPI's chip. */
#include "chips/imxrt/model/flexspi_model.h"

enum {
    TRIED_BYTES = 32,
    AHEAD_LINES = 2, /* that the prefetch reads behind what was asked for */
    PREFETCHEN = 1 << 5,
    ERROR_UNKNOWN = 3 << 8,
};

bool flexspi_model_is_quiet(const struct flexspi_model *flexspi)
{
    return flexspi->state == FLEXSPI_IDLE && flexspi->ahead_ps == 0;
}

static bool chip_works(const struct flexspi_model *flexspi)
{
    return flexspi->wiring.chip->job != NOR_NOTHING || flexspi->wiring.chip->deaf_ns > 0;
}

void flexspi_model_window_try(struct flexspi_model *flexspi)
{
    uint8_t bytes[TRIED_BYTES];
    struct nor_frame frame;
    bool sends;
    uint32_t sequence = flexspi_bits(flexspi_setting(flexspi, FLEXSPI_FLSHCR2), 3, 0);
    if (flexspi->window_works || !flexspi_is_on(flexspi) || flexspi->state != FLEXSPI_IDLE || chip_works(flexspi) ||
        flexspi_model_decode(flexspi, sequence, 0, &frame, &sends) != FLEXSPI_FINE) {
        return;
    }
    flexspi->window_works = true;
    flexspi->window_header_ps = nor_frame_clocks(&frame) * flexspi_model_clock_ps(flexspi);
    flexspi->window_byte_ps = 8 * flexspi_model_clock_ps(flexspi) / (frame.data_lanes != 0 ? frame.data_lanes : 1u);
    frame.size = sizeof bytes;
    frame.in = bytes;
    nor_frame_send(&frame, flexspi->wiring.chip);
}

static void window_store(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    (void)value;
    struct flexspi_model *flexspi = ctx;
    flexspi->flags |= FLEXSPI_AHBCMDERR;
    flexspi->errors = (flexspi->errors & 0xFFFF0000) | ERROR_UNKNOWN;
    model_violation(flexspi->wiring.bus, "store of %u bytes to the flash at 0x%08x, which can only be read", size,
                    flexspi->window.base + off);
}

static bool window_guarded(void *ctx)
{
    struct flexspi_model *flexspi = ctx;
    flexspi_model_window_try(flexspi);
    return !flexspi->window_works || !flexspi_is_on(flexspi) || flexspi->state != FLEXSPI_IDLE ||
           chip_works(flexspi) || flexspi->may_be_old || cortex_m7_model_is_stale(flexspi->wiring.m7) ||
           !cortex_m7_model_may_read(flexspi->wiring.m7, flexspi->window.base);
}

/* Why nothing can be read there now, or NULL. */
static const char *window_fault(const struct flexspi_model *flexspi, uint32_t off, uint32_t size,
                                enum model_access access)
{
    if (!flexspi_is_on(flexspi)) {
        return "while FlexSPI is off";
    }
    if (chip_works(flexspi)) {
        return "while it is busy";
    }
    if (flexspi->state != FLEXSPI_IDLE) {
        return "while an IP command is on its lines";
    }
    if (!cortex_m7_model_may_read(flexspi->wiring.m7, flexspi->window.base + off)) {
        return "which the MPU forbids";
    }
    if (flexspi->may_be_old) {
        return "which FlexSPI's buffers may hold as it was before a change";
    }
    return cortex_m7_model_sees_stale(flexspi->wiring.m7, off, size, access)
               ? "which a cache may hold as it was before a change"
               : NULL;
}

static void window_access(void *ctx, uint32_t off, uint32_t size, enum model_access access)
{
    struct flexspi_model *flexspi = ctx;
    const char *fault = window_fault(flexspi, off, size, access);
    if (fault != NULL) {
        model_violation(flexspi->wiring.bus, "%s of flash at 0x%08x %s", access == MODEL_FETCH ? "execution" : "read",
                        flexspi->window.base + off, fault);
    }
}

/*
 * A buffer holds the line that was read last. Reading ahead goes on where it was, if nothing else was read; but no faster than
 * the lines are.
 */
static uint64_t fill_ps(struct flexspi_model *flexspi, uint32_t off)
{
    uint32_t line = off / CORTEX_M7_LINE_SIZE;
    if (line + 1 == flexspi->next_line) {
        return 0;
    }
    uint64_t line_ps = CORTEX_M7_LINE_SIZE * flexspi->window_byte_ps;
    uint64_t ps = line_ps + (line == flexspi->next_line ? 0 : flexspi->window_header_ps);
    flexspi->next_line = line + 1;
    flexspi->ahead_ps = flexspi_setting(flexspi, FLEXSPI_AHBCR) & PREFETCHEN ? AHEAD_LINES * line_ps : 0;
    return ps;
}

static uint64_t window_wait_ns(void *ctx, uint32_t off, uint32_t size, enum model_access access)
{
    struct flexspi_model *flexspi = ctx;
    uint64_t ps = 0;
    for (uint32_t at = off & ~(CORTEX_M7_LINE_SIZE - 1u); at < off + size; at += CORTEX_M7_LINE_SIZE) {
        if (!cortex_m7_model_read(flexspi->wiring.m7, flexspi->window.base + at, access)) {
            ps += fill_ps(flexspi, at);
        }
    }
    return ps / 1000;
}

void flexspi_model_window_open(struct flexspi_model *flexspi)
{
    flexspi->window = (struct model_window){.base = flexspi->wiring.part->window,
                                            .size = flexspi->wiring.chip->part->geometry->size,
                                            .erases = &flexspi->erases,
                                            .store = window_store,
                                            .guarded = window_guarded,
                                            .access = window_access,
                                            .wait_ns = window_wait_ns,
                                            .ctx = flexspi};
}
