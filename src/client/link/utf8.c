/* Characters of text that may come from anywhere. */
#include "client/link/utf8.h"

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

size_t mprom_utf8_size(const char *text, size_t size)
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

/*
 * Characters that a terminal obeys (C0, DEL, C1), that reorder or break the line they stand in, or that are not seen:
 * Unicode's format characters (Cf), and what else it has programs ignore (Default_Ignorable_Code_Point). Two names
 * that look equal differ then only in what is shown. Ordered.
 */
static const struct {
    uint32_t first;
    uint32_t last;
} unsafe[] = {
    {0x00, 0x1f},       {0x7f, 0x9f},       {0xad, 0xad},       {0x34f, 0x34f},     {0x600, 0x605},
    {0x61c, 0x61c},     {0x6dd, 0x6dd},     {0x70f, 0x70f},     {0x890, 0x891},     {0x8e2, 0x8e2},
    {0x115f, 0x1160},   {0x17b4, 0x17b5},   {0x180b, 0x180f},   {0x200b, 0x200f},   {0x2028, 0x202e},
    {0x2060, 0x206f},   {0x3164, 0x3164},   {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0},
    {0xfff0, 0xfffb},   {0x110bd, 0x110bd}, {0x110cd, 0x110cd}, {0x13430, 0x1343f}, {0x1bca0, 0x1bca3},
    {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
};

static bool utf8_is_unsafe(uint32_t code)
{
    for (size_t i = 0; i < sizeof unsafe / sizeof unsafe[0] && unsafe[i].first <= code; i++) {
        if (code <= unsafe[i].last) {
            return true;
        }
    }
    return false;
}

size_t mprom_utf8_shown_size(const char *text, size_t size)
{
    size_t n = mprom_utf8_size(text, size);
    return n > 0 && !utf8_is_unsafe(utf8_decode((const unsigned char *)text, n)) ? n : 0;
}
