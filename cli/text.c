/* Text that may come from anywhere: shown without letting it steer the terminal. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "client/link/utf8.h"

void cli_put_text(FILE *stream, const char *text, size_t size)
{
    while (size > 0) {
        size_t n = mprom_utf8_shown_size(text, size);
        if (n > 0) {
            fwrite(text, 1, n, stream);
        } else {
            n = mprom_utf8_size(text, size);
            n = n > 0 ? n : 1;
            for (size_t i = 0; i < n; i++) {
                fprintf(stream, "\\x%02x", (unsigned char)text[i]);
            }
        }
        text += n;
        size -= n;
    }
}

const char *cli_count_text(char *room, uint64_t value)
{
    char digits[24];
    int count = snprintf(digits, sizeof digits, "%llu", (unsigned long long)value);
    char *to = room;
    for (int i = 0; i < count; i++) {
        if (i > 0 && (count - i) % 3 == 0) {
            *to++ = ',';
        }
        *to++ = digits[i];
    }
    *to = '\0';
    return room;
}

bool cli_parse_number(const char *text, uint64_t max, uint64_t *value)
{
    bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const char *digits = hex ? text + 2 : text;
    if (digits[0] == '\0' || strspn(digits, hex ? "0123456789abcdefABCDEF" : "0123456789") != strlen(digits)) {
        return false;
    }
    errno = 0;
    unsigned long long number = strtoull(digits, NULL, hex ? 16 : 10);
    if (errno || number > max) {
        return false;
    }
    *value = number;
    return true;
}

bool cli_parse_size(const char *text, uint32_t *size)
{
    size_t length = strlen(text);
    unsigned shift = 0;
    char number[24];
    uint64_t value;
    if (length > 0 && (text[length - 1] == 'K' || text[length - 1] == 'M')) {
        shift = text[--length] == 'K' ? 10 : 20;
    }
    if (length >= sizeof number) {
        return false;
    }
    memcpy(number, text, length);
    number[length] = '\0';
    if (!cli_parse_number(number, UINT32_MAX >> shift, &value)) {
        return false;
    }
    *size = (uint32_t)value << shift;
    return true;
}
