#include "chips/rp2/model/qspi_pins_model.h"

enum {
    CTRL_RESET = 0x1F, /* no function */
    CTRL_NEXT = 8,
    FUNCSEL = 0x1F,
    FUNCSEL_XIP = 0,

    VOLTAGE = 0x00,
    PADS_END = 0x1C,
    OD = 1 << 7,
    PUE = 1 << 3,
    PDE = 1 << 2,
};

/* PADS_QSPI has SS behind the data lines. */
static const enum rp2_qspi_pin pad_order[RP2_QSPI_PINS] = {RP2_SCLK, RP2_SD0, RP2_SD1, RP2_SD2, RP2_SD3, RP2_SS};

static const struct rp2_series *series_of(const struct rp2_qspi_pins_model *pins)
{
    return pins->resets->series;
}

static bool is_held(const struct rp2_qspi_pins_model *pins, const struct rp2_place *place, const struct model *model)
{
    return !rp2_block_check(pins->resets, place->reset, model);
}

static void pins_change(struct rp2_qspi_pins_model *pins)
{
    if (pins->changed != NULL) {
        pins->changed(pins->ctx);
    }
}

/* The register of a pin that off addresses, or NULL. */
static uint32_t *io_register(struct rp2_qspi_pins_model *pins, uint32_t off)
{
    uint32_t place = off - series_of(pins)->io_qspi_first;
    return place % CTRL_NEXT == 0 && place / CTRL_NEXT < RP2_QSPI_PINS ? &pins->ctrl[place / CTRL_NEXT] : NULL;
}

static uint32_t *pads_register(struct rp2_qspi_pins_model *pins, uint32_t off)
{
    if (off == VOLTAGE) {
        return &pins->voltage;
    }
    return off % 4 == 0 && off < PADS_END ? &pins->pad[pad_order[off / 4 - 1]] : NULL;
}

static uint32_t io_peek(void *ctx, uint32_t off)
{
    const uint32_t *found = io_register(ctx, off);
    return found != NULL ? *found : 0;
}

static uint32_t pads_peek(void *ctx, uint32_t off)
{
    const uint32_t *found = pads_register(ctx, off);
    return found != NULL ? *found : 0;
}

static uint32_t io_read(void *ctx, uint32_t off, uint32_t size)
{
    struct rp2_qspi_pins_model *pins = ctx;
    const uint32_t *found = io_register(pins, off);
    if (is_held(pins, &series_of(pins)->io_qspi, &pins->io)) {
        return 0;
    }
    if (size != 4 || found == NULL) {
        model_violation(pins->bus, "read of %u bytes from IO_QSPI at 0x%03x", size, off);
        return 0;
    }
    return *found;
}

static uint32_t pads_read(void *ctx, uint32_t off, uint32_t size)
{
    struct rp2_qspi_pins_model *pins = ctx;
    const uint32_t *found = pads_register(pins, off);
    if (is_held(pins, &series_of(pins)->pads_qspi, &pins->pads)) {
        return 0;
    }
    if (size != 4 || found == NULL) {
        model_violation(pins->bus, "read of %u bytes from PADS_QSPI at 0x%03x", size, off);
        return 0;
    }
    return *found;
}

static void io_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct rp2_qspi_pins_model *pins = ctx;
    uint32_t *found = io_register(pins, off);
    if (is_held(pins, &series_of(pins)->io_qspi, &pins->io)) {
        return;
    }
    if (size != 4 || found == NULL || (value & ~series_of(pins)->io_ctrl_bits)) {
        model_violation(pins->bus, "write of 0x%08x to IO_QSPI at 0x%03x", value, off);
        return;
    }
    *found = value;
    if (found == &pins->ctrl[RP2_SS] && rp2_qspi_select(pins) == RP2_SELECT_INVERTED) {
        model_violation(pins->bus, "chip select of the flash is inverted");
    } else if (found != &pins->ctrl[RP2_SS] && value >> series_of(pins)->outover & 3) {
        model_violation(pins->bus, "an override of the output of IO_QSPI at 0x%03x, which is not modelled", off);
    }
    pins_change(pins);
}

static void pads_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct rp2_qspi_pins_model *pins = ctx;
    uint32_t *found = pads_register(pins, off);
    uint32_t pad_bits = off != VOLTAGE ? series_of(pins)->pad_bits : 0; /* 0: 3.3 V */
    if (is_held(pins, &series_of(pins)->pads_qspi, &pins->pads)) {
        return;
    }
    if (size != 4 || found == NULL || (value & ~pad_bits)) {
        model_violation(pins->bus, "write of 0x%08x to PADS_QSPI at 0x%03x", value, off);
        return;
    }
    *found = value;
    pins_change(pins);
}

static void io_clear(void *ctx)
{
    struct rp2_qspi_pins_model *pins = ctx;
    for (int i = 0; i < RP2_QSPI_PINS; i++) {
        pins->ctrl[i] = CTRL_RESET;
    }
    pins_change(pins);
}

static void pads_clear(void *ctx)
{
    struct rp2_qspi_pins_model *pins = ctx;
    const struct rp2_series *series = series_of(pins);
    pins->pad[RP2_SCLK] = series->pad_sclk;
    pins->pad[RP2_SS] = series->pad_ss;
    for (int i = 0; i < 4; i++) {
        pins->pad[RP2_SD0 + i] = series->pad_sd[i];
    }
    pins->voltage = 0;
    pins_change(pins);
}

bool rp2_qspi_pin_is_connected(const struct rp2_qspi_pins_model *pins, enum rp2_qspi_pin pin)
{
    return (pins->ctrl[pin] & FUNCSEL) == FUNCSEL_XIP && !(pins->pad[pin] & series_of(pins)->pad_iso);
}

enum rp2_select rp2_qspi_select(const struct rp2_qspi_pins_model *pins)
{
    return (enum rp2_select)(pins->ctrl[RP2_SS] >> series_of(pins)->outover & 3);
}

bool rp2_qspi_pin_is_off(const struct rp2_qspi_pins_model *pins, enum rp2_qspi_pin pin)
{
    return (pins->pad[pin] & OD) != 0;
}

uint8_t rp2_qspi_pins_held_low(const struct rp2_qspi_pins_model *pins)
{
    uint8_t low = 0;
    for (uint32_t i = 0; i < 4; i++) {
        low |= (uint8_t)(((pins->pad[RP2_SD0 + i] & (PUE | PDE)) == PDE) << i);
    }
    return low;
}

void rp2_qspi_pins_model_open(struct rp2_qspi_pins_model *pins, struct rp2_resets_model *resets,
                              const struct model_bus *bus)
{
    *pins = (struct rp2_qspi_pins_model){.io = {.name = "IO_QSPI",
                                                .base = resets->series->io_qspi.base,
                                                .size = 0x1000,
                                                .read = io_read,
                                                .write = io_write,
                                                .peek = io_peek,
                                                .ctx = pins},
                                         .pads = {.name = "PADS_QSPI",
                                                  .base = resets->series->pads_qspi.base,
                                                  .size = 0x1000,
                                                  .read = pads_read,
                                                  .write = pads_write,
                                                  .peek = pads_peek,
                                                  .ctx = pins},
                                         .bus = bus,
                                         .resets = resets};
    rp2_resets_model_add(resets, resets->series->io_qspi.reset, io_clear, pins);
    rp2_resets_model_add(resets, resets->series->pads_qspi.reset, pads_clear, pins);
    io_clear(pins);
    pads_clear(pins);
}
