#include "receiver/frame.h"

#include <string.h>

#include "mprom/romfs.h"

enum {
    ESCAPE = 0x1B,
    ESCAPED = 0x40, /* added to what follows the escape */
    HEADER_CRC_OFF = 16,
};

static int digit_value(char digit)
{
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    int letter = digit | 0x20; /* small */
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

/* Takes count digits; returns whether all are digits. */
static bool take_number(const char **digits, int count, uint32_t *number)
{
    *number = 0;
    for (int i = 0; i < count; i++) {
        int value = digit_value(*(*digits)++);
        if (value < 0) {
            return false;
        }
        *number = *number << 4 | (uint32_t)value;
    }
    return true;
}

bool mprom_frame_parse(struct mprom_frame *frame, const char *header)
{
    return take_number(&header, 4, &frame->wire_size) && take_number(&header, 4, &frame->made_size) &&
           take_number(&header, 8, &frame->made_off) && take_number(&header, 8, &frame->crc);
}

static size_t run_before_escape(const uint8_t *bytes, size_t size)
{
    size_t run = 0;
    while (run < size && bytes[run] != ESCAPE) {
        run++;
    }
    return run;
}

/* One byte in forty is an escape: what is between two of them moves at once. */
size_t mprom_frame_unescape(uint8_t *bytes, size_t size)
{
    uint8_t *to = bytes;
    for (size_t from = 0; from < size;) {
        size_t run = run_before_escape(bytes + from, size - from);
        memmove(to, bytes + from, run);
        to += run;
        from += run;
        if (size - from >= 2) {
            *to++ = bytes[from + 1] ^ ESCAPED;
            from += 2;
        } else if (from < size) {
            *to++ = bytes[from++]; /* nothing follows it: the checksum will not be right */
        }
    }
    return (size_t)(to - bytes);
}

bool mprom_frame_is_sound(const struct mprom_frame *frame, uint32_t number, const char *header,
                          const uint8_t *payload, size_t size)
{
    return mprom_romfs_crc32(mprom_romfs_crc32(number, header, HEADER_CRC_OFF), payload, size) == frame->crc;
}
