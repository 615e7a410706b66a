#include "client/failure.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int failure_set(struct client_error *error, int code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(error->text, sizeof(error->text), format, args);
    va_end(args);
    error->detail[0] = '\0';
    error->code = code;
    return code;
}

void failure_detail(struct client_error *error, const char *text, size_t size)
{
    /* The end of a traceback says more than its start; escapes may make a byte four. */
    size_t most = sizeof(error->detail) / 4;
    if (size > most) {
        text += size - most;
        size = most;
    }
    failure_printable(error->detail, sizeof(error->detail), text, size, true);
}

/* Characters that reorder or break the line they stand in. */
static bool utf8_is_steering(uint32_t code)
{
    return code == 0x061C || code == 0x200E || code == 0x200F || (code >= 0x2028 && code <= 0x202E) ||
           (code >= 0x2066 && code <= 0x2069);
}

/* Bytes of the UTF-8 character at text, 0 if it is none that may be printed (C1 controls, surrogates, overlong). */
static size_t utf8_size(const unsigned char *text, size_t size)
{
    static const struct {
        unsigned char mask, lead;
        uint32_t least;
    } forms[] = {{0xE0, 0xC0, 0xA0}, {0xF0, 0xE0, 0x800}, {0xF8, 0xF0, 0x10000}};

    for (size_t more = 1; more <= sizeof(forms) / sizeof(forms[0]); more++) {
        if ((text[0] & forms[more - 1].mask) != forms[more - 1].lead) {
            continue;
        }
        if (size <= more) {
            return 0;
        }
        uint32_t code = text[0] & (0xFFu & ~(unsigned)forms[more - 1].mask);
        for (size_t i = 1; i <= more; i++) {
            if ((text[i] & 0xC0) != 0x80) {
                return 0;
            }
            code = code << 6 | (text[i] & 0x3Fu);
        }
        bool surrogate = code >= 0xD800 && code <= 0xDFFF;
        bool good = code >= forms[more - 1].least && code <= 0x10FFFF && !surrogate && !utf8_is_steering(code);
        return good ? more + 1 : 0;
    }
    return 0;
}

const char *failure_printable(char *dst, size_t room, const char *text, size_t size, bool keep_lines)
{
    size_t used = 0;
    for (size_t i = 0; i < size;) {
        const unsigned char *at = (const unsigned char *)text + i;
        char escape[5];
        const char *piece = text + i;
        size_t piece_size = 1;
        size_t taken = 1;
        if (*at >= 0x80 && utf8_size(at, size - i) != 0) {
            piece_size = taken = utf8_size(at, size - i);
        } else if (*at == '\r' && keep_lines) {
            piece_size = 0;
        } else if ((*at < ' ' && !(*at == '\n' && keep_lines)) || *at >= 0x7F) {
            snprintf(escape, sizeof(escape), "\\x%02x", *at);
            piece = escape;
            piece_size = 4;
        }
        if (piece_size >= room - used) {
            break;
        }
        memcpy(dst + used, piece, piece_size);
        used += piece_size;
        i += taken;
    }
    dst[used] = '\0';
    return dst;
}
