#include "emulator/model/model.h"

#include <stdarg.h>

#include "emulator/array/text.h"

void model_violation(const struct model_bus *bus, const char *format, ...)
{
    char text[160];
    va_list args;
    va_start(args, format);
    text_print(text, sizeof text, format, args);
    va_end(args);
    bus->report(bus->ctx, text);
}

void model_irq(const struct model_bus *bus, uint32_t number)
{
    if (bus->irq != NULL) {
        bus->irq(bus->ctx, number);
    }
}
