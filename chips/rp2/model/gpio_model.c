/* IO_BANK0 and PADS_BANK0: what each pin is for. */
#include "chips/rp2/model/peripherals.h"

enum {
    NEXT = 8,
    CTRL_RESET = 0x1F,
    FUNCTION_MAX = 0x1F,
    PADS_FIRST = 4,
};

static const struct rp2_series *series_of(const struct rp2_gpio_model *gpio)
{
    return gpio->resets->series;
}

static uint32_t *io_register(struct rp2_gpio_model *gpio, uint32_t off)
{
    return off % NEXT == 4 && off / NEXT < RP2_GPIOS ? &gpio->ctrl[off / NEXT] : NULL;
}

static uint32_t *pads_register(struct rp2_gpio_model *gpio, uint32_t off)
{
    bool is_there = off % 4 == 0 && off >= PADS_FIRST && (off - PADS_FIRST) / 4 < RP2_GPIOS;
    return is_there ? &gpio->pad[(off - PADS_FIRST) / 4] : NULL;
}

static uint32_t io_read(void *ctx, uint32_t off, uint32_t size)
{
    struct rp2_gpio_model *gpio = ctx;
    const uint32_t *found = io_register(gpio, off);
    if (!rp2_block_check(gpio->resets, series_of(gpio)->io_bank0.reset, &gpio->io)) {
        return 0;
    }
    if (size != 4 || found == NULL) {
        model_violation(gpio->bus, "read of %u bytes from IO_BANK0 at 0x%03x", size, off);
        return 0;
    }
    return *found;
}

static void io_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct rp2_gpio_model *gpio = ctx;
    uint32_t *found = io_register(gpio, off);
    if (!rp2_block_check(gpio->resets, series_of(gpio)->io_bank0.reset, &gpio->io)) {
        return;
    }
    if (size != 4 || found == NULL || value > FUNCTION_MAX) {
        model_violation(gpio->bus, "write of 0x%08x to IO_BANK0 at 0x%03x", value, off);
        return;
    }
    *found = value;
}

static uint32_t pads_read(void *ctx, uint32_t off, uint32_t size)
{
    struct rp2_gpio_model *gpio = ctx;
    const uint32_t *found = pads_register(gpio, off);
    if (!rp2_block_check(gpio->resets, series_of(gpio)->pads_bank0.reset, &gpio->pads)) {
        return 0;
    }
    if (size != 4 || found == NULL) {
        model_violation(gpio->bus, "read of %u bytes from PADS_BANK0 at 0x%03x", size, off);
        return 0;
    }
    return *found;
}

static void pads_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct rp2_gpio_model *gpio = ctx;
    uint32_t *found = pads_register(gpio, off);
    if (!rp2_block_check(gpio->resets, series_of(gpio)->pads_bank0.reset, &gpio->pads)) {
        return;
    }
    if (size != 4 || found == NULL || value > series_of(gpio)->pad_bits) {
        model_violation(gpio->bus, "write of 0x%08x to PADS_BANK0 at 0x%03x", value, off);
        return;
    }
    *found = value;
}

static void io_clear(void *ctx)
{
    struct rp2_gpio_model *gpio = ctx;
    for (int i = 0; i < RP2_GPIOS; i++) {
        gpio->ctrl[i] = CTRL_RESET;
    }
}

static void pads_clear(void *ctx)
{
    struct rp2_gpio_model *gpio = ctx;
    for (int i = 0; i < RP2_GPIOS; i++) {
        gpio->pad[i] = series_of(gpio)->pad_gpio;
    }
}

void rp2_gpio_model_open(struct rp2_gpio_model *gpio, struct rp2_resets_model *resets, const struct model_bus *bus)
{
    *gpio = (struct rp2_gpio_model){.io = {.name = "IO_BANK0",
                                           .base = resets->series->io_bank0.base,
                                           .size = 0x1000,
                                           .read = io_read,
                                           .write = io_write,
                                           .ctx = gpio},
                                    .pads = {.name = "PADS_BANK0",
                                             .base = resets->series->pads_bank0.base,
                                             .size = 0x1000,
                                             .read = pads_read,
                                             .write = pads_write,
                                             .ctx = gpio},
                                    .bus = bus,
                                    .resets = resets};
    rp2_resets_model_add(resets, resets->series->io_bank0.reset, io_clear, gpio);
    rp2_resets_model_add(resets, resets->series->pads_bank0.reset, pads_clear, gpio);
    io_clear(gpio);
    pads_clear(gpio);
}
