#include "quadspi_internal.h"

#include <stdlib.h>
#include <string.h>

enum {
    RESET_BIT = 1, /* in AHB3RSTR and AHB3ENR */
};

static const uint32_t CR_PRESCALER = 0xFF000000;
static const uint32_t DCR_BITS = 0x001F0701;

/* The CPU reads ahead as it likes, wherever it may: then memory-mapped mode is never idle. */
static bool is_busy(const struct quadspi_model *quadspi)
{
    return quadspi->state != QUADSPI_IDLE ||
           (quadspi_is_mapped(quadspi) &&
            (quadspi->prefetching || cortex_m7_model_may_read(quadspi->wiring.m7, QUADSPI_MODEL_WINDOW)));
}

/* What starts a command, section 14: CCR if neither address nor data to write follow, else AR, else data. */
static void write_ccr(struct quadspi_model *quadspi, uint32_t value)
{
    quadspi->ccr = value;
    quadspi->armed = false;
    bool has_address = quadspi_field(value, 11, 10) != 0;
    bool sends_data = quadspi_field(value, 25, 24) != 0 && quadspi_fmode(quadspi) == FMODE_WRITE;
    if (quadspi_fmode(quadspi) == FMODE_MAPPED) {
        quadspi_mapped_enter(quadspi);
    } else if (quadspi_fmode(quadspi) == 2) {
        model_violation(quadspi->wiring.report, "automatic polling, which is not modelled");
    } else if (!has_address && !sends_data) {
        quadspi_command_start(quadspi);
    } else if (!has_address) {
        quadspi->armed = true;
    }
}

static void write_ar(struct quadspi_model *quadspi, uint32_t value)
{
    quadspi->ar = value;
    bool has_address = quadspi_field(quadspi->ccr, 11, 10) != 0;
    bool sends_data = quadspi_field(quadspi->ccr, 25, 24) != 0 && quadspi_fmode(quadspi) == FMODE_WRITE;
    if (has_address && quadspi_fmode(quadspi) != FMODE_MAPPED) {
        if (sends_data) {
            quadspi->armed = true;
        } else {
            quadspi_command_start(quadspi);
        }
    }
}

static void write_dr(struct quadspi_model *quadspi, uint32_t size, uint32_t value)
{
    if (quadspi->armed) {
        quadspi_command_start(quadspi);
    }
    if (quadspi->state != QUADSPI_WRITES) {
        model_violation(quadspi->wiring.report, "data for QUADSPI, which has no command that sends any");
    } else if (quadspi_fifo_level(quadspi) + size > FIFO_SIZE) {
        model_violation(quadspi->wiring.report, "a store of %u bytes to a FIFO with %u in it", size,
                        quadspi_fifo_level(quadspi));
    } else if (quadspi->stored + size > quadspi->frame.size) {
        model_violation(quadspi->wiring.report, "more data than the %u bytes that DLR says", quadspi->frame.size);
    } else {
        memcpy(quadspi->data + quadspi->stored, &value, size); /* little endian, as the host */
        quadspi->stored += size;
    }
}

static uint32_t read_dr(struct quadspi_model *quadspi, uint32_t size)
{
    uint32_t value = 0;
    if (quadspi->state != QUADSPI_READS) {
        model_violation(quadspi->wiring.report, "read of QUADSPI's data, where there is none");
    } else if (quadspi_fifo_level(quadspi) < size) {
        model_violation(quadspi->wiring.report, "a load of %u bytes from a FIFO with %u in it", size,
                        quadspi_fifo_level(quadspi));
    } else {
        memcpy(&value, quadspi->data + quadspi->stored, size);
        quadspi->stored += size;
        if (quadspi->stored == quadspi->frame.size) {
            quadspi->state = QUADSPI_IDLE;
        }
    }
    return value;
}

static void write_cr(struct quadspi_model *quadspi, uint32_t value)
{
    const uint32_t known = CR_EN | CR_ABORT | CR_SSHIFT | CR_FTHRES | CR_PRESCALER;
    if (value & ~known) {
        model_violation(quadspi->wiring.report, "write of 0x%08x to QUADSPI's CR, which is not modelled", value);
    } else if (is_busy(quadspi) && ((value ^ quadspi->cr) & ~(uint32_t)CR_ABORT)) {
        model_violation(quadspi->wiring.report, "write of QUADSPI's CR while it is busy");
    } else {
        quadspi->cr = value;
        if (value & CR_ABORT) {
            quadspi_abort(quadspi);
        }
    }
}

static void registers_clear(struct quadspi_model *quadspi)
{
    quadspi->cr = 0;
    quadspi->dcr = 0;
    quadspi->flags = 0;
    quadspi->dlr = 0;
    quadspi->ccr = 0;
    quadspi->ar = 0;
    quadspi->abr = 0;
    quadspi->state = QUADSPI_IDLE;
    quadspi->armed = false;
    quadspi->prefetching = false;
    quadspi->polled = false;
}

/* Whether the controller answers. A reset through RCC is noticed here. */
static bool is_alive(struct quadspi_model *quadspi)
{
    const struct rcc_model *rcc = quadspi->wiring.rcc;
    if (quadspi->resets_seen != rcc->ahb3_resets) {
        quadspi->resets_seen = rcc->ahb3_resets;
        registers_clear(quadspi);
    }
    if (rcc->ahb3rstr >> RESET_BIT & 1) {
        return WRONG(quadspi, "access to QUADSPI while it is held in reset");
    }
    return rcc_gate_check(&quadspi->gate, &quadspi->model);
}

static uint32_t status(const struct quadspi_model *quadspi)
{
    return quadspi->flags | (quadspi_fifo_flag(quadspi) ? SR_FTF : 0u) | (is_busy(quadspi) ? SR_BUSY : 0u) |
           quadspi_fifo_level(quadspi) << SR_FLEVEL_POS;
}

