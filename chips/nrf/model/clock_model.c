/* CLOCK and GPIO of an nRF51. */
#include <string.h>

#include "chips/nrf/model/peripherals.h"

enum {
    HFCLKSTART = 0x000,
    HFCLKSTARTED = 0x100,
    OUTSET = 0x508,
    PIN_CNF = 0x700,
};

static const uint64_t CRYSTAL_NS = 800000;

static uint32_t clock_read(void *ctx, uint32_t off, uint32_t size)
{
    const struct nrf_clock_model *clock = ctx;
    if (size != 4 || off != HFCLKSTARTED) {
        model_violation(clock->bus, "read of %u bytes from CLOCK at 0x%03x", size, off);
        return 0;
    }
    return clock->started;
}

static void clock_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct nrf_clock_model *clock = ctx;
    if (size == 4 && off == HFCLKSTARTED && value == 0) {
        clock->started = false;
    } else if (size == 4 && off == HFCLKSTART && value == 1) {
        clock->is_starting = true;
        clock->starts_ns = CRYSTAL_NS;
    } else {
        model_violation(clock->bus, "write of 0x%x to CLOCK at 0x%03x", value, off);
    }
}

static void clock_tick(void *ctx, uint64_t ns)
{
    struct nrf_clock_model *clock = ctx;
    clock->starts_ns = clock->starts_ns > ns ? clock->starts_ns - ns : 0;
    if (clock->is_starting && clock->starts_ns == 0) {
        clock->is_starting = false;
        clock->runs = true;
        clock->started = true;
    }
}

static uint64_t clock_busy_ns(void *ctx)
{
    const struct nrf_clock_model *clock = ctx;
    return clock->is_starting ? clock->starts_ns : 0;
}

void nrf_clock_model_open(struct nrf_clock_model *clock, const struct model_bus *bus)
{
    *clock = (struct nrf_clock_model){.model = {.name = "CLOCK",
                                                .base = 0x40000000,
                                                .size = 0x1000,
                                                .read = clock_read,
                                                .write = clock_write,
                                                .tick = clock_tick,
                                                .busy_ns = clock_busy_ns,
                                                .ctx = clock},
                                      .bus = bus};
}

void nrf_clock_model_reset(struct nrf_clock_model *clock)
{
    clock->is_starting = false;
    clock->runs = false;
    clock->started = false;
    clock->starts_ns = 0;
}

/* The register of a pin, or NULL. */
static uint32_t *gpio_register(struct nrf_gpio_model *gpio, uint32_t off, uint32_t size)
{
    uint32_t pin = (off - PIN_CNF) / 4;
    bool is_pin = size == 4 && off % 4 == 0 && off >= PIN_CNF && pin < NRF_PINS;
    if (!is_pin) {
        model_violation(gpio->bus, "access of %u bytes to GPIO at 0x%03x", size, off);
    }
    return is_pin ? &gpio->configuration[pin] : NULL;
}

static uint32_t gpio_read(void *ctx, uint32_t off, uint32_t size)
{
    const uint32_t *pin = gpio_register(ctx, off, size);
    return pin != NULL ? *pin : 0;
}

static void gpio_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct nrf_gpio_model *gpio = ctx;
    if (size == 4 && off == OUTSET) {
        gpio->out |= value;
        return;
    }
    uint32_t *pin = gpio_register(gpio, off, size);
    if (pin != NULL) {
        *pin = value;
    }
}

void nrf_gpio_model_open(struct nrf_gpio_model *gpio, const struct model_bus *bus)
{
    *gpio = (struct nrf_gpio_model){
        .model =
            {.name = "GPIO", .base = 0x50000000, .size = 0x1000, .read = gpio_read, .write = gpio_write, .ctx = gpio},
        .bus = bus};
    nrf_gpio_model_reset(gpio);
}

void nrf_gpio_model_reset(struct nrf_gpio_model *gpio)
{
    gpio->out = 0;
    for (int i = 0; i < NRF_PINS; i++) {
        gpio->configuration[i] = 2; /* the input is disconnected */
    }
}
