/*
 * The console of any port, through what MicroPython asks of each: mp_hal_stdio_poll() and mp_hal_stdin_rx_chr().
 */
#include "py/mphal.h"
#include "py/runtime.h"
#include "py/stream.h"

#include "micropython/romfs/console.h"

static bool has_input(void)
{
    return (mp_hal_stdio_poll(MP_STREAM_POLL_RD) & MP_STREAM_POLL_RD) != 0;
}

size_t mprom_romfs_console_read(uint8_t *dst, size_t size, uint32_t timeout_ms)
{
    mp_uint_t start = mp_hal_ticks_ms();
    mp_handle_pending(true);
    while (!has_input()) {
        mp_uint_t waited = mp_hal_ticks_ms() - start;
        if (timeout_ms != MPROM_ROMFS_CONSOLE_FOREVER && waited >= timeout_ms) {
            return 0;
        }
        mp_event_wait_ms(1);
    }
    size_t count = 0;
    do {
        dst[count++] = (uint8_t)mp_hal_stdin_rx_chr();
    } while (count < size && has_input());
    return count;
}
