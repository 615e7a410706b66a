/* Not written yet: it refuses whatever the program does. */
#include "chips/template/model/peripherals.h"

static uint32_t counter_read(void *ctx, uint32_t off, uint32_t size)
{
    const struct template_counter_model *counter = ctx;
    model_violation(counter->bus, "read of %u bytes from the counter at 0x%03x, which its model does not have yet",
                    size, off);
    return 0;
}

static void counter_write(void *ctx, uint32_t off, uint32_t size, uint32_t value)
{
    const struct template_counter_model *counter = ctx;
    model_violation(counter->bus,
                    "write of %u bytes, 0x%x, to the counter at 0x%03x, which its model does not have yet", size,
                    value, off);
}

void template_counter_model_open(struct template_counter_model *counter, const struct model_bus *bus)
{
    *counter = (struct template_counter_model){.bus = bus};
    counter->model = (struct model){.name = "the counter",
                                    .base = 0x40002000,
                                    .size = 0x1000,
                                    .read = counter_read,
                                    .write = counter_write,
                                    .ctx = counter};
}

void template_counter_model_reset(struct template_counter_model *counter)
{
    (void)counter;
}
