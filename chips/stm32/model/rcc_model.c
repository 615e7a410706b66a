/* RCC, RM0090 7.3; that of the H7 has the same registers elsewhere. Reset values: chips/stm32/facts.md. */
#include "chips/stm32/model/clock_model.h"

static const struct family_layout layouts[] = {
    [PART_F4] =
        {.clock_hz = 16000000,
         .device_address = 0xE0042000,
         .rcc_base = 0x40023800,
         .rcc_size = 0x94,
         .rcc =
             {[RCC_GPIO_ENABLE] = {0x30, 0x00100000}, [RCC_APB1_ENABLE] = {0x40, 0}, [RCC_APB2_ENABLE] = {0x44, 0}},
         .gpio_base = 0x40020000,
         .gpio_reset = {{.moder = 0xA8000000}, {.moder = 0x00000280}}},
    [PART_F7] = {.clock_hz = 16000000,
                 .device_address = 0xE0042000,
                 .rcc_base = 0x40023800,
                 .rcc_size = 0x94,
                 .rcc = {[RCC_GPIO_ENABLE] = {0x30, 0x00100000},
                         [RCC_APB1_ENABLE] = {0x40, 0},
                         [RCC_APB2_ENABLE] = {0x44, 0},
                         [RCC_USART_CLOCK] = {0x90, 0x20003010}, /* not to be relied on: sources differ */
                         [RCC_AHB3_ENABLE] = {0x38, 0},
                         [RCC_AHB3_RESET] = {0x18, 0}},
                 .gpio_base = 0x40020000,
                 .gpio_reset = {{.moder = 0xA8000000}, {.moder = 0x00000280}}},
    [PART_H7] = {.clock_hz = 64000000,
                 .device_address = 0x5C001000,
                 .rcc_base = 0x58024400,
                 .rcc_size = 0x100,
                 .rcc = {[RCC_GPIO_ENABLE] = {0xE0, 0},
                         [RCC_APB1_ENABLE] = {0xE8, 0},
                         [RCC_APB2_ENABLE] = {0xF0, 0},
                         [RCC_USART_CLOCK] = {0x54, 0},
                         [RCC_AHB3_ENABLE] = {0xD4, 0},
                         [RCC_AHB3_RESET] = {0x7C, 0},
                         [RCC_AHB1_ENABLE] = {0xD8, 0}},
                 .gpio_base = 0x58020000,
                 .gpio_reset = {{0xABFFFFFF, 0x0C000000, 0x64000000},
                                {0xFFFFFEBF, 0x000000C0, 0x00000100},
                                {0xFFFFFFFF, 0, 0}}},
};

const struct family_layout *family_layout(enum part_family family)
{
    return &layouts[family];
}

/* The register at an offset, or RCC_REGISTERS for none. */
static enum rcc_register rcc_find(const struct rcc_model *rcc, uint32_t off, uint32_t size)
{
    int found = 0;
    while (found < RCC_REGISTERS && (rcc->layout->rcc[found].off == 0 || rcc->layout->rcc[found].off != off)) {
        found++;
    }
    return size == 4 ? (enum rcc_register)found : RCC_REGISTERS;
}

static uint32_t rcc_read(void *ctx, uint32_t off, uint32_t size)
{
    struct rcc_model *rcc = ctx;
    enum rcc_register found = rcc_find(rcc, off, size);
    if (rcc->clock != NULL && size == 4 && clock_model_has(off)) {
        return clock_model_read(rcc->clock, off);
    }
    if (found == RCC_REGISTERS) {
        model_violation(rcc->bus, "read of %u bytes from RCC at 0x%02x", size, off);
        return 0;
    }
    return rcc->registers[found];
}

static void rcc_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    struct rcc_model *rcc = ctx;
    enum rcc_register found = rcc_find(rcc, off, size);
    if (rcc->clock != NULL && size == 4 && clock_model_has(off)) {
        clock_model_write(rcc->clock, off, value);
        return;
    }
    if (found == RCC_REGISTERS) {
        model_violation(rcc->bus, "write of %u bytes to RCC at 0x%02x", size, off);
        return;
    }
    if (found == RCC_GPIO_ENABLE && (rcc->layout->rcc[found].reset & ~value)) {
        model_violation(rcc->bus, "the clock of the CCM RAM is turned off");
        return;
    }
    rcc->ahb3_resets += found == RCC_AHB3_RESET && (value & ~rcc->registers[found]);
    rcc->registers[found] = value;
}

static void rcc_tick(void *ctx, uint64_t ns)
{
    const struct rcc_model *rcc = ctx;
    if (rcc->clock != NULL) {
        clock_model_tick(rcc->clock, ns);
    }
}

static uint64_t rcc_busy_ns(void *ctx)
{
    const struct rcc_model *rcc = ctx;
    return rcc->clock != NULL ? clock_model_busy_ns(rcc->clock) : 0;
}

void rcc_model_open(struct rcc_model *rcc, enum part_family family, const struct model_bus *bus)
{
    const struct family_layout *layout = family_layout(family);
    *rcc = (struct rcc_model){
        .model = {.name = "RCC",
                  .base = layout->rcc_base,
                  .size = layout->rcc_size,
                  .read = rcc_read,
                  .write = rcc_write,
                  .tick = rcc_tick,
                  .busy_ns = rcc_busy_ns,
                  .ctx = rcc},
        .bus = bus,
        .layout = layout,
    };
    rcc_model_reset(rcc);
}

void rcc_model_reset(struct rcc_model *rcc)
{
    rcc->clock_hz = rcc->layout->clock_hz;
    rcc->apb1_hz = rcc->clock_hz;
    rcc->apb2_hz = rcc->clock_hz;
    rcc->timer_hz = rcc->clock_hz;
    if (rcc->clock != NULL) {
        clock_model_reset(rcc->clock);
    }
    for (int i = 0; i < RCC_REGISTERS; i++) {
        rcc->registers[i] = rcc->layout->rcc[i].reset;
    }
}
