/*
 * What MicroPython calls a port's HAL, on top of board.h: console with Ctrl-C, clock, waiting.
 */
#include <string.h>

#include "py/gc.h"
#include "py/mphal.h"
#include "py/mpstate.h"
#include "py/runtime.h"
#include "py/stream.h"
#include "shared/runtime/gchelper.h"

#include "micropython/romfs/console.h"

#include "micropython/firmware/board.h"

enum {
    HAL_INPUT_SIZE = 4096,
    HAL_JUMPS_PER_POLL = 256,
    HAL_WAIT_MS_MAX = 1000,
    HAL_LOST_SIZE = 64 /* bytes at once that find no room */
};

unsigned hal_jumps_to_poll = HAL_JUMPS_PER_POLL;
static unsigned hal_jumps_per_poll = HAL_JUMPS_PER_POLL;

/* A ring: where the next byte to take is, and how many there are. */
static uint8_t hal_input[HAL_INPUT_SIZE];
static size_t hal_input_pos;
static size_t hal_input_size;

/* Turns the interrupt character into KeyboardInterrupt and takes it out. Returns how many bytes are left. */
static size_t hal_input_filter(uint8_t *bytes, size_t size)
{
    uint8_t *at = mp_interrupt_char < 0 ? NULL : memchr(bytes, mp_interrupt_char, size);
    while (at) {
        mp_sched_keyboard_interrupt();
        size_t behind = size - (size_t)(at + 1 - bytes);
        memmove(at, at + 1, behind);
        size--;
        at = memchr(at, mp_interrupt_char, behind);
    }
    return size;
}

/*
 * Moves what the console has into the input ring. While a program runs that never reads its input, a full ring loses
 * bytes as a UART does: what matters is to see Ctrl-C. Otherwise bytes wait in the console until the ring has room.
 */
void hal_poll(void)
{
    hal_jumps_to_poll = hal_jumps_per_poll;
    size_t size;
    do {
        uint8_t lost[HAL_LOST_SIZE];
        size_t end = (hal_input_pos + hal_input_size) % HAL_INPUT_SIZE;
        size_t room = MIN(HAL_INPUT_SIZE - hal_input_size, HAL_INPUT_SIZE - end);
        if (room > 0) {
            size = board_console_read(hal_input + end, room);
            hal_input_size += hal_input_filter(hal_input + end, size);
        } else if (mp_interrupt_char >= 0) {
            size = board_console_read(lost, sizeof(lost));
            hal_input_filter(lost, size);
        } else {
            size = 0;
        }
    } while (size > 0);
}

/* Takes up to size bytes from the ring, as many as lie in one piece. */
static size_t hal_input_take(uint8_t *dst, size_t size)
{
    size = MIN(size, MIN(hal_input_size, HAL_INPUT_SIZE - hal_input_pos));
    memcpy(dst, hal_input + hal_input_pos, size);
    hal_input_pos = (hal_input_pos + size) % HAL_INPUT_SIZE;
    hal_input_size -= size;
    return size;
}

void firmware_poll_always(void)
{
    hal_jumps_per_poll = 1;
}

size_t firmware_console_waiting(void)
{
    return hal_input_size;
}

void hal_wait(mp_uint_t timeout_ms)
{
    hal_poll();
    if (hal_input_size == 0) {
        board_wait(timeout_ms < HAL_WAIT_MS_MAX ? (uint32_t)timeout_ms : HAL_WAIT_MS_MAX);
        hal_poll();
    }
}

int mp_hal_stdin_rx_chr(void)
{
    uint8_t byte;
    while (hal_input_take(&byte, 1) == 0) {
        mp_event_wait_indefinite();
    }
    return byte;
}

/*
 * Takes bytes past the ring, which is empty. With a Ctrl-C among them they go through it all the same: they are for
 * whoever catches the exception.
 */
static size_t hal_input_pass(uint8_t *dst, size_t size)
{
    size_t count = board_console_read(dst, MIN(size, HAL_INPUT_SIZE));
    size_t left = hal_input_filter(dst, count);
    if (left == count) {
        return count;
    }
    memcpy(hal_input, dst, left);
    hal_input_pos = 0;
    hal_input_size = left;
    return 0;
}

size_t mprom_romfs_console_read(uint8_t *dst, size_t size, uint32_t timeout_ms)
{
    uint64_t start = board_clock_us();
    uint64_t timeout_us = timeout_ms == MPROM_ROMFS_CONSOLE_FOREVER ? UINT64_MAX : (uint64_t)timeout_ms * 1000;
    for (;;) {
        mp_handle_pending(true);
        size_t count = hal_input_size > 0 ? hal_input_take(dst, size) : hal_input_pass(dst, size);
        if (count > 0) {
            return count;
        }
        uint64_t waited = board_clock_us() - start;
        if (waited >= timeout_us) {
            return 0;
        }
        board_wait((uint32_t)MIN((timeout_us - waited) / 1000 + 1, HAL_WAIT_MS_MAX));
    }
}

mp_uint_t mp_hal_stdout_tx_strn(const char *str, size_t len)
{
    board_console_write(str, len);
    return len;
}

uintptr_t mp_hal_stdio_poll(uintptr_t poll_flags)
{
    hal_poll();
    uintptr_t ready = poll_flags & MP_STREAM_POLL_WR;
    if ((poll_flags & MP_STREAM_POLL_RD) && hal_input_size > 0) {
        ready |= MP_STREAM_POLL_RD;
    }
    return ready;
}

mp_uint_t mp_hal_ticks_ms(void)
{
    return (mp_uint_t)(board_clock_us() / 1000);
}

mp_uint_t mp_hal_ticks_us(void)
{
    return (mp_uint_t)board_clock_us();
}

mp_uint_t mp_hal_ticks_cpu(void)
{
    return (mp_uint_t)board_clock_us();
}

uint64_t mp_hal_time_ns(void)
{
    return board_time_ns();
}

void mp_hal_delay_ms(mp_uint_t ms)
{
    uint64_t end = board_clock_us() + (uint64_t)ms * 1000;
    for (uint64_t now = board_clock_us(); now < end; now = board_clock_us()) {
        mp_event_handle_nowait();
        board_wait((uint32_t)MIN((end - now + 999) / 1000, HAL_WAIT_MS_MAX));
    }
    mp_event_handle_nowait();
}

void mp_hal_delay_us(mp_uint_t us)
{
    uint64_t end = board_clock_us() + us;
    while (board_clock_us() < end) {
    }
}

unsigned long hal_random_seed(void)
{
    return (unsigned long)board_clock_us();
}

void gc_collect(void)
{
    gc_collect_start();
    gc_helper_collect_regs_and_stack();
    gc_collect_end();
}

/* An exception that nothing catches is a fault of the firmware itself. */
void nlr_jump_fail(void *val)
{
    (void)val;
    static const char text[] = "FATAL: uncaught exception; the board starts again\r\n";
    board_console_write(text, sizeof(text) - 1);
    board_reset();
}
