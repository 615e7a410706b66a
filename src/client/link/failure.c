#include "client/link/failure.h"
#include "client/link/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int mprom_failure_set(struct mprom_client_error *error, int code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(error->text, sizeof(error->text), format, args);
    va_end(args);
    error->detail[0] = '\0';
    error->code = code;
    return code;
}

void mprom_failure_detail(struct mprom_client_error *error, const char *text, size_t size)
{
    /* The end of a traceback says more than its start; escapes may make a byte four. */
    size_t most = sizeof(error->detail) / 4;
    if (size > most) {
        text += size - most;
        size = most;
    }
    mprom_failure_printable(error->detail, sizeof(error->detail), text, size, true);
}

const char *mprom_failure_printable(char *dst, size_t room, const char *text, size_t size, bool keep_lines)
{
    size_t used = 0;
    for (size_t i = 0; i < size;) {
        const unsigned char *at = (const unsigned char *)text + i;
        char escape[5];
        const char *piece = text + i;
        size_t piece_size = 1;
        size_t taken = 1;
        if (*at >= 0x80 && mprom_utf8_shown_size(text + i, size - i) != 0) {
            piece_size = taken = mprom_utf8_shown_size(text + i, size - i);
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
