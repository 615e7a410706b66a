/* The bytes of a frame: header, escapes, checksum. */
#include "mprom/wire.h"

#include <string.h>

#include "mprom/romfs.h"

enum {
    CTRL_A = 0x01,
    CTRL_E = 0x05,
    RETURN = 0x0D,
    ESCAPED = 0x40, /* the bit that is set in what follows an escape, and in none of the bytes that are escaped */
    HEADER_CRC_OFF = 16,
};

bool mprom_wire_escapes(uint8_t byte)
{
    return (byte >= CTRL_A && byte <= CTRL_E) || byte == RETURN || byte == MPROM_WIRE_ESCAPE;
}

size_t mprom_wire_escape(uint8_t *dst, const uint8_t *bytes, size_t size)
{
    uint8_t *to = dst;
    for (size_t i = 0; i < size; i++) {
        uint8_t byte = bytes[i];
        if (mprom_wire_escapes(byte)) {
            *to++ = MPROM_WIRE_ESCAPE;
            byte ^= ESCAPED;
        }
        *to++ = byte;
    }
    return (size_t)(to - dst);
}

static size_t run_before_escape(const uint8_t *bytes, size_t size)
{
    size_t run = 0;
    while (run < size && bytes[run] != MPROM_WIRE_ESCAPE) {
        run++;
    }
    return run;
}

/* One byte in forty is an escape: what is between two of them moves at once. */
size_t mprom_wire_unescape(uint8_t *bytes, size_t size)
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

static uint32_t checksum(uint32_t number, const char *digits, const uint8_t *payload, size_t size)
{
    return mprom_romfs_crc32(mprom_romfs_crc32(number, digits, HEADER_CRC_OFF), payload, size);
}

/* Puts count digits, the highest first. Returns where they end. */
static char *put_digits(char *digits, unsigned count, uint32_t value)
{
    for (unsigned i = count; i-- > 0; value >>= 4) {
        digits[i] = "0123456789abcdef"[value & 0xF];
    }
    return digits + count;
}

void mprom_wire_header_write(const struct mprom_wire_header *header, uint32_t number, const uint8_t *payload,
                             size_t size, char *digits)
{
    char *to = put_digits(digits, 4, header->wire_size);
    to = put_digits(to, 4, header->made_size);
    to = put_digits(to, 8, header->made_off);
    put_digits(to, 8, checksum(number, digits, payload, size));
}

static int digit_value(char digit)
{
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    int letter = digit | 0x20; /* small */
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

/* Takes count digits; returns whether all are digits. */
static bool take_digits(const char **digits, int count, uint32_t *value)
{
    *value = 0;
    for (int i = 0; i < count; i++) {
        int digit = digit_value(*(*digits)++);
        if (digit < 0) {
            return false;
        }
        *value = *value << 4 | (uint32_t)digit;
    }
    return true;
}

bool mprom_wire_header_read(struct mprom_wire_header *header, const char *digits)
{
    return take_digits(&digits, 4, &header->wire_size) && take_digits(&digits, 4, &header->made_size) &&
           take_digits(&digits, 8, &header->made_off) && take_digits(&digits, 8, &header->crc);
}

bool mprom_wire_is_sound(const struct mprom_wire_header *header, uint32_t number, const char *digits,
                         const uint8_t *payload, size_t size)
{
    return checksum(number, digits, payload, size) == header->crc;
}
