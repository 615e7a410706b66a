/* The numbers of a patch: 7 bits in a byte, the lowest first. */
#include "mprom/wire.h"

enum {
    NUMBER_BITS = 7,      /* of a number that a byte holds */
    NUMBER_MORE = 0x80,   /* another byte follows */
    NUMBER_LAST_POS = 28, /* the fifth byte holds four bits, and none follows */
    NUMBER_LAST_MAX = 0x0F,
};

int mprom_wire_number_take(struct mprom_wire_number *number, uint8_t byte, uint32_t *value)
{
    if (number->bits == NUMBER_LAST_POS && byte > NUMBER_LAST_MAX) {
        return -1;
    }
    number->value |= (uint32_t)(byte & (NUMBER_MORE - 1)) << number->bits;
    number->bits += NUMBER_BITS;
    if (byte & NUMBER_MORE) {
        return 0;
    }
    *value = number->value;
    number->value = 0;
    number->bits = 0;
    return 1;
}

size_t mprom_wire_number_put(uint8_t *dst, uint32_t value)
{
    size_t size = 0;
    for (; value >= NUMBER_MORE; value >>= NUMBER_BITS) {
        dst[size++] = (uint8_t)(value | NUMBER_MORE);
    }
    dst[size++] = (uint8_t)value;
    return size;
}
