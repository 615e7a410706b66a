/* PINMUX and CLKCTL_PER_SLV.UART_CTRL. A pin's word has its function in bits 2:0 and its pad in bits 23:16. */
#include "chips/alif/model/peripherals.h"

#include <string.h>

enum {
    UART_CTRL = 0x8,
    PINMUX_SIZE = ALIF_PORTS * ALIF_PINS * 4,
};

static const uint32_t PIN_KNOWN = 0x00FF0007;
static const uint32_t UART_CTRL_KNOWN = 0x0000FFFF; /* clocks, and where they come from; no DMA */

static uint32_t pinmux_read(void *ctx, uint32_t off, uint32_t size)
{
    const struct alif_pins_model *pins = ctx;
    if (size != 4) {
        model_violation(pins->bus, "read of %u bytes of PINMUX at 0x%03x", size, off);
        return 0;
    }
    return pins->pins[off / 4];
}

static void pinmux_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct alif_pins_model *pins = ctx;
    if (size != 4 || (value & ~PIN_KNOWN)) {
        model_violation(pins->bus, "write of 0x%x to PINMUX at 0x%03x", value, off);
        return;
    }
    pins->pins[off / 4] = value;
}

static uint32_t clocks_read(void *ctx, uint32_t off, uint32_t size)
{
    const struct alif_pins_model *pins = ctx;
    if (size != 4 || off != UART_CTRL) {
        model_violation(pins->bus, "read of %u bytes of CLKCTL_PER_SLV at 0x%03x", size, off);
        return 0;
    }
    return pins->uart_ctrl;
}

static void clocks_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct alif_pins_model *pins = ctx;
    if (size != 4 || off != UART_CTRL || (value & ~UART_CTRL_KNOWN)) {
        model_violation(pins->bus, "write of 0x%x to CLKCTL_PER_SLV at 0x%03x", value, off);
        return;
    }
    pins->uart_ctrl = value;
}

bool alif_pins_model_has(const struct alif_pins_model *pins, const struct mprom_alif_pin *pin, uint32_t pad)
{
    uint32_t word = pin->port < ALIF_PORTS ? pins->pins[pin->port * ALIF_PINS + pin->pin] : 0;
    return (word & 7) == pin->function && (word >> 16 & pad) == pad;
}

void alif_pins_model_open(struct alif_pins_model *pins, const struct model_bus *bus)
{
    *pins = (struct alif_pins_model){.bus = bus};
    pins->pinmux = (struct model){.name = "PINMUX",
                                  .base = 0x1A603000,
                                  .size = PINMUX_SIZE,
                                  .read = pinmux_read,
                                  .write = pinmux_write,
                                  .ctx = pins};
    pins->clocks = (struct model){.name = "CLKCTL_PER_SLV",
                                  .base = 0x4902F000,
                                  .size = 0x1000,
                                  .read = clocks_read,
                                  .write = clocks_write,
                                  .ctx = pins};
}

void alif_pins_model_reset(struct alif_pins_model *pins)
{
    memset(pins->pins, 0, sizeof pins->pins);
    pins->uart_ctrl = 0;
}
