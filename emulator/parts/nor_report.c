#include "emulator/parts/nor_internal.h"

#include <stdarg.h>

#include "emulator/array/text.h"

void nor_report(struct nor_chip *chip, const char *format, ...)
{
    chip->violations++;
    if (chip->hooks.violation != NULL) {
        char text[160];
        va_list args;
        va_start(args, format);
        text_print(text, sizeof text, format, args);
        va_end(args);
        chip->hooks.violation(chip->hooks.ctx, text);
    }
}
