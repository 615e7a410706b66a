#include "emulator/model/model.h"

#include <stdarg.h>
#include <stdio.h>

void model_violation(const struct model_report *report, const char *format, ...)
{
    char text[160];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    report->violation(report->ctx, text);
}
