#include "chips/rp2/rom/rom_lib_rp2040.h"

#include "chips/rp2/rom/rom_check.h"

enum {
    WORD_BITS = 32
};

uint32_t mprom_rp2_rom_lookup(const uint16_t *table, uint32_t code)
{
    for (; table[0] != 0; table += 2) {
        if (table[0] == code) {
            return table[1];
        }
    }
    return 0;
}

void *mprom_rp2_rom_set(void *dst, uint32_t byte, uint32_t size)
{
    volatile uint8_t *bytes = dst;
    while (size-- > 0) {
        *bytes++ = (uint8_t)byte;
    }
    return dst;
}

void *mprom_rp2_rom_set_words(void *dst, uint32_t byte, uint32_t size)
{
    volatile uint32_t *words = dst;
    for (uint32_t i = 0; i < size / 4; i++) {
        words[i] = (byte & 0xFF) * 0x01010101u;
    }
    return dst;
}

void *mprom_rp2_rom_copy(void *dst, const void *src, uint32_t size)
{
    volatile uint8_t *to = dst;
    const uint8_t *from = src;
    while (size-- > 0) {
        *to++ = *from++;
    }
    return dst;
}

void *mprom_rp2_rom_copy_words(void *dst, const void *src, uint32_t size)
{
    volatile uint32_t *to = dst;
    const uint32_t *from = src;
    for (uint32_t i = 0; i < size / 4; i++) {
        to[i] = from[i];
    }
    return dst;
}

uint32_t mprom_rp2_rom_popcount(uint32_t value)
{
    uint32_t count = 0;
    for (; value != 0; value &= value - 1) {
        count++;
    }
    return count;
}

uint32_t mprom_rp2_rom_reverse(uint32_t value)
{
    uint32_t reversed = 0;
    for (uint32_t i = 0; i < WORD_BITS; i++) {
        reversed = reversed << 1 | (value >> i & 1);
    }
    return reversed;
}

uint32_t mprom_rp2_rom_leading(uint32_t value)
{
    uint32_t count = 0;
    while (count < WORD_BITS && !(value >> (WORD_BITS - 1 - count) & 1)) {
        count++;
    }
    return count;
}

uint32_t mprom_rp2_rom_trailing(uint32_t value)
{
    uint32_t count = 0;
    while (count < WORD_BITS && !(value >> count & 1)) {
        count++;
    }
    return count;
}

void mprom_rp2_rom_usb_boot(void)
{
    mprom_rp2_rom_report(ROM_USB_BOOT);
}

void mprom_rp2_rom_no_float(void)
{
    mprom_rp2_rom_report(ROM_NO_FLOAT);
}
