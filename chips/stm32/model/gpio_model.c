/* GPIO ports, RM0090 8.4; those of F7 and H7 are the same. */
#include <string.h>

#include "chips/stm32/model/peripherals.h"

enum {
    MODER = 0x00,
    OSPEEDR = 0x08,
    PUPDR = 0x0C,
    AFRL = 0x20,
    SIZE = 0x28,
    MODE_ALTERNATE = 2,
};

static bool gpio_check(struct gpio_model *gpio, uint32_t off, uint32_t size)
{
    if (!rcc_gate_check(&gpio->gate, &gpio->model)) {
        return false;
    }
    if (size != 4 || off % 4 != 0) {
        model_violation(gpio->bus, "access of %u bytes to %s at 0x%02x", size, gpio->model.name, off);
        return false;
    }
    return true;
}

static uint32_t gpio_read(void *ctx, uint32_t off, uint32_t size)
{
    struct gpio_model *gpio = ctx;
    return gpio_check(gpio, off, size) ? gpio->registers[off / 4] : 0;
}

static void gpio_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct gpio_model *gpio = ctx;
    if (gpio_check(gpio, off, size)) {
        gpio->registers[off / 4] = value;
    }
}

void gpio_model_open(struct gpio_model *gpio, uint32_t port, const struct rcc_model *rcc, const struct model_bus *bus)
{
    static const char *const names[GPIO_PORTS] = {"GPIOA", "GPIOB", "GPIOC", "GPIOD", "GPIOE", "GPIOF",
                                                  "GPIOG", "GPIOH", "GPIOI", "GPIOJ", "GPIOK"};
    *gpio = (struct gpio_model){
        .model = {.name = names[port],
                  .base = rcc->layout->gpio_base + 0x400 * port,
                  .size = SIZE,
                  .read = gpio_read,
                  .write = gpio_write,
                  .ctx = gpio},
        .bus = bus,
        .gate = {rcc, &rcc->registers[RCC_GPIO_ENABLE], port},
    };
    gpio_model_reset(gpio);
}

void gpio_model_reset(struct gpio_model *gpio)
{
    memset(gpio->registers, 0, sizeof gpio->registers);
    const struct family_layout *layout = gpio->gate.rcc->layout;
    uint32_t row = gpio->gate.bit < 2 ? gpio->gate.bit : 2;
    gpio->registers[MODER / 4] = layout->gpio_reset[row].moder;
    gpio->registers[OSPEEDR / 4] = layout->gpio_reset[row].ospeedr;
    gpio->registers[PUPDR / 4] = layout->gpio_reset[row].pupdr;
}

bool gpio_model_pin_is(const struct gpio_model *ports, struct mprom_stm32_pin pin)
{
    const uint32_t *registers = ports[pin.port].registers;
    uint32_t function = registers[AFRL / 4 + pin.number / 8] >> (pin.number % 8 * 4) & 0xF;
    return (registers[MODER / 4] >> (pin.number * 2) & 3) == MODE_ALTERNATE && function == pin.function;
}
