#include "chips/stm32/model/peripherals.h"

static uint32_t constant_read(void *ctx, uint32_t off, uint32_t size)
{
    const struct constant_model *constant = ctx;
    if (off != 0 || size != constant->model.size) {
        model_violation(constant->bus, "read of %u bytes of %s", size, constant->model.name);
    }
    return constant->value;
}

static void constant_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    (void)off;
    (void)size;
    (void)value;
    const struct constant_model *constant = ctx;
    model_violation(constant->bus, "write to %s, which is constant", constant->model.name);
}

void constant_model_open(struct constant_model *constant, const char *name, uint32_t base, uint32_t size,
                         uint32_t value, const struct model_bus *bus)
{
    *constant = (struct constant_model){
        .model = {.name = name,
                  .base = base,
                  .size = size,
                  .read = constant_read,
                  .write = constant_write,
                  .ctx = constant},
        .bus = bus,
        .value = value,
    };
}
