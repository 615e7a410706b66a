/*
 * The console of a PC's MicroPython: what comes to standard input, as it is. The port's own mp_hal_stdin_rx_chr()
 * makes returns of line ends.
 */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "py/mphal.h"
#include "py/runtime.h"

#include "micropython/romfs/console.h"

size_t mprom_romfs_console_read(uint8_t *dst, size_t size, uint32_t timeout_ms)
{
    bool is_forever = timeout_ms == MPROM_ROMFS_CONSOLE_FOREVER;
    mp_uint_t start = mp_hal_ticks_ms();
    for (;;) {
        mp_handle_pending(true);
        mp_uint_t waited = mp_hal_ticks_ms() - start;
        int left_ms = is_forever ? -1 : waited < timeout_ms ? (int)(timeout_ms - waited) : 0;
        struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
        int ready = poll(&input, 1, left_ms);
        ssize_t count = ready > 0 ? read(STDIN_FILENO, dst, size) : 0;
        if (ready == 0 || count > 0) {
            return (size_t)count;
        }
        if (ready > 0 && count == 0) {
            mp_raise_type(&mp_type_EOFError);
        }
        if (errno != EINTR) {
            mp_raise_OSError(errno);
        }
    }
}
