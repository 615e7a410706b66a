#include "mprom/romfs.h"
#include "mprom/small.h"

/*
 * A byte at a time: the table takes 1 KiB of a board's flash, and every deploy goes over the image some five times.
 * Entry n is the remainder of n after eight shifts with the reflected polynomial 0xedb88320; that is linear, so it is
 * the sum of the remainders of n's bits.
 */
#define BIT(n, bit, remainder) ((n) >> (bit)&1u ? (remainder) : 0u)
#define ENTRY(n)                                                                                                     \
    (BIT(n, 0, 0x77073096u) ^ BIT(n, 1, 0xee0e612cu) ^ BIT(n, 2, 0x076dc419u) ^ BIT(n, 3, 0x0edb8832u) ^             \
     BIT(n, 4, 0x1db71064u) ^ BIT(n, 5, 0x3b6e20c8u) ^ BIT(n, 6, 0x76dc4190u) ^ BIT(n, 7, 0xedb88320u))
#define ENTRIES_4(n) ENTRY(n), ENTRY((n) + 1u), ENTRY((n) + 2u), ENTRY((n) + 3u)
#define ENTRIES_16(n) ENTRIES_4(n), ENTRIES_4((n) + 4u), ENTRIES_4((n) + 8u), ENTRIES_4((n) + 12u)
#define ENTRIES_64(n) ENTRIES_16(n), ENTRIES_16((n) + 16u), ENTRIES_16((n) + 32u), ENTRIES_16((n) + 48u)

/* Firmware that must be small has the 16 remainders after four shifts, and goes by half a byte. */
#if MPROM_SMALL
#define HALVES_4(n) ENTRY(16u * (n)), ENTRY(16u * (n) + 16u), ENTRY(16u * (n) + 32u), ENTRY(16u * (n) + 48u)

static const uint32_t crc32_halves[16] = {HALVES_4(0u), HALVES_4(4u), HALVES_4(8u), HALVES_4(12u)};

static uint32_t half_step(uint32_t crc)
{
    return crc >> 4 ^ crc32_halves[crc & 15];
}

uint32_t mprom_romfs_crc32(uint32_t crc, const void *data, size_t size)
{
    const uint8_t *bytes = data;
    crc = ~crc;
    while (size-- > 0) {
        crc = half_step(half_step(crc ^ *bytes++));
    }
    return ~crc;
}
#else
static const uint32_t crc32_remainders[256] = {ENTRIES_64(0u), ENTRIES_64(64u), ENTRIES_64(128u), ENTRIES_64(192u)};

#define STEP(crc, byte) ((crc) >> 8 ^ crc32_remainders[((crc) ^ (byte)) & 0xFF])

/* Boards are compiled for size, which neither unrolls a loop nor puts a function into it. */
uint32_t mprom_romfs_crc32(uint32_t crc, const void *data, size_t size)
{
    const uint8_t *bytes = data;

    crc = ~crc;
    for (; size >= 4; size -= 4) {
        crc = STEP(crc, bytes[0]);
        crc = STEP(crc, bytes[1]);
        crc = STEP(crc, bytes[2]);
        crc = STEP(crc, bytes[3]);
        bytes += 4;
    }
    while (size-- > 0) {
        crc = STEP(crc, *bytes++);
    }
    return ~crc;
}
#endif