static uint32_t quadspi_read(void *ctx, uint32_t off, uint32_t size)
{
    struct quadspi_model *quadspi = ctx;
    quadspi->polled = off == SR || off == CR;
    if (!is_alive(quadspi)) {
        return 0;
    }
    if (off == DR) {
        return read_dr(quadspi, size);
    }
    const uint32_t values[] = {quadspi->cr,  quadspi->dcr, status(quadspi), 0,
                               quadspi->dlr, quadspi->ccr, quadspi->ar,     quadspi->abr};
    if (size != 4 || off % 4 != 0 || off > ABR || off == FCR) {
        model_violation(quadspi->wiring.report, "read of %u bytes from QUADSPI at 0x%02x", size, off);
        return 0;
    }
    return values[off / 4];
}

/* Those that are written only while it is idle. */
static void write_setting(struct quadspi_model *quadspi, uint32_t off, uint32_t value)
{
    static const char *const names[] = {"CR", "DCR", "SR", "FCR", "DLR", "CCR", "AR", "ABR"};
    if (is_busy(quadspi)) {
        model_violation(quadspi->wiring.report, "write of QUADSPI's %s while it is busy", names[off / 4]);
    } else if (off == DCR) {
        quadspi->dcr = value & DCR_BITS;
    } else if (off == DLR) {
        quadspi->dlr = value;
    } else if (off == ABR) {
        quadspi->abr = value;
    } else if (off == AR) {
        write_ar(quadspi, value);
    } else {
        write_ccr(quadspi, value);
    }
}

static void quadspi_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct quadspi_model *quadspi = ctx;
    if (!is_alive(quadspi)) {
        return;
    }
    if (off == DR) {
        write_dr(quadspi, size, value);
        return;
    }
    switch (size == 4 ? off : UINT32_MAX) {
    case CR:
        write_cr(quadspi, value);
        break;
    case FCR:
        quadspi->flags &= ~value;
        break;
    case DCR:
    case DLR:
    case CCR:
    case AR:
    case ABR:
        write_setting(quadspi, off, value);
        break;
    default:
        model_violation(quadspi->wiring.report, "write of %u bytes to QUADSPI at 0x%02x", size, off);
    }
}

/* The window */

static void window_store(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    (void)value;
    struct quadspi_model *quadspi = ctx;
    model_violation(quadspi->wiring.report, "store of %u bytes to the mapped flash at 0x%08x, which can only be read",
                    size, QUADSPI_MODEL_WINDOW + off);
}

static bool window_guarded(void *ctx)
{
    const struct quadspi_model *quadspi = ctx;
    return !quadspi_is_mapped(quadspi) || !cortex_m7_model_may_read(quadspi->wiring.m7, QUADSPI_MODEL_WINDOW) ||
           quadspi->wiring.chip->job != NOR_NOTHING || cortex_m7_model_is_stale(quadspi->wiring.m7) ||
           quadspi_flash_size(quadspi) < quadspi->window.size;
}

static void window_access(void *ctx, uint32_t off, uint32_t size, enum model_access access)
{
    struct quadspi_model *quadspi = ctx;
    uint32_t address = QUADSPI_MODEL_WINDOW + off;
    const char *why = !quadspi_is_mapped(quadspi) ? " while QUADSPI is not in memory-mapped mode"
                      : !cortex_m7_model_may_read(quadspi->wiring.m7, address) ? ", which the MPU forbids"
                      : quadspi->wiring.chip->job != NOR_NOTHING               ? " while the chip is busy"
                      : off + size > quadspi_flash_size(quadspi)               ? ", beyond FSIZE"
                      : cortex_m7_model_sees_stale(quadspi->wiring.m7, off, size, access)
                          ? ", which the cache may hold as it was before"
                          : NULL;
    if (why != NULL) {
        model_violation(quadspi->wiring.report, "%s of the flash at 0x%08x%s",
                        access == MODEL_FETCH ? "execution" : "read", address, why);
    }
}

static void chip_violation(void *ctx, const char *text)
{
    const struct quadspi_model *quadspi = ctx;
    model_violation(quadspi->wiring.report, "flash chip: %s", text);
}

bool quadspi_model_open(struct quadspi_model *quadspi, const struct quadspi_wiring *wiring)
{
    *quadspi = (struct quadspi_model){.wiring = *wiring, .gate = {wiring->rcc, &wiring->rcc->ahb3enr, RESET_BIT}};
    quadspi->model = (struct model){.name = "QUADSPI",
                                    .base = 0xA0001000,
                                    .size = SIZE,
                                    .read = quadspi_read,
                                    .write = quadspi_write,
                                    .tick = quadspi_tick,
                                    .busy_ns = quadspi_busy_ns,
                                    .interrupt_number = -1,
                                    .ctx = quadspi};
    quadspi->window = (struct model_window){.base = QUADSPI_MODEL_WINDOW,
                                            .size = wiring->chip->part->geometry->size,
                                            .erases = &quadspi->erases,
                                            .store = window_store,
                                            .guarded = window_guarded,
                                            .access = window_access,
                                            .ctx = quadspi};
    wiring->chip->hooks = (struct nor_hooks){.violation = chip_violation, .ctx = quadspi};
    quadspi->data = calloc(1, QUADSPI_MODEL_HOLD);
    return quadspi->data != NULL;
}

void quadspi_model_close(struct quadspi_model *quadspi)
{
    free(quadspi->data);
}

void quadspi_model_reset(struct quadspi_model *quadspi)
{
    registers_clear(quadspi);
    quadspi->window.bytes = quadspi->wiring.chip->cells->bytes;
}
