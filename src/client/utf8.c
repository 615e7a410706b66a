/* Characters of text that may come from anywhere. */
#include "client/utf8.h"

#include <stdbool.h>
#include <stdint.h>

static uint32_t utf8_decode(const unsigned char *s, size_t size)
{
    static const unsigned char lead_mask[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t code = s[0] & lead_mask[size];
    for (size_t i = 1; i < size; i++) {
        code = code << 6 | (s[i] & 0x3fu);
    }
    return code;
}

size_t utf8_size(const char *text, size_t size)
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
static bool utf8_is_unsafe(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x061c || code == 0x200e || code == 0x200f ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

size_t utf8_shown_size(const char *text, size_t size)
{
    size_t n = utf8_size(text, size);
    return n > 0 && !utf8_is_unsafe(utf8_decode((const unsigned char *)text, n)) ? n : 0;
}
