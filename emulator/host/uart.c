#include "emulator/host/uart.h"

#include <asm/termbits.h>
#include <stdbool.h>
#include <sys/ioctl.h>

enum {
    FRAME_BITS = 10,
    DATA_BITS = 8,
    PERCENT_OFF = 3, /* so far apart the stop bit is still sampled where it is */
};

/* The kernel's own structure has rates as numbers; termios.h, which cannot be included beside it, has names for some.
 */
uint32_t host_uart_baud(int fd)
{
    struct termios2 settings;
    return ioctl(fd, TCGETS2, &settings) == 0 ? settings.c_ospeed : 0;
}

void host_uart_set_baud(int fd, uint32_t baud)
{
    struct termios2 settings;
    if (ioctl(fd, TCGETS2, &settings) == 0) {
        settings.c_cflag = (settings.c_cflag & ~(tcflag_t)CBAUD) | BOTHER;
        settings.c_ispeed = settings.c_ospeed = baud;
        ioctl(fd, TCSETS2, &settings);
    }
}

static bool is_close(uint32_t from, uint32_t to)
{
    uint64_t apart = from > to ? from - to : to - from;
    return apart * 100 <= (uint64_t)to * PERCENT_OFF;
}

/* The line's level at a time in units of 1 / (2 * from * to) seconds, of a frame that begins at 0. */
static unsigned level_at(unsigned frame, uint64_t time, uint32_t to)
{
    uint64_t bit = time / (2 * (uint64_t)to);
    return bit < FRAME_BITS ? frame >> bit & 1 : 1;
}

/* Looks for a falling edge, bit by bit of the sender, from `time` on. Returns UINT64_MAX if there is none. */
static uint64_t next_start(unsigned frame, uint64_t time, uint32_t to)
{
    uint64_t bit_time = 2 * (uint64_t)to;
    for (uint64_t bit = (time + bit_time - 1) / bit_time; bit < FRAME_BITS; bit++) {
        bool was_high = bit == 0 || (frame >> (bit - 1) & 1) != 0;
        if (was_high && (frame >> bit & 1) == 0) {
            return bit * bit_time;
        }
    }
    return UINT64_MAX;
}

size_t host_uart_receive(uint8_t byte, uint32_t from, uint32_t to, uint8_t *dst)
{
    unsigned frame = (unsigned)byte << 1 | 1u << (FRAME_BITS - 1);
    uint64_t bit_time = 2 * (uint64_t)from; /* of the receiver */
    size_t count = 0;
    if (is_close(from, to)) {
        dst[0] = byte;
        return 1;
    }
    for (uint64_t start = next_start(frame, 0, to); start != UINT64_MAX && count < HOST_UART_BYTES_MAX;
         start = next_start(frame, start + (FRAME_BITS - 1) * bit_time + bit_time / 2, to)) {
        unsigned seen = 0;
        for (unsigned bit = 0; bit < DATA_BITS; bit++) {
            seen |= level_at(frame, start + (bit + 1) * bit_time + bit_time / 2, to) << bit;
        }
        dst[count++] = (uint8_t)seen;
    }
    return count;
}
