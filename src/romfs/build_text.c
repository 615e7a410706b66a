#include "romfs/build_text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What MicroPython's statvfs() gives as the longest name. */
enum {
    NAME_SIZE_MAX = 32767
};

size_t build_text_sequence(const char *text, size_t size)
{
    const uint8_t *p = (const uint8_t *)text;
    if (size == 0) {
        return 0;
    }
    if (p[0] < 0x80) {
        return 1;
    }
    /* The second byte's range is what rules out overlong forms, surrogates and values above U+10FFFF. */
    size_t length = p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;
    if (length == 0 || length > size) {
        return 0;
    }
    uint8_t low = p[0] == 0xe0 ? 0xa0 : p[0] == 0xf0 ? 0x90 : 0x80;
    uint8_t high = p[0] == 0xed ? 0x9f : p[0] == 0xf4 ? 0x8f : 0xbf;
    if (p[1] < low || p[1] > high) {
        return 0;
    }
    for (size_t i = 2; i < length; i++) {
        if (p[i] < 0x80 || p[i] > 0xbf) {
            return 0;
        }
    }
    return length;
}

bool build_text_is_utf8(const char *text, size_t size)
{
    while (size > 0) {
        size_t length = build_text_sequence(text, size);
        if (length == 0) {
            return false;
        }
        text += length;
        size -= length;
    }
    return true;
}

const char *build_text_name_fault(const char *name, size_t size)
{
    if (size == 0) {
        return "a name in it is empty";
    }
    if (name[0] == '.' && (size == 1 || (size == 2 && name[1] == '.'))) {
        return "\".\" and \"..\" cannot be names on a board";
    }
    if (size > NAME_SIZE_MAX) {
        return "a name in it is longer than 32767 bytes";
    }
    if (memchr(name, '/', size) != NULL || memchr(name, '\0', size) != NULL) {
        return "a name in it holds a slash or a NUL";
    }
    if (!build_text_is_utf8(name, size)) {
        return "the name is not UTF-8";
    }
    return NULL;
}

char *build_text_shown(const char *text, size_t size)
{
    if (size > (SIZE_MAX - 1) / 4) {
        return NULL;
    }
    char *shown = malloc(size * 4 + 1);
    if (shown == NULL) {
        return NULL;
    }
    char *end = shown;
    while (size > 0) {
        size_t length = build_text_sequence(text, size);
        uint8_t byte = (uint8_t)text[0];
        if (length == 0 || byte < 0x20 || byte == 0x7f) {
            end += snprintf(end, 5, "\\x%02x", byte);
            length = 1;
        } else {
            memcpy(end, text, length);
            end += length;
        }
        text += length;
        size -= length;
    }
    *end = '\0';
    return shown;
}
