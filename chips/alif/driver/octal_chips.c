#include "chips/alif/driver/octal_chips.h"

#include <stddef.h>
#include <string.h>

/* An ISSI needs ten dummy clocks at 100 MHz by its data sheet: nine, as MicroPython has them, are for up to 95 MHz. */
#define ISSI(id_2, size)                                                                                             \
    {                                                                                                                \
        .id = {0x9D, 0x5B, id_2}, .size_log2 = (size), .has_flags = true, .dummy_clocks = 10, .dummy_code = 10,      \
        .register_dummy = 8, .erases = {{12, 0x21}, {15, 0x5C}, {17, 0xDC}}, .status = 0x05, .enable = 0x06,         \
        .program = 0xC2, .read = 0xFD, .read_id = 0x9F                                                               \
    }

static const struct mprom_alif_octal_chip chips[] = {
    ISSI(0x19, 25),
    ISSI(0x1A, 26),
    /* Macronix MX25UM25645G: code 5 is ten clocks. */
    {.id = {0xC2, 0x80, 0x39},
     .size_log2 = 25,
     .is_wide = true,
     .dummy_clocks = 10,
     .dummy_code = 5,
     .register_dummy = 4,
     .erases = {{12, 0x21DE}, {16, 0xDC23}},
     .status = 0x05FA,
     .enable = 0x06F9,
     .program = 0x12ED,
     .read = 0xEE11,
     .read_id = 0x9F60},
    /* Everspin EM064LX, MRAM that behaves like an ISSI: no erase takes time, write enable stays. */
    {.id = {0x6B, 0xBB, 0x17},
     .size_log2 = 23,
     .has_flags = true,
     .dummy_clocks = 7,
     .dummy_code = 7,
     .register_dummy = 8,
     .erases = {{12, 0x21}},
     .status = 0x05,
     .enable = 0x06,
     .program = 0xC2,
     .read = 0xFD,
     .read_id = 0x9F},
};

const struct mprom_alif_octal_chip *mprom_alif_octal_chip_find(const uint8_t id[3])
{
    for (size_t i = 0; i < sizeof chips / sizeof chips[0]; i++) {
        if (memcmp(chips[i].id, id, sizeof chips[i].id) == 0) {
            return &chips[i];
        }
    }
    return NULL;
}
