/* Text that may come from anywhere: shown without letting it steer the terminal. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static uint32_t utf8_decode(const unsigned char *s, size_t size)
{
    static const unsigned char lead_mask[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t code = s[0] & lead_mask[size];
    for (size_t i = 1; i < size; i++) {
        code = code << 6 | (s[i] & 0x3fu);
    }
    return code;
}

size_t cli_utf8_size(const char *text, size_t size)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *s = (const unsigned char *)text;
    if (size == 0) {
        return 0;
    }
    size_t need = s[0] < 0x80 ? 1 : s[0] < 0xc0 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : s[0] < 0xf8 ? 4 : 0;
    if (need == 0 || need > size) {
        return 0;
    }
    for (size_t i = 1; i < need; i++) {
        if ((s[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    uint32_t code = utf8_decode(s, need);
    bool surrogate = code >= 0xd800 && code <= 0xdfff;
    return code < least[need] || code > 0x10ffff || surrogate ? 0 : need;
}

/* Characters that a terminal obeys (C0, DEL, C1) or that reorder or break the line they stand in. */
static bool text_is_unsafe(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x061c || code == 0x200e || code == 0x200f ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

/* Bytes of the character at text if it may be shown as it is, else 0. */
static size_t text_safe_size(const char *text, size_t size)
{
    size_t n = cli_utf8_size(text, size);
    return n > 0 && !text_is_unsafe(utf8_decode((const unsigned char *)text, n)) ? n : 0;
}

void cli_put_text(FILE *stream, const char *text, size_t size)
{
    while (size > 0) {
        size_t n = text_safe_size(text, size);
        if (n > 0) {
            fwrite(text, 1, n, stream);
        } else {
            n = cli_utf8_size(text, size);
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
