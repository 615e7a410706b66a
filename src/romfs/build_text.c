#include "romfs/build_text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "romfs/utf8.h"

/* What MicroPython's statvfs() gives as the longest name. */
enum {
    NAME_SIZE_MAX = 32767
};

size_t mprom_build_text_sequence(const char *text, size_t size)
{
    struct mprom_romfs_utf8 utf8 = {0};
    if (size > 0 && (uint8_t)text[0] < 0x80) {
        return 1; /* nearly always */
    }
    for (size_t i = 0; i < size && mprom_romfs_utf8_push(&utf8, (uint8_t)text[i]); i++) {
        if (utf8.left == 0) {
            return i + 1;
        }
    }
    return 0;
}

bool mprom_build_text_is_utf8(const char *text, size_t size)
{
    while (size > 0) {
        size_t length = mprom_build_text_sequence(text, size);
        if (length == 0) {
            return false;
        }
        text += length;
        size -= length;
    }
    return true;
}

const char *mprom_build_text_name_fault(const char *name, size_t size)
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
    if (!mprom_build_text_is_utf8(name, size)) {
        return "the name is not UTF-8";
    }
    return NULL;
}

char *mprom_build_text_shown(const char *text, size_t size)
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
        size_t length = mprom_build_text_sequence(text, size);
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
