#include "romfs/utf8.h"

/* The first byte of a character of several bytes (Unicode, table 3-7, "well-formed UTF-8 byte sequences"). */
static bool utf8_lead(struct mprom_romfs_utf8 *utf8, uint8_t byte)
{
    if (byte < 0xc2 || byte > 0xf4) {
        return false;
    }
    utf8->left = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    utf8->low = byte == 0xe0 ? 0xa0 : byte == 0xf0 ? 0x90 : 0x80;
    utf8->high = byte == 0xed ? 0x9f : byte == 0xf4 ? 0x8f : 0xbf;
    return true;
}

bool mprom_romfs_utf8_push(struct mprom_romfs_utf8 *utf8, uint8_t byte)
{
    if (utf8->left == 0) {
        return byte < 0x80 || utf8_lead(utf8, byte);
    }
    if (byte < utf8->low || byte > utf8->high) {
        return false;
    }
    utf8->left--;
    utf8->low = 0x80;
    utf8->high = 0xbf;
    return true;
}
