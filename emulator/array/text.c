#include "emulator/array/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
    DIGITS_MAX = 10
};

/* Where the text goes. */
struct text {
    char *dst;
    size_t size;
    size_t used;
};

static void put(struct text *text, char c)
{
    if (text->used + 1 < text->size) {
        text->dst[text->used++] = c;
    }
}

static void put_number(struct text *text, uint32_t value, uint32_t base, bool capitals, uint32_t width, char fill)
{
    const char *digits = capitals ? "0123456789ABCDEF" : "0123456789abcdef";
    char backwards[DIGITS_MAX];
    uint32_t count = 0;
    do {
        backwards[count++] = digits[value % base];
        value /= base;
    } while (value != 0);
    for (uint32_t i = count; i < width; i++) {
        put(text, fill);
    }
    while (count > 0) {
        put(text, backwards[--count]);
    }
}

static void put_string(struct text *text, const char *string)
{
    for (size_t i = 0; string[i] != '\0'; i++) {
        put(text, string[i]);
    }
}

static void put_signed(struct text *text, int value, uint32_t width, char fill)
{
    uint32_t size = (uint32_t)value;
    if (value < 0) {
        put(text, '-');
        size = 0 - size;
    }
    put_number(text, size, 10, false, width, fill);
}

/* Reads the width behind a '%'. Returns what is behind it. */
static const char *take_width(const char *format, uint32_t *width, char *fill)
{
    *width = 0;
    *fill = *format == '0' ? '0' : ' ';
    for (; *format >= '0' && *format <= '9'; format++) {
        *width = *width * 10 + (uint32_t)(*format - '0');
    }
    return format;
}

void text_print(char *dst, size_t size, const char *format, va_list args)
{
    struct text text = {dst, size, 0};
    uint32_t width;
    char fill;
    for (; *format != '\0'; format++) {
        if (*format != '%' || format[1] == '\0') {
            put(&text, *format);
            continue;
        }
        format = take_width(format + 1, &width, &fill);
        if (*format == '\0') {
            break;
        }
        switch (*format) {
        case 's':
            put_string(&text, va_arg(args, const char *));
            break;
        case 'c':
            put(&text, (char)va_arg(args, int));
            break;
        case 'd':
            put_signed(&text, va_arg(args, int), width, fill);
            break;
        case 'u':
            put_number(&text, va_arg(args, unsigned), 10, false, width, fill);
            break;
        case 'x':
        case 'X':
            put_number(&text, va_arg(args, unsigned), 16, *format == 'X', width, fill);
            break;
        default:
            put(&text, *format);
        }
    }
    dst[text.used] = '\0';
}
